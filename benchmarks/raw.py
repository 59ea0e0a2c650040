"""The raw Engine: the standard library's own HTTP client on its socket, nothing of ours. What ratios are measured against."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from typing import Any, Self

CHUNK_BYTES = 65_536


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class RawEngine:
    """One kept connection to an Engine. Raises RuntimeError, in the Engine's words, for every refusal."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._http = _UnixConnection(path)

    def call(self, method: str, path: str, body: Any = None) -> bytes:
        """Send one request and return the whole answer."""
        text = None if body is None else json.dumps(body)
        self._http.request(method, path, text, {"Content-Type": "application/json"} if text else {})
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode(errors='replace').strip()}")
        return content

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request and return its JSON."""
        return json.loads(self.call(method, path, body) or b"null")

    def two_calls(self) -> None:
        """Read what a whole picture takes: both lists, not even parsed."""
        self.call("GET", "/networks")
        self.call("GET", "/containers/json?all=1")

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._http.close()


class RawEvents:
    """Reads the event stream in a thread and notes when each event came. `arrivals`: (event, nanoseconds since the epoch)."""

    def __init__(self, path: str) -> None:
        self.arrivals: list[tuple[dict[str, Any], int]] = []
        self._http = _UnixConnection(path)
        self._http.request("GET", "/events")
        self._answer = self._http.getresponse()
        self._thread = threading.Thread(target=self._read, name="raw-events", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        sock = self._http.sock
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._http.close()

    def find(self, verb: str, actor_id: str) -> tuple[dict[str, Any], int] | None:
        """Return an event with its arrival; None while it hasn't come."""
        for event, arrived_ns in reversed(self.arrivals):
            if event["Action"] == verb and event["Actor"]["ID"] == actor_id:
                return event, arrived_ns
        return None

    def _read(self) -> None:
        rest = b""
        try:
            while piece := self._answer.read1(CHUNK_BYTES):
                arrived_ns = time.time_ns()
                *lines, rest = (rest + piece).split(b"\n")
                self.arrivals += [(json.loads(line), arrived_ns) for line in lines if line.strip()]
        except (OSError, ValueError, http.client.HTTPException):
            return  # the stream was closed
