"""What one process at a time may do: a file lock on SQLite, a row with a fencing number on PostgreSQL."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from django.db import connection

from networks.models.lease import renewed_at
from networks.sync.follow.row_lease import RENEW_EVERY_S, RowLease

UNHELD_AFTER_S = 20.0  # four renewals, and what a busy machine takes besides


class Lease(Protocol):
    """The right to write one Engine's snapshot, or the record. Not shared between threads.

    `retry_s`: how long whoever doesn't get it waits before asking again.
    """

    retry_s: float

    @property
    def is_held(self) -> bool:
        """Whether it is ours now."""

    @property
    def is_fenced(self) -> bool:
        """Whether somebody else may have taken it unnoticed, so that each transaction has to hold it."""

    def take(self) -> bool:
        """Take the lease if nobody holds it, or renew ours, and tell whether it is ours now. Never waits."""

    def show_life(self) -> None:
        """Leave a sign of life where it has one coming, for whoever asks when it was held last. From any thread."""

    def hold(self) -> None:
        """Keep it until the transaction ends that this is called in. Raises LeaseLost where somebody else has it."""

    def give_back(self) -> None:
        """Free the lease; harmless when it isn't held."""


def lease_of(data_dir: Path, what: str) -> Lease:
    """Return the lease of "follower-" with an Engine's slug, or of "activity-log"."""
    return FileLease(data_dir, what) if connection.vendor == "sqlite" else RowLease(what)


class FileLease:
    """An flock in the data directory, which the kernel frees when its process dies: nobody else can have it meanwhile."""

    retry_s = 1.0
    is_fenced = False

    def __init__(self, data_dir: Path, what: str) -> None:
        self._path = _path_of(data_dir, what)
        self._descriptor: int | None = None
        self._shown_at = float("-inf")

    @property
    def is_held(self) -> bool:
        return self._descriptor is not None

    def take(self) -> bool:
        if self._descriptor is not None:
            self.show_life()
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

    def show_life(self) -> None:
        """Touch the file every RENEW_EVERY_S at most; the lease itself needs no sign."""
        now = time.monotonic()
        if self._descriptor is not None and now - self._shown_at >= RENEW_EVERY_S:
            self._shown_at = now
            # A disk that takes no time any more leaves the last sign as it is: too old, for whoever asks.
            with suppress(OSError):
                os.utime(self._path)

    def hold(self) -> None:
        """Nothing to do: the kernel keeps it."""

    def give_back(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def last_held_at(data_dir: Path, what: str) -> datetime | None:
    """Return when whoever holds or held a lease last gave a sign of life, None where nobody ever did."""
    if connection.vendor != "sqlite":
        return renewed_at(what)
    try:
        return datetime.fromtimestamp(_path_of(data_dir, what).stat().st_mtime, UTC)
    except OSError:
        return None


def _path_of(data_dir: Path, what: str) -> Path:
    return data_dir / f"{what}.lock"
