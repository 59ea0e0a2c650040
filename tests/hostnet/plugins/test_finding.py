"""Plugins on a machine: found where dockerd looks for them, told alive from dead, and harmless whatever they answer."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.hostnet import plugins
from networks.hostnet.plugins import ANSWER_S, IPAM_DRIVER, PluginFact, Plugins, PluginState, ask_plugin, read_implements
from tests.private_engine import PrivateEngine

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n" + b'{"Implements": ["NetworkDriver"]}'
NETWORK = frozenset({"NetworkDriver"})


class Answering:
    """A socket at which somebody answers what they are told to; a context manager. `asked`: how often."""

    def __init__(self, path: Path, answer: bytes, *, pause_s: float = 0) -> None:
        self.path, self.answer, self.pause_s, self.asked = path, answer, pause_s, 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen()
        self._is_over = threading.Event()

    def __enter__(self) -> Answering:
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        return self

    def __exit__(self, *of: object) -> None:
        self._is_over.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.socket.close()

    def _answer(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    if connection.recv(4096):
                        self.asked += 1
                        for at in range(0, len(self.answer), 4096 if not self.pause_s else 1):
                            connection.sendall(self.answer[at : at + (4096 if not self.pause_s else 1)])
                            if self._is_over.wait(self.pause_s):
                                return
                except OSError:
                    continue


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    """Open a machine's root of the test's own."""
    for folder in (plugins.SOCKETS, *plugins.FILES):
        (tmp_path / folder).mkdir(parents=True)
    descriptor = os.open(tmp_path, os.O_PATH | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def looked(root: int) -> dict[str, tuple[str, str]]:
    return {plugin.name: (str(plugin.state), plugin.address) for plugin in plugins._look(root)}


def test_it_finds_what_dockerd_would(root: int, tmp_path: Path) -> None:
    sockets, files = tmp_path / plugins.SOCKETS, tmp_path / plugins.FILES[0]
    (sockets / "inner").mkdir()
    (files / "remote.spec").write_text("tcp://192.0.2.7:9000\n")
    (files / "named.json").write_text(json.dumps({"Name": "named", "Addr": "unix:///run/elsewhere.sock"}))
    (files / "broken.json").write_text("{" * 9000)
    (sockets / "no-socket.sock").write_text("")
    (sockets / ".hidden.sock").write_text("")
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(sockets / "stale.sock"))
    stale.close()

    with (
        Answering(sockets / "weave.sock", OK),
        Answering(sockets / "inner" / "inner.sock", OK),
        Answering(tmp_path / "run" / "elsewhere.sock", OK),
    ):
        found = looked(root)

    assert found == {
        "inner": ("answers", "/run/docker/plugins/inner/inner.sock"),
        "stale": ("dead", "/run/docker/plugins/stale.sock"),
        "weave": ("answers", "/run/docker/plugins/weave.sock"),
        "named": ("answers", "/run/elsewhere.sock"),
        "remote": ("unasked", "tcp://192.0.2.7:9000"),
    }


def test_it_asks_a_socket_once_and_then_only_whether_it_lives(root: int, tmp_path: Path) -> None:
    path = tmp_path / plugins.SOCKETS / "weave.sock"

    with Answering(path, OK) as answering:
        states = [looked(root)["weave"][0] for _ in range(3)]
    states.append(looked(root)["weave"][0])
    path.unlink()

    assert (states, answering.asked) == (["answers", "answers", "answers", "dead"], 1)
    assert looked(root) == {}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 500 Oh\r\n\r\n" + OK.partition(b"\r\n\r\n")[2],
        b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 60_000,
        b"HTTP/1.1 200 OK\r\n\r\n[1]",
        b'HTTP/1.1 200 OK\r\n\r\n{"Implements": "NetworkDriver"}',
        b"\xff" * 200_000,
    ],
    ids=["nothing", "an error", "deep", "a list", "a word", "endless"],
)
def test_it_takes_no_harm_from_what_is_answered(tmp_path: Path, answer: bytes) -> None:
    with Answering(tmp_path / "x.sock", answer):
        assert ask_plugin("x", str(tmp_path / "x.sock"), "/x").state is PluginState.SILENT


def test_it_waits_for_nobody_longer_than_half_a_second(tmp_path: Path) -> None:
    began = time.monotonic()
    with Answering(tmp_path / "x.sock", OK, pause_s=0.05):
        state = ask_plugin("x", str(tmp_path / "x.sock"), "/x").state

    assert state is PluginState.SILENT
    assert time.monotonic() - began < 4 * ANSWER_S


def test_it_reads_an_answer_in_chunks() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n" + b'{"Implements": ["NetworkDriver"]}' + b"\r\n0\r\n\r\n"
    )

    assert read_implements(chunked) == NETWORK


def test_it_says_what_keeps_a_plugin_from_serving() -> None:
    found = {
        "well": PluginFact("well", PluginState.ANSWERS, "", NETWORK),
        "volumes": PluginFact("volumes", PluginState.ANSWERS, "", frozenset({"VolumeDriver"})),
        "dead": PluginFact("dead", PluginState.DEAD),
        "far": PluginFact("far", PluginState.UNASKED),
    }
    whole, part = Plugins(found, is_complete=True), Plugins(found)

    names = ("well", "volumes", "dead", "far", "nobody", "managed/one:latest")
    assert [whole.trouble_of(name) for name in names] == ["", "other", "dead", "", "gone", ""]
    assert [part.trouble_of(name) for name in names] == ["", "other", "dead", "", "", ""]
    assert whole.trouble_of("well", kind=IPAM_DRIVER) == "other"


def test_it_looks_only_at_the_machine_of_an_engine_that_is_here(engine: PrivateEngine) -> None:
    assert plugins.find_plugins(engine.url).is_complete
    for url in ("tcp://192.0.2.7:2376", "ssh://there", "unix:///nonexistent/docker.sock"):
        assert plugins.find_plugins(url) == Plugins()
