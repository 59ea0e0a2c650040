"""The history of addresses drawn: lines of a page, of the drawer, and of the sections on other pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from networks.partials.addresses.network import addresses_url
from networks.partials.cache import draw
from networks.partials.framed import draw_framed
from networks.partials.screen import Screen, ScreenKey, url_of
from networks.queries.addresses.history import Assignment, HistoryPage, search_history
from networks.queries.addresses.history_asked import HistoryAsked, read_history_asked
from networks.queries.addresses.history_lines import (
    AddressHistoryLine,
    HistoryLineKind,
    gaps_of,
    lines_of_address,
    lines_of_others,
)
from networks.queries.containers import container_rows
from networks.queries.networks import network_rows
from networks.queries.ordering import natural
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
        return self.until_at is None


def draw_lines(engine: EngineRow, rights: Collection[str], lines: Iterable[AddressHistoryLine]) -> list[HistoryLine]:
    """Return lines as they are drawn. What is there now is read where there is an assignment, as the lists keep it."""
    found, slug = list(lines), engine.slug
    is_any = any(line.row for line in found)
    containers = {row.docker_id for row in container_rows(engine)} if is_any else set()
    networks = network_rows(engine) if is_any else ()
    hues, hues_by_name = {row.docker_id: row.hue for row in networks}, {row.name: row.hue for row in networks}

    def draw_line(line: AddressHistoryLine) -> HistoryLine:
        row, begin, end = line.row, line.from_at, line.until_at
        length = say_seconds((end - begin).total_seconds()) if begin and end and end >= begin else ""
        if row is None:
            return HistoryLine(line.kind, begin, end, length=length)
        if length and not (row.is_from_exact and row.is_until_exact):
            length = _("at least %(length)s") % {"length": length}
        is_there = row.container_id in containers
        may_keep = is_there and row.until_at is None and row.was_address and "connect" in rights and row.network_id
        return HistoryLine(
            line.kind,
            begin,
            end,
            row,
            length,
            hue=hues.get(row.network_id, hues_by_name.get(row.network_name, 0)),
            container_url=reverse("container_detail", args=[slug, row.container_id]) if is_there else "",
            network_url=reverse("network_detail", args=[slug, row.network_id]) if row.network_id in hues else "",
            keep_url=keep_url(slug, row.network_id, row.container_id) if may_keep else "",
        )

    return [draw_line(line) for line in found]


def held_lines(rows: Iterable[Assignment]) -> tuple[AddressHistoryLine, ...]:
    """Return the lines of assignments alone, without what lies between them."""
    return tuple(AddressHistoryLine(HistoryLineKind.HELD, row.from_at, row.until_at, row) for row in rows)


def draw_history_part(
    dom_id: str, engine: EngineRow, rights: Collection[str], rows: Iterable[Assignment], url: str, *, why_none: str
) -> str:
    """Return the section of a container's or network's page: the last assignments or why there are none, and where all are."""
    lines = draw_lines(engine, rights, held_lines(rows))
    context = {"dom_id": dom_id, "of": dom_id.partition("-")[0], "lines": lines, "why_none": why_none, "url": url}
    return draw("addresses/_history_part.html", context)


def keep_url(engine_slug: str, network_id: str, container_id: str) -> str:
    return url_of("network_keep", engine_slug, network_id, container_id)


def history_url(engine_slug: str, **asked: object) -> str:
    """Return the address of a search; it names the Engine: the reader may have chosen another."""
    given = {name: str(value) for name, value in asked.items() if value not in ("", None)}
    return f"{reverse('address_history')}?{urlencode({'engine': engine_slug, **given}, safe='/:')}"


def history_url_of(engine_slug: str, name: str, docker_id: str) -> str:
    """Return the search for a container or a network: by name, which outlives the id, but where it reads as something else."""
    asked = read_history_asked({"q": name})
    return history_url(engine_slug, q=name if asked.word == name else docker_id)


MOST_SUGGESTED = 8


def draw_history(key: ScreenKey) -> Screen:
    """Draw the page: parts `lede`, `history-held`, `history-list`. What lasts until now has no length: it would tick."""
    return draw_framed(key, _draw)


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    asked = read_history_asked(dict(parse_qsl(key.query)))
    page = search_history(engine.slug, asked)
    rights = key.rights.split(",")
    lines = _lines(asked, page)
    is_first = asked.before is None
    context = {
        "engine": engine,
        "asked": asked,
        "page": page,
        "held": draw_lines(engine, rights, held_lines(page.held)) if is_first else [],
        "lines": draw_lines(engine, rights, (line for line in lines if line.kind is not HistoryLineKind.SINCE)),
        "since": next((line for line in lines if line.kind is HistoryLineKind.SINCE), None),
        "gaps": gaps_of(page.spans) if asked.is_by_address else (),
        "is_first": is_first,
        "suggestions": _suggest(engine, asked) if asked.word and not page.rows else [],
        "newest": history_url(engine.slug, q=asked.q),
        "older": history_url(engine.slug, q=asked.q, before=page.older) if page.older else "",
        "pool_url": addresses_url(engine.slug, address=asked.address) if asked.address else "",
    }
    parts = {
        "lede": draw("addresses/_history_lede.html", context),
        "history-held": draw("addresses/_history_held.html", context),
        "history-list": draw("addresses/_history_list.html", context),
    }
    return Screen(parts=parts)


def _lines(asked: HistoryAsked, page: HistoryPage) -> tuple[AddressHistoryLine, ...]:
    is_first, is_end = asked.before is None, not page.older
    if asked.address is not None and is_first:
        return lines_of_address(page.rows, page.spans, now=timezone.now(), is_end=is_end)
    if asked.is_by_address:
        return held_lines(page.rows)
    return lines_of_others(page.rows, page.spans, is_first=is_first, is_end=is_end)


def _suggest(engine: EngineRow, asked: HistoryAsked) -> list[tuple[str, str]]:
    names = sorted(set(_names_like(engine, asked.word.casefold())), key=natural)
    return [(name, history_url(engine.slug, q=name)) for name in names[:MOST_SUGGESTED]]


def _names_like(engine: EngineRow, word: str) -> Iterator[str]:
    for name in (*(row.name for row in container_rows(engine)), *(row.name for row in network_rows(engine))):
        if word in name.casefold():
            yield name
