"""HTTP as bytes: whole requests and answers read from a socket, chunks taken apart."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field


class Gone(Exception):
    """The other side ended the connection."""


@dataclass
class Answer:
    """An answer of the Engine. `is_stream`: its body goes on and is still to be read."""

    status: int
    reason: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_stream: bool = False

    def encode(self) -> bytes:
        """Return it as bytes, with the length of its body."""
        kept = {name: value for name, value in self.headers.items() if name not in ("transfer-encoding", "content-length")}
        if not (self.status == 204 or self.status == 304):
            kept["content-length"] = str(len(self.body))
        return self.encode_head(kept) + self.body

    def encode_head(self, headers: dict[str, str]) -> bytes:
        """Return status line and these headers."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1")


class Wire:
    """A socket with what was read of it and not yet used."""

    def __init__(self, plain: socket.socket) -> None:
        self.plain = plain
        self._read = b""

    def peek_head(self) -> bytes:
        """Wait for a request's head and return it, leaving it in the socket: who closes now resets the connection."""
        while True:
            seen = self.plain.recv(1 << 20, socket.MSG_PEEK)
            if not seen:
                raise Gone
            head, end, _rest = seen.partition(b"\r\n\r\n")
            if end:
                return head + end
            time.sleep(0.001)

    def take_from_socket(self, count: int) -> bytes:
        """Read exactly so many bytes and leave the rest in the socket."""
        taken = b""
        while len(taken) < count:
            piece = self.plain.recv(count - len(taken))
            if not piece:
                raise Gone
            taken += piece
        return taken

    def take(self, count: int) -> bytes:
        """Read exactly so many bytes."""
        while len(self._read) < count:
            self._fill()
        taken, self._read = self._read[:count], self._read[count:]
        return taken

    def take_line(self) -> bytes:
        """Read a line, with its end."""
        while b"\n" not in self._read:
            self._fill()
        line, end, self._read = self._read.partition(b"\n")
        return line + end

    def take_answer(self, *, is_stream: bool = False) -> Answer:
        """Read an answer, of a stream no more than its head."""
        _version, status, *reason = self.take_line().decode("latin-1").split(maxsplit=2)
        headers = {}
        while line := self.take_line().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        answer = Answer(int(status), " ".join(reason).strip(), headers)
        if is_stream and answer.status == 200:
            answer.is_stream = True
        elif headers.get("transfer-encoding") == "chunked":
            while chunk := self.take_chunk():
                answer.body += chunk
        elif answer.status not in (204, 304):
            answer.body = self.take(int(headers.get("content-length", "0")))
        return answer

    def take_chunk(self) -> bytes:
        """Read a chunk, b"" for the last."""
        size = int(self.take_line().split(b";")[0], 16)
        chunk = self.take(size)
        self.take_line()
        return chunk

    def _fill(self) -> None:
        piece = self.plain.recv(1 << 20)
        if not piece:
            raise Gone
        self._read += piece


def length_of(head: bytes) -> int:
    """Return the length of the body that a request's head announces."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
