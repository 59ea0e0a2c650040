"""A socket before an Engine that passes reads on and swallows the answers of changes, or the changes themselves."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self


class SwallowingSocket:
    """Listens at `path` before the Engine at `target`. `passes_changes`: the Engine gets them, only its answer is lost."""

    def __init__(self, path: Path, target: str, *, passes_changes: bool) -> None:
        self.url = f"unix://{path}"
        self.swallowed = 0
        self._target = target
        self._passes_changes = passes_changes
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine, contextlib.suppress(OSError):
            engine.connect(self._target)
            while request := _read_message(client):
                is_change = request.startswith((b"POST", b"DELETE"))
                if is_change and not self._passes_changes:
                    self.swallowed += 1
                    return
                engine.sendall(request)
                answer = _read_message(engine)
                if is_change:
                    self.swallowed += 1
                    return
                client.sendall(answer)


def _read_message(side: socket.socket) -> bytes:
    """Read one whole request or answer, with its body by length or by chunks; b"" at the end of the connection."""
    received = b""
    while piece := side.recv(1 << 20):
        received += piece
        if _is_whole(received):
            return received
    return b""


def _is_whole(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    length = lowered.partition(b"content-length:")[2].split(b"\r\n")[0] or b"0"
    return bool(separator) and len(body) >= int(length)
