"""A connection that an Engine has handed over: bytes both ways, without a time-out, until one side ends it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

_LATER = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class TerminalStream:
    """The two-way stream of one terminal. One thread uses it and waits on `fileno`; any thread may `shutdown`.

    It has no time-out: a person may think for as long as they like.
    """

    def __init__(self, plain: socket.socket, early: bytes, *, shutdown: Callable[[], None], close: Callable[[], None]) -> None:
        """Take a socket that waits for nothing, what came with the answer already, and how to wake up its reader and close it."""
        self._plain, self._early = plain, early
        self._shutdown, self._close = shutdown, close

    @property
    def has_pending(self) -> bool:
        """Tell whether bytes can be read that no wait on the descriptor would tell of."""
        return bool(self._early) or (isinstance(self._plain, ssl.SSLSocket) and self._plain.pending() > 0)

    def fileno(self) -> int:
        """Return the descriptor to wait on, -1 once it is closed."""
        return self._plain.fileno()

    def read(self, most_bytes: int) -> bytes | None:
        """Return what has come, at most so much; None where nothing has, b"" at the end. Never waits, never raises."""
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
        """Send as much as goes out at once and return how much; 0 where nothing does, None at the end. Never waits."""
        try:
            return self._plain.send(content)
        except _LATER:
            return 0
        except OSError:
            return None

    def shutdown(self) -> None:
        """End both directions; whoever waits wakes up. Safe from any thread, also twice."""
        self._shutdown()

    def close(self) -> None:
        """Close it, by the thread that uses it. The process behind it goes on: it has to be ended by itself."""
        self._close()
