"""A total deadline for one call: every wait on its socket gets only the time that is left."""

from __future__ import annotations

import io
import select
import socket
import ssl
import time
from typing import Any

_BUFFER_BYTES = 65_536  # dockerd writes its lists in pieces of 2 to 4 KiB: fewer, larger reads


class Deadline:
    """A moment by which a call has to be over, on the monotonic clock; never for a stream's body (`lift`)."""

    __slots__ = ("_ends_at", "seconds", "started_at")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started_at = time.monotonic()
        self._ends_at: float | None = self.started_at + seconds

    def remaining_s(self) -> float | None:
        """Return the seconds that are left, None for no end. Raises TimeoutError when none is."""
        if self._ends_at is None:
            return None
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline passed")
        return left

    def elapsed_ms(self) -> float:
        """Return the milliseconds since the start."""
        return (time.monotonic() - self.started_at) * 1000

    def lift(self) -> None:
        """Let what follows take as long as it likes."""
        self._ends_at = None


class DeadlineSocket:
    """A connected socket as http.client uses it, where no read and no write outlasts the deadline of the moment.

    A plain socket's time-out is per read: a server that sends one byte a second holds a call for ever.
    """

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self.deadline = deadline
        self._plain = plain
        self._is_dry = False

    @property
    def is_secured(self) -> bool:
        """Whether it has TLS on it."""
        return isinstance(self._plain, ssl.SSLSocket)

    def sendall(self, content: Any) -> None:
        """Send everything. Raises TimeoutError at the deadline. (With TLS, `sendall` has a time-out for each piece.)"""
        rest = memoryview(content).cast("B")
        while rest:
            self.arm()
            rest = rest[self._plain.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a reader that http.client takes the answer from."""
        return io.BufferedReader(_DeadlineReader(self, self._plain.makefile("rb", buffering=0)), _BUFFER_BYTES)

    def take_over(self, reader: io.BufferedReader) -> tuple[socket.socket, bytes]:
        """Return the plain socket, which waits for nothing from now on, and what a reader of `makefile` has read too much."""
        self._is_dry = True
        early = reader.peek()
        self._plain.setblocking(False)
        return self._plain, early

    def read_into(self, source: io.RawIOBase, buffer: Any) -> int | None:
        """Read what has come within the deadline; None once the socket was taken over."""
        if self._is_dry:
            return None
        self.arm()
        return source.readinto(buffer)

    def arm(self) -> None:
        """Give the next wait the time that is left. Raises TimeoutError when none is."""
        self._plain.settimeout(self.deadline.remaining_s())

    def has_ended(self) -> bool:
        """Tell whether an idle connection is of no more use: closed by the other side, or bytes that nobody asked for."""
        waiting = select.poll()
        try:
            waiting.register(self._plain, select.POLLIN)
            return bool(waiting.poll(0))
        except (OSError, ValueError):  # a descriptor that is closed already
            return True

    def shutdown(self) -> None:
        """End both directions: whoever waits on the socket, in whatever thread, wakes up at once."""
        try:
            socket.socket.shutdown(self._plain, socket.SHUT_RDWR)  # of a TLS socket, too, what lies under it
        except OSError:
            return  # it wasn't connected any more, which is what was wanted

    def close(self) -> None:
        """Close it; a reader that is still open keeps the descriptor until it is closed as well."""
        self._plain.close()


class _DeadlineReader(io.RawIOBase):
    def __init__(self, owner: DeadlineSocket, source: io.RawIOBase) -> None:
        self._owner = owner
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return self._owner.read_into(self._source, buffer)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()
