"""The proxy itself, before a scripted Engine: it passes on what it shall, and spoils what it shall."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine.scripted_engine import Peer, ScriptedEngine
from tests.faults.proxy import Fault, FaultProxy


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultProxy]:
    def answer(peer: Peer) -> None:
        peer.answer(200, b'{"You": "%s", "Said": "%s"}' % (peer.target.encode(), peer.body))

    with ScriptedEngine(tmp_path, answer) as engine, FaultProxy(tmp_path / "proxy", str(engine.path)) as between:
        yield between


def ask(proxy: FaultProxy, method: str = "GET", target: str = "/v1.45/networks", body: bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("localhost", timeout=0.3)
    with closing(connection):
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(0.3)
        connection.sock.connect(str(proxy.path))
        connection.request(method, target, body or None)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_it_passes_on_what_is_asked_and_answered(proxy: FaultProxy) -> None:
    assert ask(proxy) == (200, b'{"You": "/v1.45/networks", "Said": ""}')
    assert ask(proxy, "POST", "/v1.45/networks/create", b"x" * 70_000)[1].count(b"x") == 70_000
    assert proxy.asked == [("GET", "/networks"), ("POST", "/networks/create")]


def test_it_spoils_only_what_it_is_told_to(proxy: FaultProxy) -> None:
    proxy.spoil(Fault.ERROR, "GET", "^/networks$", nth=2)

    assert [ask(proxy)[0] for _ in range(3)] == [200, 500, 200]
    assert ask(proxy, "GET", "/v1.45/networks/x")[0] == 200
    proxy.spoil(Fault.ERROR)
    assert ask(proxy, "GET", "/_ping")[0] == 500
    proxy.heal()
    assert ask(proxy, "GET", "/_ping")[0] == 200


@pytest.mark.parametrize("reaches", [True, False])
@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.DELAY, None),
        (Fault.GARBAGE, http.client.BadStatusLine),
        (Fault.TRUNCATE, http.client.IncompleteRead),
        (Fault.RESET, ConnectionError),
        (Fault.HANG, TimeoutError),
        (Fault.CLOSE, http.client.RemoteDisconnected),
        (Fault.HALF_OPEN, TimeoutError),
    ],
)
def test_it_spoils_as_it_says(proxy: FaultProxy, fault: Fault, seen: type[Exception] | None, reaches: bool) -> None:
    proxy.spoil(fault, "POST", reaches=reaches)

    if seen is None:
        assert ask(proxy, "POST", body=b"{}")[0] == 200
        return
    with pytest.raises(seen):
        ask(proxy, "POST", body=b"{}")


def test_it_trickles_longer_than_anybody_waits_while_each_byte_comes_in_time(proxy: FaultProxy) -> None:
    proxy.spoil(Fault.TRICKLE)
    began = time.monotonic()

    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(0.3)
        plain.connect(str(proxy.path))
        plain.sendall(b"GET /networks HTTP/1.1\r\n\r\n")
        while time.monotonic() < began + 1:
            assert plain.recv(1)
