"""Who has or had an address, and when: one search field, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from networks.partials.addresses.grid import addresses_url
from networks.partials.addresses.history import HistoryDrawing, history_url
from networks.policy.permissions import Permission
from networks.queries.addresses.history import HistoryPage, search_history
from networks.queries.addresses.history_asked import HISTORY_PARAMS, HistoryAsked, read_history_asked
from networks.queries.addresses.history_lines import Kind, Line, gaps_of, lines_of_address, lines_of_others
from networks.queries.containers import container_rows
from networks.queries.engines import read_engine
from networks.queries.networks import network_rows
from networks.queries.ordering import natural
from networks.queries.rows import EngineRow
from networks.views.shell import access_of, open_screen

MOST_SUGGESTED = 8


class AddressHistory(View):
    """The history of one Engine's addresses. Not live: what has ended doesn't change."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = open_screen(request, "address_history", params=HISTORY_PARAMS, is_live=False)
        engine, asked, now = read_engine(key.engine_slug), read_history_asked(request.GET.dict()), timezone.now()
        if engine is None:
            return render(request, "addresses/history.html", {"asked": asked, "page": HistoryPage()})
        page = search_history(engine.slug, asked)
        drawing = HistoryDrawing(engine, access_of(request).permissions.get(engine.slug, frozenset[Permission]()))
        lines = _lines(asked, page, now=now)
        since = next((line for line in lines if line.kind is Kind.SINCE), None)
        context = {
            "engine": engine,
            "engine_slug": engine.slug if "engine" in request.GET else "",
            "asked": asked,
            "page": page,
            "held": drawing.rows(page.held, now=now) if asked.before is None else [],
            "lines": drawing.lines((line for line in lines if line.kind is not Kind.SINCE), now=now),
            "since": since,
            "gaps": gaps_of(page.spans) if asked.is_by_address else (),
            "is_first": asked.before is None,
            "suggestions": _suggest(engine, asked) if asked.word and not page.rows else [],
            "newest": history_url(engine.slug, q=asked.q),
            "older": history_url(engine.slug, q=asked.q, before=page.older) if page.older else "",
            "pool_url": addresses_url(engine.slug, address=asked.address) if asked.address else "",
        }
        return render(request, "addresses/history.html", context)


def _lines(asked: HistoryAsked, page: HistoryPage, *, now: datetime) -> tuple[Line, ...]:
    is_first, is_end = asked.before is None, not page.older
    if asked.address is not None and is_first:
        return lines_of_address(page.rows, page.spans, now=now, is_end=is_end)
    if asked.is_by_address:
        return tuple(Line(Kind.HELD, row.from_at, row.until_at, row) for row in page.rows)
    return lines_of_others(page.rows, page.spans, is_first=is_first, is_end=is_end)


def _suggest(engine: EngineRow, asked: HistoryAsked) -> list[tuple[str, str]]:
    """Return what is called nearly so now, as (name, address of its search)."""
    names = sorted(set(_names_like(engine, asked.word.casefold())), key=natural)
    return [(name, history_url(engine.slug, q=name)) for name in names[:MOST_SUGGESTED]]


def _names_like(engine: EngineRow, word: str) -> Iterator[str]:
    for name in (*(row.name for row in container_rows(engine)), *(row.name for row in network_rows(engine))):
        if word in name.casefold():
            yield name
