"""Places for changes that wait for their Engines: so many of one person and on one Engine, so that nobody stops the others."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from networks.models.said import say as _

MOST_OF_PERSON = 8
MOST_OF_ENGINE = 24
MOST = 96  # threads of this process


class Bound(StrEnum):
    """Which bound was reached."""

    PERSON = "person"
    ENGINE = "engine"
    SERVER = "server"


class NoSlot(Exception):
    """A change was not begun: `count` are under way, and the next of them ends by `until` at the latest."""

    def __init__(self, bound: Bound, count: int, until: datetime) -> None:
        super().__init__(f"{count} of this {bound} are under way until {until}")
        self.bound, self.count, self.until = bound, count, until

    @property
    def sentence(self) -> str:
        """Whose changes are too many, how many, and until when, in the reader's language."""
        known = {"count": self.count, "time": f"{self.until:%H:%M:%S} UTC"}
        words = {
            Bound.PERSON: _(
                "%(count)s of your changes are under way, so this one was not sent. One ends by %(time)s at the latest."
            ),
            Bound.ENGINE: _(
                "%(count)s changes are under way on this Engine, so this one was not sent. One ends by %(time)s at the latest."
            ),
            Bound.SERVER: _(
                "%(count)s changes are under way on all Engines, so this one was not sent. One ends by %(time)s at the latest."
            ),
        }
        return words[self.bound] % known


@dataclass(frozen=True, slots=True, eq=False)
class ChangeSlot:
    """One change that is under way. `person`: an account's id, or a name that no account has."""

    person: int | str
    engine_slug: str
    until: datetime


class Places:
    """Those of a process; in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: list[ChangeSlot] = []

    def take(self, person: int | str, engine_slug: str, lasts_s: float) -> ChangeSlot:
        """Take a place for a change that ends within `lasts_s`. Raises NoSlot."""
        with self._lock:
            bounds = (
                (Bound.PERSON, MOST_OF_PERSON, [place for place in self._taken if place.person == person]),
                (Bound.ENGINE, MOST_OF_ENGINE, [place for place in self._taken if place.engine_slug == engine_slug]),
                (Bound.SERVER, MOST, self._taken),
            )
            for bound, most, held in bounds:
                if len(held) >= most:
                    raise NoSlot(bound, len(held), min(place.until for place in held))
            taken = ChangeSlot(person, engine_slug, timezone.now() + timedelta(seconds=lasts_s))
            self._taken.append(taken)
            return taken

    def give_back(self, place: ChangeSlot) -> None:
        """Let others have it."""
        with self._lock:
            self._taken.remove(place)


places = Places()
