"""The event feed as a screen: the newest events that match the page's filter."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from networks.partials.cache import draw
from networks.partials.framed import draw_framed
from networks.partials.screen import DrawnRow, Screen, ScreenKey
from networks.partials.sentences import event_sentence, read_exit_code
from networks.partials.shell import may_act
from networks.queries.events import EventFilter, EventLine, list_events
from networks.queries.rows import EngineRow
from networks.templatetags.ui import container_shape, draw_glyph, icon

# Of what happened in a container only what changes its state has a glyph of state.
_GLYPHS = {"start": "run", "restart": "run", "unpause": "run", "pause": "pause", "stop": "off", "oom": "fail"}
_ICONS = {
    "connect": "plug",
    "disconnect": "plug",
    "create": "plus-lg",
    "destroy": "trash3",
    "remove": "trash3",
    "reload": "arrow-clockwise",
}


def draw_events(key: ScreenKey) -> Screen:
    """Draw the feed: region `event-rows`; parts `lede`, `event-empty` and `event-foot`. Five queries whatever its length."""
    return draw_framed(key, _draw, is_kept=False)


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    query = dict(parse_qsl(key.query))
    page = list_events(key.engine_slug, EventFilter.from_query(query))
    # Links name the Engine: whoever follows one may have chosen another since.
    kept = {name: value for name, value in query.items() if name not in ("before", "paused")}
    here = {"engine": key.engine_slug}
    context = {
        "engine": engine,
        "may_act": may_act(engine),
        "page": page,
        "is_paused": "paused" in query,
        "is_filtered": bool(kept),
        "is_first": "before" not in query,
        "older": urlencode({**here, **kept, "before": page.older_than}) if page.older_than else "",
        "newest": urlencode({**here, **kept}),
        "unfiltered": urlencode(here),
    }
    return Screen(
        regions={"event-rows": draw_event_rows(page.lines, key.language)},
        parts={
            "lede": draw("events/_lede.html", context),
            "event-empty": draw("events/_empty.html", context),
            "event-foot": draw("events/_foot.html", context),
        },
    )


def draw_event_rows(lines: tuple[EventLine, ...], language: str) -> tuple[DrawnRow, ...]:
    """Draw events in the active language, each once for as long as its subjects come and go not."""
    return tuple(_draw_row(line, language) for line in lines)


@lru_cache(maxsize=1024)  # 2.5 kB each: what a page shows, in two languages, behind a few filters
def _draw_row(line: EventLine, language: str) -> DrawnRow:
    dom_id = f"ev-{line.event.id}"
    verb = line.event.verb.partition(":")[0]
    glyph = _GLYPHS.get(verb, "") if line.event.kind == "container" else ""
    if line.event.kind == "container" and verb == "die":
        glyph = container_shape("exited", read_exit_code(line), line.ending)[0]
    context = {
        "event": line.event,
        "dom_id": dom_id,
        "sentence": event_sentence(line),
        "mark": draw_glyph(glyph) if glyph else icon(_ICONS.get(verb, "three-dots"), 14),
    }
    html = draw("events/_row.html", context)
    return DrawnRow(dom_id, f"{int(line.has_container)}{int(line.has_network)}", html)
