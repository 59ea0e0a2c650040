"""The overview as a screen: an Engine added up, what is worth a look, and its newest events."""

from __future__ import annotations

from networks.partials.cache import draw
from networks.partials.events import draw_event_rows
from networks.partials.framed import draw_framed
from networks.partials.links import url_of
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import may_act
from networks.queries.events import list_events
from networks.queries.overview import read_totals
from networks.queries.rows import EngineRow

NEWEST_EVENTS = 10
MOST_REMARKS = 8
_PARTS = (
    ("lede", "_lede.html"),
    ("overview-totals", "_totals.html"),
    ("overview-remarks", "_remarks.html"),
    ("overview-start", "_start.html"),
    ("event-empty", "_no_events.html"),
)


def draw_overview(key: ScreenKey) -> Screen:
    """Draw the overview: region `event-rows`; the lede, the totals, the remarks, the first step and the empty feed as parts."""
    return draw_framed(key, _draw, is_kept=False)


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    events = list_events(key.engine_slug, limit=NEWEST_EVENTS)
    totals = read_totals(engine)
    rights = key.rights.split(",")
    context = {
        "engine": engine,
        "may_act": may_act(engine),
        "totals": totals,
        "remarks": totals.remarks[:MOST_REMARKS],
        "more_remarks": max(0, len(totals.remarks) - MOST_REMARKS),
        "rights": rights,
        "lab_url": url_of("lab_up", engine.slug) if "shape" in rights else "",
        "create_url": url_of("network_create", engine.slug) if "connect" in rights else "",
        "networks_url": f"{url_of('network_list')}?engine={engine.slug}",
        "containers_url": f"{url_of('container_list')}?engine={engine.slug}",
        "has_events": bool(events.lines),
    }
    return Screen(
        regions={"event-rows": draw_event_rows(events.lines, key.language)},
        parts={dom_id: draw(f"overview/{template}", context) for dom_id, template in _PARTS},
    )
