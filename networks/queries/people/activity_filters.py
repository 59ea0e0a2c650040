"""What of the activity is asked for, and by whom: read from a query string, what isn't known is left aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from networks.models import OutcomeKind

MAXIMUM_SEARCH_LENGTH = 200
NO_OUTCOME = "none"
OUTCOMES = (*OutcomeKind.values, NO_OUTCOME)
PARAMS = ("who", "verb", "on", "outcome", "q", "from", "to")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: everybody at what is theirs, admins at what was asked of their Engines, superusers at all."""

    user_id: int
    engine_slugs: tuple[str, ...] = ()
    sees_all: bool = False


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What is asked for; "" and None are any. `on`: an Engine's slug. `outcome`: one of OUTCOMES, that of the newest row.

    `text`: part of the object's name or of the command, or its id. `since` and `until`: days in the server's time zone, both
    included. `before`: only what was written before this action.
    """

    who: str = ""
    verb: str = ""
    on: str = ""
    outcome: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> ActivityFilter:
        """Read a page's query string; what makes no sense there counts as absent."""
        given = {name: _readable(query.get(name, "")) for name in PARAMS}
        before = query.get("before", "")
        return cls(
            who=given["who"],
            verb=given["verb"],
            on=given["on"],
            outcome=given["outcome"] if given["outcome"] in OUTCOMES else "",
            text=given["q"],
            since=_day(given["from"]),
            until=_day(given["to"]),
            # More digits than SQLite's integers have are no id of ours.
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        )

    @property
    def is_active(self) -> bool:
        """Tell whether it may hide an action."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "before")

    @property
    def since_at(self) -> datetime | None:
        """Return the first moment that counts."""
        return None if self.since is None else _midnight(self.since)

    @property
    def until_at(self) -> datetime | None:
        """Return the first moment after those that count."""
        return None if self.until is None else _midnight(self.until + timedelta(days=1))

    def as_query(self, *, before: int | None = None) -> str:
        """Return the query string of this filter, at its first page unless `before` is given."""
        pairs = {
            "who": self.who,
            "verb": self.verb,
            "on": self.on,
            "outcome": self.outcome,
            "q": self.text,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "before": str(before) if before is not None else "",
        }
        return urlencode({name: value for name, value in pairs.items() if value})


def _readable(text: str) -> str:
    """Return what can be looked for: no database stores NUL or half a character."""
    return text.encode(errors="ignore").decode().strip().replace("\0", "")[:MAXIMUM_SEARCH_LENGTH]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # A day further is still a day, in any time zone.
    return day if date.min + timedelta(days=2) < day < date.max - timedelta(days=2) else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
