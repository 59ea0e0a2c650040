"""The history of addresses drawn: lines of a page, of the drawer, and of the sections on other pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.partials.cache import draw
from networks.partials.links import url_of
from networks.queries.addresses.history import Assignment
from networks.queries.addresses.history_asked import read_history_asked
from networks.queries.addresses.history_lines import AddressHistoryLine, HistoryLineKind
from networks.queries.containers import container_rows
from networks.queries.networks import network_rows
from networks.queries.rows import EngineRow
from networks.templatetags.ui import moment
from networks.templatetags.wording import spell

_UNITS = (
    (86_400, gettext_lazy("%(number)s d")),
    (3_600, gettext_lazy("%(number)s h")),
    (60, gettext_lazy("%(number)s min")),
    (1, gettext_lazy("%(number)s s")),
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line as it is drawn. `begin`, `end`, `length`: in words, "" where nothing is known. Addresses are "" for no page.

    `since`, `began`, `ended`: an assignment's times as parts of a sentence ("since 12:03", "from 12:03", "until 12:05").

    `was`: the sentence about the address before, "" where it was the same. `keep_url`: where it may be kept, for one that moved.
    """

    kind: str
    begin: SafeString | str
    end: SafeString | str
    length: str
    row: Assignment | None = None
    is_now: bool = False
    hue: int = 0
    container_url: str = ""
    network_url: str = ""
    was: SafeString | str = ""
    keep_url: str = ""
    since: SafeString | str = ""
    began: SafeString | str = ""
    ended: SafeString | str = ""


class HistoryDrawing:
    """Turns lines into what templates draw, for one Engine and one person's rights. What is there now is read where there is a
    line, and kept as the lists keep it.
    """

    def __init__(self, engine: EngineRow, rights: Collection[str]) -> None:
        self._engine = engine
        self._slug = engine.slug
        self._may_connect = "connect" in rights

    @cached_property
    def _containers(self) -> frozenset[str]:
        return frozenset(row.docker_id for row in container_rows(self._engine))

    @cached_property
    def _hues(self) -> dict[str, int]:
        return {row.docker_id: row.hue for row in network_rows(self._engine)}

    @cached_property
    def _hues_by_name(self) -> dict[str, int]:
        return {row.name: row.hue for row in network_rows(self._engine)}

    def lines(self, lines: Iterable[AddressHistoryLine], *, now: datetime | None = None) -> list[HistoryLine]:
        """Return them drawn. `now`: how long what is so now lasts is counted up to it; None: that is left out."""
        return [self._line(line, now) for line in lines]

    def rows(self, rows: Iterable[Assignment], *, now: datetime | None = None) -> list[HistoryLine]:
        """Return assignments drawn, without what lies between them."""
        return self.lines((AddressHistoryLine(HistoryLineKind.HELD, row.from_at, row.until_at, row) for row in rows), now=now)

    def _line(self, line: AddressHistoryLine, now: datetime | None) -> HistoryLine:
        row = line.row
        if row is None:
            end = "" if line.until_at is None else moment(line.until_at, "clock")
            begin = moment(line.from_at, "clock") if line.from_at else ""
            return HistoryLine(line.kind, begin, end, _length(line.from_at, line.until_at or now), is_now=line.until_at is None)
        is_there = row.container_id in self._containers
        return HistoryLine(
            line.kind,
            say_begin(row),
            say_end(row),
            _at_least(row, now),
            row,
            is_now=row.until_at is None,
            hue=self._hues.get(row.network_id, self._hues_by_name.get(row.network_name, 0)),
            container_url=reverse("container_detail", args=[self._slug, row.container_id]) if is_there else "",
            network_url=reverse("network_detail", args=[self._slug, row.network_id]) if row.network_id in self._hues else "",
            was=say_was(row.was_address, row.was_until_at),
            keep_url=self._keep_url(row) if is_there and row.until_at is None and row.was_address else "",
            since=say_since(row),
            began=say_began(row),
            ended=say_ended(row),
        )

    def _keep_url(self, row: Assignment) -> str:
        return keep_url(self._slug, row.network_id, row.container_id) if self._may_connect and row.network_id else ""


def draw_history_part(
    dom_id: str, engine: EngineRow, rights: Collection[str], rows: Iterable[Assignment], url: str, *, why_none: str
) -> str:
    """Return the section of a container's or network's page: the last assignments or why there are none, and where all are."""
    lines = HistoryDrawing(engine, rights).rows(rows)
    context = {"dom_id": dom_id, "of": dom_id.partition("-")[0], "lines": lines, "why_none": why_none, "url": url}
    return draw("addresses/_history_part.html", context)


def keep_url(engine_slug: str, network_id: str, container_id: str) -> str:
    """Return where an endpoint's address is kept."""
    return url_of("network_keep", engine_slug, network_id, container_id)


def history_url(engine_slug: str, **asked: object) -> str:
    """Return the address of a search; it names the Engine: the reader may have chosen another."""
    given = {name: str(value) for name, value in asked.items() if value not in ("", None)}
    return f"{reverse('address_history')}?{urlencode({'engine': engine_slug, **given}, safe='/:')}"


def history_url_of(engine_slug: str, name: str, docker_id: str) -> str:
    """Return the search for a container or a network: by name, which outlives the id, but where it reads as something else."""
    asked = read_history_asked({"q": name})
    return history_url(engine_slug, q=name if asked.word == name else docker_id)


def say_begin(row: Assignment) -> SafeString:
    """Return since when an endpoint had its address: a time, or what it lies between."""
    return _say_begin(row, "{time}", _("between {low} and {high}"), _("{time} or earlier"))


def say_since(row: Assignment) -> SafeString:
    """Return since when, for a sentence: "since 12:03", "since some moment between 12:03 and 12:05"."""
    return _say_begin(row, _("since {time}"), _("since some moment between {low} and {high}"), _("since {time} or earlier"))


def say_began(row: Assignment) -> SafeString:
    """Return from when, for a sentence that goes on with until when."""
    return _say_begin(row, _("from {time}"), _("from some moment between {low} and {high}"), _("from {time} or earlier"))


def say_end(row: Assignment) -> SafeString | str:
    """Return until when: a time, or what it lies between; "" while it has it."""
    return _say_end(row, "{time}", _("between {low} and {high}"), _("{time} or later"))


def say_ended(row: Assignment) -> SafeString | str:
    """Return until when, for a sentence; "" while it has it."""
    return _say_end(row, _("until {time}"), _("until some moment between {low} and {high}"), _("until {time} or later"))


def say_was(address: str, until_at: datetime | None) -> SafeString | str:
    """Return which address it was before: "had 172.18.0.2 until 12:03"; "" for none."""
    if not address:
        return ""
    if until_at is None:
        return format_html(_("had {address} before"), address=spell(address))
    return format_html(_("had {address} until {time}"), address=spell(address), time=moment(until_at, "clock"))


def say_seconds(seconds: float) -> str:
    """Return a length in its two largest units: "23 h 18 min", "38 min", "0.4 s"; in Korean "23시간 18분"."""
    if seconds < 10:
        return str(_UNITS[-1][1] % {"number": f"{seconds:.1f}"})
    parts: list[tuple[int, str]] = []
    left = round(seconds)
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number or parts:
            parts.append((number, str(unit)))
    return " ".join(unit % {"number": number} for number, unit in parts[:2] if number)


def _say_begin(row: Assignment, exact: str, between: str, open_ended: str) -> SafeString:
    if row.is_from_exact:
        return _say(exact, time=row.from_at)
    if row.from_earliest_at is not None and row.from_earliest_at < row.from_at:
        return _say(between, low=row.from_earliest_at, high=row.from_at)
    return _say(open_ended, time=row.from_at)


def _say_end(row: Assignment, exact: str, between: str, open_ended: str) -> SafeString | str:
    if row.until_at is None:
        return ""
    if row.is_until_exact:
        return _say(exact, time=row.until_at)
    if row.until_latest_at is not None and row.until_latest_at > row.until_at:
        return _say(between, low=row.until_at, high=row.until_latest_at)
    return _say(open_ended, time=row.until_at)


def _say(words: str, **times: datetime) -> SafeString:
    return format_html(words, **{name: moment(time, "clock") for name, time in times.items()})


def _length(begin: datetime | None, end: datetime | None) -> str:
    return say_seconds((end - begin).total_seconds()) if begin and end and end >= begin else ""


def _at_least(row: Assignment, now: datetime | None) -> str:
    length = _length(row.from_at, row.until_at or now)
    is_exact = row.is_from_exact and (row.is_until_exact or row.until_at is None)
    return length if is_exact or not length else _("at least %(length)s") % {"length": length}
