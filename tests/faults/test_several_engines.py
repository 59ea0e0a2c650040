"""Several Engines followed by one process: the trouble of one is its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from networks.models import Engine, EngineStatus, Network
from networks.models.access import keep_credentials
from networks.sync.supervisor import followers, start_tending, stop_followers, stop_tending
from tests.another_engine import AnotherEngine
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

HANG_SHOWN_WITHIN_S = within(12.0)
SEEN_WITHIN_S = within(1.0)


@pytest.fixture
def ended() -> Iterator[None]:
    yield
    stop_tending()
    stop_followers()
    connections.close_all()


def state(slug: str) -> str:
    return str(EngineStatus.objects.filter(engine__slug=slug).values_list("state", flat=True).first())


def is_seen_soon(engine: PrivateEngine, slug: str, name: str) -> None:
    engine.cli("network", "create", name)
    seen = Network.objects.filter(engine__slug=slug, name=name)
    wait_until(seen.exists, f"{name} on {slug}", deadline_s=SEEN_WITHIN_S)


@pytest.mark.usefixtures("ended")
def test_it_says_in_time_that_one_hangs_and_goes_on_with_the_other(
    engine: PrivateEngine, another_engine: AnotherEngine, tmp_path: Path
) -> None:
    Engine.objects.create(slug="local", name="local", url=engine.url)
    other = Engine.objects.create(slug="other", name="other", url=another_engine.url)
    keep_credentials(other, another_engine.access)
    start_tending(tmp_path, is_watching=False)
    wait_until(lambda: state("local") == state("other") == "live", "both to be live")
    is_seen_soon(another_engine.engine, "other", "theirs")

    dockerd = another_engine.engine.process
    assert dockerd is not None
    os.kill(dockerd.pid, signal.SIGSTOP)
    try:
        began_at = time.monotonic()
        is_seen_soon(engine, "local", "first")
        wait_until(lambda: state("other") == "disconnected", "the hang to be shown", deadline_s=HANG_SHOWN_WITHIN_S)
        is_seen_soon(engine, "local", "second")
        assert state("local") == "live"
        assert time.monotonic() - began_at < HANG_SHOWN_WITHIN_S + SEEN_WITHIN_S
        Engine.objects.filter(slug="other").first().delete()  # type: ignore[union-attr]
        wait_until(lambda: "other" not in followers, "it to be left alone, hung as it is")
    finally:
        os.kill(dockerd.pid, signal.SIGCONT)
    is_seen_soon(engine, "local", "third")


VERSION = b'{"ApiVersion": "1.45", "MinAPIVersion": "1.24", "Version": "26"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _endless(opened: socket.socket) -> None:
    opened.sendall(HEAD + b"\r\n[")
    while True:
        opened.sendall(b'{"Id": "x"},' * 1000)
        time.sleep(0.05)


def _redirect(opened: socket.socket) -> None:
    opened.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")


def _lying(opened: socket.socket) -> None:
    body = b'[{"Id": "../../containers/x", "Name": "bridge"}, {"Id": 7}, null]'
    opened.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@contextlib.contextmanager
def hostile(path: str, answer: object) -> Iterator[None]:
    """Answer the version like an Engine, and everything else by `answer`."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                opened, _ = server.accept()
                threading.Thread(target=reply, args=(opened,), daemon=True).start()

    def reply(opened: socket.socket) -> None:
        with contextlib.suppress(OSError), opened:
            while asked := opened.recv(65_536):
                if b"/version" in asked.partition(b"\r\n")[0]:
                    opened.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(VERSION) + VERSION)
                else:
                    answer(opened)  # type: ignore[operator]

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        threading.Thread(target=serve, daemon=True).start()
        yield
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize("answer", [_endless, _redirect, _lying], ids=lambda answer: answer.__name__)
def test_a_hostile_engine_harms_nobody_else(engine: PrivateEngine, tmp_path: Path, answer: object) -> None:
    path = str(tmp_path / "hostile.sock")
    Engine.objects.create(slug="local", name="local", url=engine.url)
    Engine.objects.create(slug="hostile", name="hostile", url=f"unix://{path}")
    with hostile(path, answer):
        start_tending(tmp_path, is_watching=False)
        wait_until(lambda: state("local") == "live", "the good one to be live")

        for number in range(3):
            is_seen_soon(engine, "local", f"n{number}")

        assert state("local") == "live"
        assert state("hostile") != "live"
        assert not Network.objects.filter(engine__slug="hostile").exists()
        stop_tending()
        stop_followers()
