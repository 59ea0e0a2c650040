"""A proxy before the Engine's socket that writes down every request that passes."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path
from typing import Self

CHUNK_BYTES = 65_536
# A request without a body leaves in one write, so its first line never comes in pieces.
REQUEST = re.compile(rb"^([A-Z]+) (\S+) HTTP/1\.1\r$", re.MULTILINE)


class CountingProxy:
    """Listens on a socket of its own. `calls`: method and path of every request so far."""

    def __init__(self, upstream: str, path: Path) -> None:
        self.path = path
        self.calls: list[str] = []
        self._upstream = upstream
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen(64)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="counting", daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.path.unlink()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._upstream)
            threading.Thread(target=self._pass_on, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, drain: socket.socket, is_counted: bool) -> None:
        try:
            while piece := source.recv(CHUNK_BYTES):
                if is_counted:
                    self.calls += [f"{method.decode()} {path.decode()}" for method, path in REQUEST.findall(piece)]
                drain.sendall(piece)
            drain.shutdown(socket.SHUT_WR)
        except OSError:
            return  # one side hung up
