"""The rows of the activity: frozen copies of an action and of its outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from networks.models.said import read_said


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One thing that is known of an action's end. `sentence`, `said`: as in models.Outcome."""

    at: datetime
    kind: str
    status: int
    sentence: str
    duration_ms: float
    said: list[Any] | None = None

    @property
    def words(self) -> str:
        """Return the sentence in the active language."""
        return read_said(self.sentence, self.said)


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action, and its outcomes in the order in which they were written."""

    id: int
    at: datetime
    who: str
    user_id: int | None
    from_address: str
    engine_slug: str
    verb: str
    what: str
    docker_id: str
    command: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    outcomes: tuple[OutcomeRow, ...] = ()

    @property
    def newest(self) -> OutcomeRow | None:
        """Return the outcome that counts, None before there is one."""
        return self.outcomes[-1] if self.outcomes else None

    @property
    def due_at(self) -> datetime | None:
        """Return when a container that is being stopped by this is killed, None where there is an outcome or it is no stop."""
        wait_s = self.asked.get("wait_s")
        return None if self.outcomes or not isinstance(wait_s, int) else self.at + timedelta(seconds=wait_s)

    @property
    def duration_ms(self) -> float:
        """Return how long the Engine was asked, 0 where it wasn't; what settles an outcome later says nothing of that."""
        return next((outcome.duration_ms for outcome in self.outcomes if outcome.duration_ms), 0.0)


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """The newest that match. `older_than`: where the next page begins, None on the last.

    `looked_back_to`: the moment down to which was looked, where that ended before the page was full; None elsewhere.
    """

    rows: tuple[ActionRow, ...] = ()
    older_than: int | None = None
    looked_back_to: datetime | None = None
