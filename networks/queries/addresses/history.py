"""The history of addresses, searched: bounded work by an index whatever is asked for, and however many rows there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from networks.models import AddressAssignment, WatchedSpan
from networks.queries.addresses.history_asked import EPOCH, Cursor, HistoryAsked, key_of, to_us

PAGE_SIZE = 50
MOST_HELD = 100
MOST_SPANS = 1_000
_NEWEST = ("-from_at", "-id")

Rows = QuerySet[AddressAssignment]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One address that one endpoint had. Members as in models.AddressAssignment."""

    id: int
    address: str
    address_key: str
    family: int
    container_id: str
    container_name: str
    network_id: str
    network_name: str
    mac: str
    from_at: datetime
    is_from_exact: bool
    from_earliest_at: datetime | None
    until_at: datetime | None
    is_until_exact: bool
    until_latest_at: datetime | None
    was_address: str
    was_until_at: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which the Engine was followed. `until_at` None: it is so now."""

    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of a search. `held`: those that are open, whatever page this is, MOST_HELD at most. `older`: a cursor, or "".

    `spans`: when the Engine was followed during what the page shows, newest first; at the last page from the beginning on.
    """

    rows: tuple[Assignment, ...] = ()
    held: tuple[Assignment, ...] = ()
    older: str = ""
    spans: tuple[Span, ...] = ()


_COLUMNS = tuple(field.name for field in fields(Assignment))


def search_history(engine_slug: str, asked: HistoryAsked, *, limit: int = PAGE_SIZE) -> HistoryPage:
    """Return a page of what is asked for: newest first, a part of the addresses by address. Three statements at most.

    `held` is left empty where all is asked for.
    """
    found = _rows_of(_matching(engine_slug, asked, limit), limit + 1)
    rows = found[:limit]
    older = _cursor_of(rows[-1], asked).as_text() if len(found) > limit else ""
    held = _rows_of(_open_ones(engine_slug, asked), MOST_HELD) if asked.q else ()
    held = tuple(sorted(held, key=lambda row: (row.address_key, row.network_name)))
    return HistoryPage(rows, held, older, read_spans(engine_slug, since=_beginning(rows) if older else None))


def last_of_address(engine_slug: str, address_key: str, *, limit: int) -> HistoryPage:
    """Return the newest assignments of one address, with the times in which the Engine was followed. Two statements."""
    found = _rows_of(_newest(engine_slug, address_key=address_key), limit + 1)
    rows, older = found[:limit], "more" if len(found) > limit else ""
    return HistoryPage(rows, (), older, read_spans(engine_slug, since=_beginning(rows) if older else None))


def last_of_container(engine_slug: str, container_id: str, *, limit: int) -> tuple[Assignment, ...]:
    """Return a container's newest assignments. One statement."""
    return _rows_of(_newest(engine_slug, container_id=container_id), limit)


def last_of_network(engine_slug: str, network_name: str, *, limit: int) -> tuple[Assignment, ...]:
    """Return the newest assignments of networks of this name: the default bridge gets a new id whenever Docker is restarted."""
    return _rows_of(_newest(engine_slug, network_name=network_name), limit)


def all_history(engine_slug: str, asked: HistoryAsked, *, at_once: int = 1_000) -> Iterator[Assignment]:
    """Yield all that is asked for in a search's order, a page at a time."""
    while True:
        found = _rows_of(_matching(engine_slug, asked, at_once), at_once + 1)
        yield from found[:at_once]
        if len(found) <= at_once:
            return
        asked = replace(asked, before=_cursor_of(found[at_once - 1], asked))


def read_spans(engine_slug: str, *, since: datetime | None = None) -> tuple[Span, ...]:
    """Return when an Engine was followed, newest first; up to the first span that began before `since`. One statement."""
    spans = WatchedSpan.objects.filter(engine_slug=engine_slug)
    if since is not None:
        spans = spans.filter(Q(until_at=None) | Q(until_at__gte=since))
    return tuple(Span(*row) for row in spans.order_by("-from_at").values_list("from_at", "until_at")[:MOST_SPANS])


def _matching(engine_slug: str, asked: HistoryAsked, limit: int) -> Rows:
    """Return the rows that match in the order asked for; a further page begins after its cursor."""
    if asked.keys is not None:
        part = AddressAssignment.objects.filter(engine_slug=engine_slug, address_key__lte=asked.keys[1])
        if asked.before is None:
            part = part.filter(address_key__gte=asked.keys[0])
        else:
            part = part.filter(address_key__gte=asked.before.key).exclude(_is_before_in_part(asked.before))
        return part.order_by("address_key", *_NEWEST)
    if asked.address is not None:
        return _after(_newest(engine_slug, address_key=key_of(asked)), asked.before)
    if not asked.word:
        return _after(_newest(engine_slug), asked.before)
    # An OR over several columns is led by no index that has the order: of each the newest, and of these the newest.
    strands = [_after(_newest(engine_slug, **wanted), asked.before) for wanted in _meanings(engine_slug, asked)]
    among = Q()
    for strand in strands:
        among |= Q(id__in=strand.values("id")[: limit + 1])
    return AddressAssignment.objects.filter(among).order_by(*_NEWEST)


def _meanings(engine_slug: str, asked: HistoryAsked) -> Iterator[dict[str, Any]]:
    """Yield what a word may mean, as equalities that an index leads. The beginning of an id means the first and the last such."""
    yield {"container_name": asked.word}
    yield {"network_name": asked.word}
    for column in ("container_id", "network_id") if asked.is_id else ():
        if len(asked.word) == 64:
            yield {column: asked.word}
            continue
        begins = AddressAssignment.objects.filter(
            engine_slug=engine_slug, **{f"{column}__gte": asked.word, f"{column}__lt": f"{asked.word}g"}
        )
        for order in (column, f"-{column}"):
            yield {column: begins.order_by(order).values(column)[:1]}


def _open_ones(engine_slug: str, asked: HistoryAsked) -> Rows:
    """Return those of them that are held now, out of the open ones of the Engine: there are no more than endpoints.

    What is asked for must not lead: an address or a name may have had a million rows that have ended.
    """
    columns = ("address_key", "container_name", "network_name", "container_id", "network_id")
    unled = {f"unled_{name}": Coalesce(F(name), Value(""), output_field=TextField()) for name in columns}
    rows = AddressAssignment.objects.filter(engine_slug=engine_slug, until_at=None).order_by().alias(**unled)
    if asked.keys is not None:
        return rows.filter(Q(unled_address_key__range=asked.keys))
    if asked.address is not None:
        return rows.filter(Q(unled_address_key=key_of(asked)))
    is_it = Q(unled_container_name=asked.word) | Q(unled_network_name=asked.word)
    for column in ("container_id", "network_id") if asked.is_id else ():
        is_it |= Q(**{f"unled_{column}__gte": asked.word, f"unled_{column}__lt": f"{asked.word}g"})
    return rows.filter(is_it)


def _newest(engine_slug: str, **wanted: Any) -> Rows:
    return AddressAssignment.objects.filter(engine_slug=engine_slug, **wanted).order_by(*_NEWEST)


def _after(rows: Rows, cursor: Cursor | None) -> Rows:
    if cursor is None:
        return rows
    at = _moment(cursor)
    # One bound that leads the index, and the rows of that very moment taken out.
    return rows.filter(from_at__lte=at).exclude(from_at=at, id__gte=cursor.pk)


def _is_before_in_part(cursor: Cursor) -> Q:
    at = _moment(cursor)
    return Q(address_key=cursor.key) & (Q(from_at__gt=at) | Q(from_at=at, id__gte=cursor.pk))


def _moment(cursor: Cursor) -> datetime:
    return EPOCH + timedelta(microseconds=cursor.from_us)


def _rows_of(rows: Rows, limit: int) -> tuple[Assignment, ...]:
    return tuple(Assignment(*values) for values in rows.values_list(*_COLUMNS)[:limit])


def _cursor_of(row: Assignment, asked: HistoryAsked) -> Cursor:
    return Cursor(to_us(row.from_at), row.id, row.address_key if asked.is_by_address else "")


def _beginning(rows: tuple[Assignment, ...]) -> datetime | None:
    return min((row.from_at for row in rows), default=None)
