"""The history's page as a screen: who has what was searched for now, and who had it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

from django.utils import timezone

from networks.partials.addresses.history import HistoryDrawing, history_url
from networks.partials.addresses.network import addresses_url
from networks.partials.cache import draw
from networks.partials.framed import draw_framed
from networks.partials.screen import Screen, ScreenKey
from networks.queries.addresses.history import HistoryPage, search_history
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

MOST_SUGGESTED = 8


def draw_history(key: ScreenKey) -> Screen:
    """Draw the page: parts `lede`, `history-held`, `history-list`. What lasts until now has no length: it would tick."""
    return draw_framed(key, _draw)


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    asked = read_history_asked(dict(parse_qsl(key.query)))
    page = search_history(engine.slug, asked)
    drawing = HistoryDrawing(engine, key.rights.split(","))
    lines = _lines(asked, page)
    is_first = asked.before is None
    context = {
        "engine": engine,
        "asked": asked,
        "page": page,
        "held": drawing.rows(page.held) if is_first else [],
        "lines": drawing.lines(line for line in lines if line.kind is not HistoryLineKind.SINCE),
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
        return tuple(AddressHistoryLine(HistoryLineKind.HELD, row.from_at, row.until_at, row) for row in page.rows)
    return lines_of_others(page.rows, page.spans, is_first=is_first, is_end=is_end)


def _suggest(engine: EngineRow, asked: HistoryAsked) -> list[tuple[str, str]]:
    """Return what is called nearly so now, as (name, address of its search)."""
    names = sorted(set(_names_like(engine, asked.word.casefold())), key=natural)
    return [(name, history_url(engine.slug, q=name)) for name in names[:MOST_SUGGESTED]]


def _names_like(engine: EngineRow, word: str) -> Iterator[str]:
    for name in (*(row.name for row in container_rows(engine)), *(row.name for row in network_rows(engine))):
        if word in name.casefold():
            yield name
