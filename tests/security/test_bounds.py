"""What a stranger may send before anybody asks who they are: how many bytes, how slowly, over how many connections."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from networks.management.connection_bounds import (
    BODY_WITHIN_S,
    HEADERS_WITHIN_S,
    MOST_OF_ADDRESS,
    BoundedChannel,
    BoundedFactory,
    BoundedServer,
)
from tests.management.serving import Serving, free_port
from tests.prepared import prepare
from tests.private_engine import wait_until

MOST = 256 * 1024
ANNOUNCED = 600 * 1024 * 1024
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder: Path = tmp_path_factory.mktemp("served")
    prepare(folder / "data")
    with Serving(folder / "data", f"unix://{folder}/nobody.sock", free_port()) as running:
        yield running


@contextlib.contextmanager
def connected(server: Serving) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as made:
        yield made


def head(server: Serving, *headers: str, method: str = "POST", path: str = "/accounts/login/") -> bytes:
    lines = (f"{method} {path} HTTP/1.1", f"Host: localhost:{server.port}", *headers, "", "")
    return "\r\n".join(lines).encode()


def status_of(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer[9:12])


def kept_on_disk(server: Serving) -> int:
    """Return how many bytes the server has in files that have no name any more, where daphne keeps bodies."""
    assert server.process is not None
    total = 0
    for path in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "(deleted)" in os.readlink(path):
                total += path.stat().st_size
    return total


def test_it_refuses_a_body_by_what_its_header_announces(server: Serving) -> None:
    with connected(server) as client:
        client.sendall(head(server, f"Content-Length: {ANNOUNCED}"))

        assert status_of(client.recv(4096)) == 413
        with contextlib.suppress(OSError):  # closed meanwhile
            for _ in range(240):
                client.sendall(b"x" * MOST)
        assert kept_on_disk(server) == 0


def test_it_refuses_a_body_without_a_length_at_the_first_byte_too_many(server: Serving) -> None:
    with connected(server) as client:
        client.sendall(head(server, "Transfer-Encoding: chunked"))
        with contextlib.suppress(OSError):
            for _ in range(MOST // 0x10000 + 1):
                client.sendall(CHUNK)

        assert status_of(client.recv(4096)) == 413
        wait_until(lambda: kept_on_disk(server) <= MOST, "the body to be let go")


def test_it_reads_a_body_of_the_largest_size(server: Serving) -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == MOST
    with connected(server) as client:
        client.sendall(head(server, f"Content-Length: {MOST}") + b"x" * MOST)

        assert status_of(client.recv(4096)) == 403, "the form's token is missing, as Django itself says"


@pytest.mark.parametrize("size", [16_400, 40_000, 2_000_000])
def test_it_says_that_a_header_is_too_large(server: Serving, size: int) -> None:
    with connected(server) as client:
        with contextlib.suppress(OSError):
            client.sendall(head(server, f"Cookie: a={'x' * size}", method="GET", path="/healthz"))

        assert status_of(client.recv(4096)) == 431


def test_it_takes_so_many_connections_of_one_address_and_others_beside(server: Serving) -> None:
    asked = head(server, method="GET", path="/healthz")
    with contextlib.ExitStack() as stack:
        ours = [stack.enter_context(connected(server)) for _ in range(MOST_OF_ADDRESS + 10)]
        statuses = []
        for client in ours:
            with contextlib.suppress(OSError):
                client.sendall(asked)
                statuses += [status_of(answer)] if (answer := client.recv(4096)) else []
        assert statuses == [200] * MOST_OF_ADDRESS
        other = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 30, ("127.0.0.2", 0)))
        other.sendall(asked)
        assert status_of(other.recv(4096)) == 200

    def is_served() -> bool:
        with connected(server) as client, contextlib.suppress(OSError):
            client.sendall(asked)
            return client.recv(4096).startswith(b"HTTP/1.1 200")
        return False

    wait_until(is_served, "room for this address")
    assert server.log().count("connections_refused") == 1


class Line:
    """A connection in memory, whose time a test lets pass."""

    def __init__(self) -> None:
        self.clock = Clock()
        server = BoundedServer(lambda *_: None, endpoints=["tcp:0"])
        server.connections = {}
        factory = BoundedFactory(server)
        factory.reactor = self.clock
        self.transport = StringTransport()
        made: Any = factory.buildProtocol(self.transport.getPeer())
        self.channel: BoundedChannel = made
        self.channel.makeConnection(self.transport)

    def send_slowly(self, content: bytes, every_s: float) -> None:
        """Send byte by byte, as long as nobody answers."""
        for byte in content:
            if self.transport.value():
                return
            self.channel.dataReceived(bytes([byte]))
            self.clock.advance(every_s)


@pytest.mark.parametrize(
    ("begun", "within_s"), [(b"", HEADERS_WITHIN_S), (b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n", BODY_WITHIN_S)]
)
def test_it_waits_so_long_for_a_header_and_for_a_body(begun: bytes, within_s: float) -> None:
    line = Line()
    if begun:
        line.channel.dataReceived(begun)
    began = line.clock.seconds()

    line.send_slowly(b"GET / HTTP/1.1\r\nX: " + b"y" * 900, every_s=1)

    assert status_of(line.transport.value()) == 408
    assert line.clock.seconds() - began == within_s
    line.clock.advance(2)
    assert line.transport.disconnecting


@pytest.mark.full
def test_it_closes_a_slow_connection_of_the_real_server(server: Serving) -> None:
    began = time.monotonic()
    with connected(server) as client, contextlib.suppress(OSError):
        for byte in head(server, "X: y" * 20, method="GET"):
            client.sendall(bytes([byte]))
            time.sleep(1)

    assert HEADERS_WITHIN_S <= time.monotonic() - began < HEADERS_WITHIN_S + 10
