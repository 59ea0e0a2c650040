"""A server on a Unix socket that misbehaves as told: what stands at the other end when an Engine is ill."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Behaviour = Callable[["Peer"], None]

VERSION = {"ApiVersion": "1.45", "MinAPIVersion": "1.24", "Version": "26.1.5"}


class Peer:
    """One accepted connection and the request that was just read from it."""

    def __init__(self, plain: socket.socket, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.method = self.target = ""
        self.head = b""
        self.body = b""
        self.is_over = False
        self._plain = plain

    def read_request(self) -> bool:
        """Read one request; False when the client has gone."""
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self._plain.recv(65536)
            if not piece:
                return False
            received += piece
        self.head, _, self.body = received.partition(b"\r\n\r\n")
        length = 0
        for line in self.head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while len(self.body) < length:
            self.body += self._plain.recv(65536)
        self.method, self.target = self.head.decode().split(" ")[:2]
        return True

    def send(self, content: bytes) -> None:
        self._plain.sendall(content)

    def answer(self, status: int, body: bytes, content_type: str = "application/json", *extra: str) -> None:
        lines = [f"HTTP/1.1 {status} Word", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *extra]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def answer_json(self, value: Any, status: int = 200) -> None:
        self.answer(status, json.dumps(value).encode())

    def hang_up(self) -> None:
        self.is_over = True

    def hang(self) -> None:
        self.stopping.wait(30)
        self.is_over = True

    def trickle(self, pieces: Iterable[bytes]) -> None:
        """Send a piece every 20 ms until the client or the test ends."""
        for piece in pieces:
            if self.stopping.wait(0.02):
                break
            self.send(piece)
        self.is_over = True


class ScriptedEngine:
    """Answers GET /version as an Engine does and everything else by `behaviour`; remembers all requests."""

    def __init__(self, folder: Path, behaviour: Behaviour, *, version: Behaviour | None = None) -> None:
        self.path = folder / "scripted.sock"
        self.url = f"unix://{self.path}"
        self.behaviour = behaviour
        self.version = version or (lambda peer: peer.answer_json(VERSION))
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self._listener.bind(str(self.path))
        self._listener.listen(16)
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stopping.set()
        self.drop_connections()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def drop_connections(self) -> None:
        """End all connections, as a restarting Engine does."""
        for plain in self._sockets:
            with contextlib.suppress(OSError):
                plain.shutdown(socket.SHUT_RDWR)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(plain)
            self._start(self._serve, plain)

    def _serve(self, plain: socket.socket) -> None:
        peer = Peer(plain, self._stopping)
        with plain, contextlib.suppress(OSError):
            while not peer.is_over and peer.read_request():
                self.requests.append((peer.method, peer.target))
                self.bodies.append(peer.body)
                (self.version if peer.target == "/version" else self.behaviour)(peer)
