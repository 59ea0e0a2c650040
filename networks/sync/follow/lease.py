"""What one process at a time may do: an flock in the data directory, which the kernel frees when its process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Lease:
    """The right to write one Engine's snapshot, or the trail. Not shared between threads.

    `what`: "follower-" with the Engine's slug, or "activity-log".
    """

    def __init__(self, data_dir: Path, what: str) -> None:
        self._path = data_dir / f"{what}.lock"
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the lease if nobody holds it, and tell whether it is ours now. Never waits."""
        if self._descriptor is not None:
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

    def give_back(self) -> None:
        """Free the lease; harmless when it isn't held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
