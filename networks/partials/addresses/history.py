"""The history of addresses drawn: lines of a page, of the drawer, and of the sections on other pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from networks.partials.cache import draw
from networks.partials.links import url_of
from networks.queries.addresses.history import Assignment
from networks.queries.addresses.history_asked import read_history_asked
from networks.queries.addresses.history_lines import AddressHistoryLine, HistoryLineKind
from networks.queries.containers import container_rows
from networks.queries.networks import network_rows
from networks.queries.rows import EngineRow
from networks.templatetags.times import say_seconds


@dataclass(frozen=True, slots=True)
class HistoryLine(AddressHistoryLine):
    """A line as it is drawn. `length`: in words, "" where it isn't known or lasts until now. Addresses are "" for no page.

    `keep_url`: where the address may be kept, of one that moved.
    """

    length: str = ""
    hue: int = 0
    container_url: str = ""
    network_url: str = ""
    keep_url: str = ""

    @property
    def is_now(self) -> bool:
        """Whether it is so now."""
        return self.until_at is None


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

    def lines(self, lines: Iterable[AddressHistoryLine]) -> list[HistoryLine]:
        """Return them drawn."""
        return [self._line(line) for line in lines]

    def rows(self, rows: Iterable[Assignment]) -> list[HistoryLine]:
        """Return assignments drawn, without what lies between them."""
        return self.lines(AddressHistoryLine(HistoryLineKind.HELD, row.from_at, row.until_at, row) for row in rows)

    def _line(self, line: AddressHistoryLine) -> HistoryLine:
        row, begin, end = line.row, line.from_at, line.until_at
        length = say_seconds((end - begin).total_seconds()) if begin and end and end >= begin else ""
        if row is None:
            return HistoryLine(line.kind, begin, end, length=length)
        if length and not (row.is_from_exact and row.is_until_exact):
            length = _("at least %(length)s") % {"length": length}
        is_there = row.container_id in self._containers
        may_keep = is_there and row.until_at is None and row.was_address and self._may_connect and row.network_id
        return HistoryLine(
            line.kind,
            begin,
            end,
            row,
            length,
            hue=self._hues.get(row.network_id, self._hues_by_name.get(row.network_name, 0)),
            container_url=reverse("container_detail", args=[self._slug, row.container_id]) if is_there else "",
            network_url=reverse("network_detail", args=[self._slug, row.network_id]) if row.network_id in self._hues else "",
            keep_url=keep_url(self._slug, row.network_id, row.container_id) if may_keep else "",
        )


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
