"""A connection that an Engine has handed over: bytes both ways, without a time-out, until one side ends it."""

from __future__ import annotations

import socket
import ssl
from typing import Protocol

_LATER = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Owner(Protocol):
    """The connection that it was made from."""

    def shutdown(self) -> None:
        """Wake up whoever waits on it, from any thread."""

    def close(self) -> None:
        """Close it."""


class RawStream:
    """See TerminalStream: one thread reads, writes, waits and closes; any thread may shut it down."""

    def __init__(self, owner: Owner, plain: socket.socket, early: bytes) -> None:
        """Take a socket that waits for nothing, and what came with the answer already."""
        self._owner = owner
        self._plain = plain
        self._early = early

    @property
    def has_pending(self) -> bool:
        """Tell whether bytes can be read that no wait on the descriptor would tell of."""
        return bool(self._early) or (isinstance(self._plain, ssl.SSLSocket) and self._plain.pending() > 0)

    def fileno(self) -> int:
        """Return the descriptor to wait on, -1 once it is closed."""
        return self._plain.fileno()

    def read(self, most_bytes: int) -> bytes | None:
        """Return what has come, at most so much; None where nothing has, b"" at the end."""
        if self._early:
            piece, self._early = self._early[:most_bytes], self._early[most_bytes:]
            return piece
        try:
            return self._plain.recv(most_bytes)
        except _LATER:
            return None
        except OSError:
            return b""  # a cut, a reset: all the same to who reads

    def write(self, content: bytes | memoryview) -> int | None:
        """Send as much as goes out at once and return how much; None at the end."""
        try:
            return self._plain.send(content)
        except _LATER:
            return 0
        except OSError:
            return None

    def shutdown(self) -> None:
        """End both directions; whoever waits wakes up."""
        self._owner.shutdown()

    def close(self) -> None:
        """Close it."""
        self._owner.close()
