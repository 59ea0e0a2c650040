"""How an Engine stands: live, lagging, stale, disconnected or incompatible, and since when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from networks.models import EngineState

LAGGING_AFTER_S = 10.0
STALE_AFTER_S = 60.0
DIRTY_TOO_LONG_S = 2.0
A_MOMENT_S = 0.01  # an age is over its limit just after it has reached it


@dataclass(slots=True)
class FollowState:
    """The state as it was last written, and what decides the next. Monotonic seconds; columns as EngineStatus has them."""

    state: str = EngineState.DISCONNECTED.value
    last_error: str = ""
    proof_at: float = 0.0
    is_open: bool = False
    is_incompatible: bool = False
    _written: tuple[str, str] = field(default=("", ""))

    def proved(self, at: float) -> None:
        """Note that stream and ping both held at `at`."""
        self.proof_at = max(self.proof_at, at)

    def decide(self, dirty_s: float) -> str:
        """Return the state now. `dirty_s`: for how long an id has been waiting to be read."""
        if self.is_incompatible:
            return EngineState.INCOMPATIBLE.value
        if not self.is_open:
            return EngineState.DISCONNECTED.value
        age_s = time.monotonic() - self.proof_at
        if age_s > STALE_AFTER_S:
            return EngineState.STALE.value
        if age_s > LAGGING_AFTER_S or dirty_s > DIRTY_TOO_LONG_S:
            return EngineState.LAGGING.value
        return EngineState.LIVE.value

    def next_due_s(self) -> float:
        """Return in how many seconds the proof's age makes another state, if no other proof comes; large when it never does."""
        age_s = time.monotonic() - self.proof_at
        ages = [limit_s for limit_s in (LAGGING_AFTER_S, STALE_AFTER_S) if limit_s >= age_s] if self.is_open else []
        return min(ages, default=float("inf")) - age_s + A_MOMENT_S

    def changes(self, dirty_s: float = 0.0, *, next_try_s: float | None = None) -> dict[str, Any]:
        """Return the columns of EngineStatus to write because the state or the reason changed; empty when nothing did."""
        state = self.decide(dirty_s)
        if (state, self.last_error) == self._written:
            return {}
        now = datetime.now(UTC)
        columns: dict[str, Any] = {"state": state, "last_error": self.last_error}
        if state != self._written[0]:
            columns["state_since"] = now
        columns["next_try_at"] = None if next_try_s is None else now + timedelta(seconds=next_try_s)
        self.state, self._written = state, (state, self.last_error)
        return columns
