"""Leases on PostgreSQL, where several machines share a database: rows with a fencing number, renewed by one thread."""

from __future__ import annotations

import os
import threading
import time

from networks.models.lease import LASTS_S, LeaseState, free_lease, hold_lease, read_lease, renew_lease, take_lease
from networks.sync.periodic import PeriodicThread

RENEW_EVERY_S = 5.0
# Whoever couldn't renew for so long stops by itself, before anybody else begins.
HELD_FOR_S = 12.0
STUCK_AFTER_S = 6.0


def holder_name() -> str:
    """Return who we are, for people: machine and process."""
    return f"{os.uname().nodename}:{os.getpid()}"


class RowLease:
    """A row that its holder renews every 5 s; after 15 s without, the next one takes it and counts the fence up.

    By the clock of the database's server, or, where that jumped, by having seen the same row for 15 s. A holder that couldn't
    renew for 12 s stops by itself; one that slept longer, in the middle of a transaction even, is refused by the fence.
    """

    retry_s = 2.0
    is_fenced = True

    def __init__(self, what: str) -> None:
        self.name = what
        self.fence: int | None = None
        self._renewed_at = 0.0
        self._seen: LeaseState | None = None
        self._seen_since = 0.0

    @property
    def is_held(self) -> bool:
        return self.fence is not None and time.monotonic() - self._renewed_at < HELD_FOR_S

    def take(self) -> bool:
        if self.is_held:
            self.show_life()
            return True
        self._forget()
        began = time.monotonic()
        seen = read_lease(self.name)
        if self._seen is None or (seen.fence, seen.beat) != (self._seen.fence, self._seen.beat):
            self._seen, self._seen_since = seen, began
        if seen.holder and not seen.is_stale and began - self._seen_since < LASTS_S:
            return False
        fence = take_lease(self.name, holder_name(), seen)
        if fence is None:
            return False
        self._renewed_at, self.fence = began, fence
        lease_keeper.keep(self)
        return True

    def renew(self) -> None:
        """Say that we live; called by the keeper's thread. Forgets the lease where it is somebody else's."""
        fence, began = self.fence, time.monotonic()
        if fence is None:
            return
        if renew_lease(self.name, fence):
            self._renewed_at = began
        else:
            self._forget()

    def show_life(self) -> None:
        """The keeper renews it: see that the keeper itself doesn't hang, while there is time to replace it."""
        lease_keeper.watch()

    def hold(self) -> None:
        hold_lease(self.name, -1 if self.fence is None else self.fence)

    def give_back(self) -> None:
        if self.fence is not None:
            fence = self.fence
            self._forget()
            free_lease(self.name, fence)

    def _forget(self) -> None:
        self.fence = None
        lease_keeper.let_go(self)


class LeaseKeeper:
    """Renews all leases of this process, in a thread of its own; another takes over from one that hangs in the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: set[RowLease] = set()
        self._thread: _Renewing | None = None

    def keep(self, lease: RowLease) -> None:
        """Renew it from now on."""
        with self._lock:
            self._kept.add(lease)
            if self._thread is None:
                self._start()

    def let_go(self, lease: RowLease) -> None:
        """Renew it no more; harmless where it wasn't."""
        with self._lock:
            self._kept.discard(lease)
            if not self._kept and self._thread is not None:
                self._thread.leave()
                self._thread = None

    def watch(self) -> None:
        """Start another thread where the one that renews has hung for too long: its connection may never answer."""
        with self._lock:
            if self._thread is not None and self._thread.is_stuck():
                self._thread.leave()
                self._start()

    def kept(self) -> list[RowLease]:
        """Return what is renewed now."""
        with self._lock:
            return list(self._kept)

    def _start(self) -> None:
        self._thread = _Renewing(self)
        self._thread.start()


class _Renewing(PeriodicThread):
    held_up = "lease_not_renewed"

    def __init__(self, keeper: LeaseKeeper) -> None:
        super().__init__("renew-leases", RENEW_EVERY_S)
        self._keeper = keeper
        self._began_at: float | None = None

    def turn(self, *, is_woken: bool) -> None:
        self._began_at = time.monotonic()
        try:
            for lease in self._keeper.kept():
                lease.renew()
            self._every_s = RENEW_EVERY_S
        except Exception:
            self._every_s = 1.0
            raise
        finally:
            self._began_at = None

    def is_stuck(self) -> bool:
        began_at = self._began_at
        return began_at is not None and time.monotonic() - began_at > STUCK_AFTER_S

    def leave(self) -> None:
        """End without being waited for."""
        self._ended.set()
        self._woken.set()


lease_keeper = LeaseKeeper()
