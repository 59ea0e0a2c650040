"""The overview as a screen: an Engine added up, what is worth a look, and its newest events."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.translation import override

from networks.partials.events import draw_event_rows
from networks.partials.links import url_of
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import draw_shell_of, may_act
from networks.queries.engines import read_engine
from networks.queries.events import list_events
from networks.queries.overview import read_totals

NEWEST_EVENTS = 10
MOST_REMARKS = 8


def draw_overview(key: ScreenKey) -> Screen:
    """Draw the overview: region `event-rows`; the lede, the totals, the remarks, the first step and the empty feed as parts."""
    engine = read_engine(key.engine_slug)
    if engine is None:
        return Screen("", 0)
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
    with override(key.language):
        parts = {
            dom_id: render_to_string(f"overview/{template}", context).strip()
            for dom_id, template in (
                ("lede", "_lede.html"),
                ("overview-totals", "_totals.html"),
                ("overview-remarks", "_remarks.html"),
                ("overview-start", "_start.html"),
                ("event-empty", "_no_events.html"),
            )
        }
    return Screen(
        engine.epoch,
        engine.revision,
        regions={"event-rows": draw_event_rows(events.lines, key.language)},
        parts={**draw_shell_of(engine, key.language), **parts},
    )
