"""What people did: lines of the activity page and of one action, as those who ask may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from networks.models import Action, Outcome, OutcomeKind
from networks.models.stored_sentences import read_said
from networks.queries.people.activity_filters import NO_OUTCOME, ActivityFilter, Reader


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


PAGE_SIZE = 100
# How many rows a page looks at that need not match: a million took a second and more, these take 40 ms, for each Engine that
# somebody administers.
MOST_LOOKED_AT = 25_000
# Ids follow the clock, but a clock that was set back for a moment must hide nothing.
CLOCK_SLACK = timedelta(hours=1)
WHOLE_ID = 64
_BIGGEST = 2**63 - 1

Equal = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class _Strand:
    """What one look found. `ids`: newest first. `reached`: nothing at or above this id was left out; 0 means nothing at all."""

    ids: tuple[int, ...]
    reached: int
    is_full: bool


def list_activity(reader: Reader, wanted: ActivityFilter | None = None, *, limit: int = PAGE_SIZE) -> ActivityPage:
    """Return what this reader may see of what is asked for. A few statements, none of which sorts or reads a whole table."""
    wanted = wanted or ActivityFilter()
    within = _bounds(wanted)
    strands = [_look(equal, wanted, within, limit) for equal in _strands(reader, wanted)]
    reached = max((strand.reached for strand in strands), default=0)
    found = sorted({number for strand in strands for number in strand.ids if number >= reached}, reverse=True)
    ids = found[:limit]
    older = ids[-1] if len(found) > limit else reached
    rows = read_actions(ids)
    if not older:
        return ActivityPage(rows)
    is_short = len(ids) < limit
    looked_back_to = (
        Action.objects.filter(id__gte=older).order_by("id").values_list("at", flat=True).first() if is_short else None
    )
    return ActivityPage(rows, older, looked_back_to)


def all_activity(reader: Reader, wanted: ActivityFilter, *, at_once: int = 1_000) -> Iterator[ActionRow]:
    """Yield all that is asked for, newest first, page after page."""
    while True:
        page = list_activity(reader, wanted, limit=at_once)
        yield from page.rows
        if page.older_than is None:
            return
        wanted = replace(wanted, before=page.older_than)


def read_action(reader: Reader, action_id: int) -> ActionRow | None:
    """Return one action, None where there is none or it isn't this reader's to see. Two statements."""
    rows = read_actions([action_id]) if action_id < _BIGGEST else ()
    if not rows:
        return None
    row = rows[0]
    is_seen = reader.sees_all or row.user_id == reader.user_id or row.engine_slug in reader.engine_slugs
    return row if is_seen else None


def read_actions(ids: Iterable[int]) -> tuple[ActionRow, ...]:
    """Return these actions with their outcomes, newest first. Two statements."""
    wanted = list(ids)
    if not wanted:
        return ()
    outcomes: dict[int, list[OutcomeRow]] = {}
    found = Outcome.objects.filter(action_id__in=wanted).order_by("action_id", "id")
    for number, at, kind, status, sentence, took, said in found.values_list(
        "action_id", "at", "kind", "status", "sentence", "duration_ms", "said"
    ):
        outcomes.setdefault(number, []).append(OutcomeRow(at, kind, status, sentence, took, said))
    records = Action.objects.filter(id__in=wanted).order_by("-id").values()
    return tuple(ActionRow(**record, outcomes=tuple(outcomes.get(record["id"], ()))) for record in records)


def _strands(reader: Reader, wanted: ActivityFilter) -> Iterator[Equal]:
    """Yield the equalities of each set of actions that the reader may see: together they are the whole, and may overlap."""
    asked: Equal = {"who": wanted.who, "verb": wanted.verb, "engine_slug": wanted.on}
    asked = {name: value for name, value in asked.items() if value}
    if reader.sees_all:
        yield asked
        return
    if wanted.on in reader.engine_slugs:
        yield asked
        return
    yield {**asked, "user_id": reader.user_id}
    if not wanted.on:
        for slug in reader.engine_slugs:
            yield {**asked, "engine_slug": slug}


def _bounds(wanted: ActivityFilter) -> tuple[int, int]:
    """Return the ids between which everything lies: from the first, before the second."""
    low, high = 0, _BIGGEST
    if wanted.since_at:
        later = Action.objects.filter(at__gte=wanted.since_at - CLOCK_SLACK).order_by("at")
        low = later.values_list("id", flat=True).first() or _BIGGEST
    if wanted.until_at:
        earlier = Action.objects.filter(at__lt=wanted.until_at + CLOCK_SLACK).order_by("-at")
        high = (earlier.values_list("id", flat=True).first() or 0) + 1
    return low, min(high, wanted.before if wanted.before is not None else high)


def _look(equal: Equal, wanted: ActivityFilter, within: tuple[int, int], limit: int) -> _Strand:
    """Find the newest that match, led by the index that reaches farthest back."""
    low, high = within
    leads: list[str] = [*equal]
    if wanted.outcome not in ("", OutcomeKind.OK, NO_OUTCOME):  # nearly all end well: that leads nowhere
        leads.append("outcome")
    is_plain = len(leads) == len(equal) <= 1 and not (wanted.text or wanted.outcome)
    lead, floor = (leads[0] if leads else "", low) if is_plain else _farthest(leads, equal, wanted, within)
    rows = Action.objects.filter(id__lt=high, id__gte=floor)
    if lead == "outcome":
        led = Outcome.objects.filter(kind=wanted.outcome, action_id__lt=high, action_id__gte=floor)
        rows = rows.filter(id__in=led.values("action_id"))
    for name, value in equal.items():
        rows = rows.filter(**{name: value}) if name == lead else rows.filter(_unled(name, value))
    found = tuple(_matching(rows, wanted).order_by("-id").values_list("id", flat=True)[: limit + 1])
    is_full = len(found) > limit
    return _Strand(found, found[-1] if is_full else floor if floor > low else 0, is_full)


def _farthest(leads: list[str], equal: Equal, wanted: ActivityFilter, within: tuple[int, int]) -> tuple[str, int]:
    """Return which index leads, and the id down to which MOST_LOOKED_AT rows of it reach."""
    low, high = within
    best = ("", low)
    for place, lead in enumerate(leads or [""]):
        numbers: QuerySet[Any, int]
        if lead == "outcome":
            led = Outcome.objects.filter(kind=wanted.outcome, action_id__lt=high, action_id__gte=low)
            numbers = led.order_by("-action_id").values_list("action_id", flat=True)
        else:
            some = {lead: equal[lead]} if lead else {}
            numbers = Action.objects.filter(**some, id__lt=high, id__gte=low).order_by("-id").values_list("id", flat=True)
        floor = next(iter(numbers[MOST_LOOKED_AT - 1 : MOST_LOOKED_AT]), None)
        if floor is None:
            return lead, low
        if place == 0 or floor < best[1]:
            best = (lead, floor)
    return best


def _unled(name: str, value: str | int) -> Exact:
    """Return an equality that no index serves, so that the index which leads is the one that is used."""
    return Exact(Coalesce(F(name), Value("" if isinstance(value, str) else -1)), value)


def _matching(rows: QuerySet[Action], wanted: ActivityFilter) -> QuerySet[Action]:
    """Narrow by what no index leads."""
    if wanted.since_at:
        rows = rows.filter(at__gte=wanted.since_at)
    if wanted.until_at:
        rows = rows.filter(at__lt=wanted.until_at)
    if wanted.text:
        found = Q(what__icontains=wanted.text) | Q(command__icontains=wanted.text) | Q(docker_id=wanted.text)
        if len(wanted.text) < WHOLE_ID:
            found |= Q(docker_id__startswith=wanted.text)
        rows = rows.filter(found)
    outcomes = Outcome.objects.filter(action_id=OuterRef("pk"))
    if wanted.outcome == NO_OUTCOME:
        return rows.filter(~Exists(outcomes))
    if wanted.outcome:
        newest = Subquery(outcomes.order_by("-id").values("kind")[:1])
        return rows.filter(Exact(newest, wanted.outcome))
    return rows
