"""What took longer than its budget, said in the log: each kind of it once in a while, with how often it came besides."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from math import inf

import structlog

log = structlog.get_logger(__name__)

AGAIN_AFTER_S = 10.0  # a machine that is slow is slow at everything: a line a kind is enough to see at what
MOST_KINDS = 200


class SlowLog:
    """One event's lines. `event`: its name; `budget_ms`: what is within it is never said, and costs one comparison.

    Any thread may note.
    """

    def __init__(self, event: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget_ms = inf
        self._event = event
        self._clock = clock
        self._lock = threading.Lock()
        self._said: dict[str, tuple[float, int]] = {}  # when a kind was said last, and how often it came since

    def configure(self, budget_ms: int) -> None:
        """Set the budget. 0: nothing is ever said."""
        self.budget_ms = budget_ms or inf

    def note(self, kind: str, duration_ms: float, budget_ms: float, **ids: str) -> None:
        """Say that something took too long. `kind`: what it is, the same for all that are alike."""
        now = self._clock()
        with self._lock:
            said_at, left_out = self._said.get(kind, (-inf, 0))
            is_said = now - said_at >= AGAIN_AFTER_S
            if len(self._said) >= MOST_KINDS:
                self._said.clear()
            self._said[kind] = (now, 0) if is_said else (said_at, left_out + 1)
        if is_said:
            log.warning(
                self._event, what=kind, duration_ms=round(duration_ms), budget_ms=round(budget_ms), left_out=left_out, **ids
            )
