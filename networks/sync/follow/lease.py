"""What one process at a time may do: an flock in the data directory, which the kernel frees when its process dies."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

RENEW_EVERY_S = 5.0
UNHELD_AFTER_S = 20.0  # four renewals, and what a busy machine takes besides


class Lease:
    """The right to write one Engine's snapshot, or the trail. Not shared between threads.

    `what`: "follower-" with the Engine's slug, or "activity-log".
    """

    def __init__(self, data_dir: Path, what: str) -> None:
        self._path = _path_of(data_dir, what)
        self._descriptor: int | None = None
        self._renewed_at = float("-inf")

    @property
    def is_held(self) -> bool:
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the lease if nobody holds it, or renew ours, and tell whether it is ours now. Never waits."""
        if self._descriptor is not None:
            self.renew()
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def renew(self) -> None:
        """Leave a sign of life, every RENEW_EVERY_S at most; the lease itself needs none. From any thread."""
        now = time.monotonic()
        if self._descriptor is not None and now - self._renewed_at >= RENEW_EVERY_S:
            self._renewed_at = now
            # A disk that takes no time any more leaves the last sign as it is: too old, for whoever asks.
            with suppress(OSError):
                os.utime(self._path)

    def give_back(self) -> None:
        """Free the lease; harmless when it isn't held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def last_held_at(data_dir: Path, what: str) -> datetime | None:
    """Return when whoever holds or held a lease last gave a sign of life, None where nobody ever did."""
    try:
        return datetime.fromtimestamp(_path_of(data_dir, what).stat().st_mtime, UTC)
    except OSError:
        return None


def _path_of(data_dir: Path, what: str) -> Path:
    return data_dir / f"{what}.lock"
