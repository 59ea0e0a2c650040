"""What lies between the assignments of a list: that nobody had the address, or that nobody looked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from networks.queries.addresses.history import Assignment, Span

# A restart takes an address away for less, and to give it back to the same container is the usual thing.
LEAST = timedelta(seconds=1)


class HistoryLineKind(StrEnum):
    """What a line is about. `since`: the list ends here, for nobody followed before; without a time nobody ever has."""

    HELD = "held"
    NOBODY = "nobody"
    UNSEEN = "unseen"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class AddressHistoryLine:
    """One line, with its time; `until_at` None: it is so now. `row`: of `held` alone."""

    kind: HistoryLineKind
    from_at: datetime | None
    until_at: datetime | None
    row: Assignment | None = None


def gaps_of(spans: Iterable[Span]) -> tuple[tuple[datetime, datetime], ...]:
    """Return the times between spans in which nobody followed, newest first. `spans`: newest first, as read."""
    gaps, later = [], None
    for span in spans:
        if later is not None and span.until_at is not None and later - span.until_at >= LEAST:
            gaps.append((span.until_at, later))
        later = span.from_at if later is None else min(later, span.from_at)
    return tuple(gaps)


def lines_of_address(
    rows: Sequence[Assignment], spans: Sequence[Span], *, now: datetime, is_end: bool
) -> tuple[AddressHistoryLine, ...]:
    """Return one address's time without a hole, newest first: who had it, when nobody did, when nobody looked.

    `rows`, `spans`: newest first. `is_end`: there are no older rows, so that the time ends where somebody began to follow.
    """
    lines: list[AddressHistoryLine] = []
    gaps = list(gaps_of(spans))
    if spans and spans[0].until_at is not None and now - spans[0].until_at >= LEAST:
        gaps.insert(0, (spans[0].until_at, now))
    ends = _ends(rows)
    edge = now
    for place, row in enumerate(rows):
        lines += _idle(ends[place], edge, gaps, now) if ends[place] is not None else ()
        lines.append(AddressHistoryLine(HistoryLineKind.HELD, row.from_at, row.until_at, row))
        edge = min(edge, row.from_earliest_at or row.from_at)
    if is_end:
        first = min((span.from_at for span in spans), default=None)
        lines += _idle(first, edge, gaps, now) if first is not None else ()
        lines.append(AddressHistoryLine(HistoryLineKind.SINCE, first, None))
    return tuple(lines)


def lines_of_others(
    rows: Sequence[Assignment], spans: Sequence[Span], *, is_first: bool, is_end: bool
) -> tuple[AddressHistoryLine, ...]:
    """Return a list by time with a line for each time in which nobody looked, where it lies among the rows.

    `is_first`: no newer rows are on a page before. `is_end`: there are no older rows.
    """
    lines: list[AddressHistoryLine] = []
    gaps = [gap for gap in gaps_of(spans) if is_first or not rows or gap[0] < rows[0].from_at]
    for row in rows:
        while gaps and gaps[0][0] >= row.from_at:
            lines.append(AddressHistoryLine(HistoryLineKind.UNSEEN, *gaps.pop(0)))
        lines.append(AddressHistoryLine(HistoryLineKind.HELD, row.from_at, row.until_at, row))
    if is_end:
        lines += [AddressHistoryLine(HistoryLineKind.UNSEEN, *gap) for gap in gaps]
        lines.append(AddressHistoryLine(HistoryLineKind.SINCE, min((span.from_at for span in spans), default=None), None))
    return tuple(lines)


def _ends(rows: Sequence[Assignment]) -> list[datetime | None]:
    """Return, for each row, until when the address was held by it or any older one; None where one of them has it now."""
    ends: list[datetime | None] = []
    latest: datetime | None = None
    is_held = False
    for row in reversed(rows):
        is_held = is_held or row.until_at is None
        until = row.until_latest_at or row.until_at
        latest = until if latest is None or (until is not None and until > latest) else latest
        ends.append(None if is_held else latest)
    return ends[::-1]


def _idle(
    begin: datetime | None, end: datetime, gaps: Sequence[tuple[datetime, datetime]], now: datetime
) -> Iterator[AddressHistoryLine]:
    """Yield what is known of a time in which no assignment is, newest first."""
    if begin is None or end - begin < LEAST:
        return
    edge = end
    for gap_from, gap_until in gaps:
        low, high = max(gap_from, begin), min(gap_until, edge)
        if high - low < LEAST:
            continue
        if edge - high >= LEAST:
            yield AddressHistoryLine(HistoryLineKind.NOBODY, high, None if edge == now else edge)
        yield AddressHistoryLine(HistoryLineKind.UNSEEN, low, None if high == now else high)
        edge = low
    if edge - begin >= LEAST:
        yield AddressHistoryLine(HistoryLineKind.NOBODY, begin, None if edge == now else edge)
