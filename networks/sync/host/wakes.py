"""What wakes an Engine's watcher: left here by the threads that notice it, taken out by the watcher alone. Nobody here blocks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from networks.hostnet.facts import LinkChange


@dataclass(slots=True)
class Wake:
    """What there is to look at. `is_everything`: changes of links were missed. `has_ended`: nobody tells of changes any more."""

    links: set[int] = field(default_factory=set)
    is_everything: bool = False
    is_engine: bool = False
    has_ended: bool = False

    def __bool__(self) -> bool:
        return bool(self.links) or self.is_everything or self.is_engine or self.has_ended


class Wakes:
    """One watcher's. A viewer, and the end, wake it at once; all else is gathered for a moment, so that a burst is one look."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wake = Wake()
        self._first_at = float("inf")
        self._is_urgent = False

    def put_change(self, change: LinkChange) -> None:
        with self._condition:
            if change.index:
                self._wake.links.add(change.index)
            else:
                self._wake.is_everything = True
            self._note()

    def put_engine(self) -> None:
        """Leave word that the snapshot, or the Engine's state, is another."""
        with self._condition:
            self._wake.is_engine = True
            self._note()

    def put_end(self) -> None:
        """Leave word that the stream of changes has ended."""
        with self._condition:
            self._wake.has_ended = True
            self._note()

    def hurry(self) -> None:
        """Wake the watcher at once: somebody looks at figures, or it is to end."""
        with self._condition:
            self._is_urgent = True
            self._condition.notify()

    def take(self, timeout_s: float, *, gather_s: float) -> Wake:
        """Wait until something is there, `timeout_s` at most, and `gather_s` longer for what comes with it; take all of it."""
        until = time.monotonic() + timeout_s
        with self._condition:
            while not self._is_urgent:
                due = min(until, self._first_at + gather_s)
                left_s = due - time.monotonic()
                if left_s <= 0:
                    break
                self._condition.wait(left_s)
            self._is_urgent = False
            if time.monotonic() < self._first_at + gather_s:
                return Wake()  # it keeps gathering
            taken, self._wake, self._first_at = self._wake, Wake(), float("inf")
            return taken

    def empty(self) -> None:
        """Forget what was left: everything is about to be read."""
        with self._condition:
            self._wake, self._first_at = Wake(), float("inf")

    def read_from(self, changes: Iterable[LinkChange]) -> None:
        """Take changes until they end, in a thread of its own."""
        try:
            for change in changes:
                self.put_change(change)
        finally:
            self.put_end()

    def _note(self) -> None:
        if self._first_at == float("inf"):
            self._first_at = time.monotonic()
            self._condition.notify()
