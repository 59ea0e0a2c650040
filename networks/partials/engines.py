"""Screens of Engines: one's own page, the list of them, one added up, and what they are together in a swarm."""

from __future__ import annotations

from networks.actions.sample_lab.state import read_lab_state
from networks.addressing.free_addresses import DOCKER_DEFAULT_POOLS
from networks.partials.cache import draw, draw_kept
from networks.partials.events import draw_event_rows
from networks.partials.framed import draw_framed
from networks.partials.screen import Screen, ScreenKey, url_of
from networks.partials.shell import frame_engine, may_act
from networks.policy.permissions import Permission, granted, is_reach_of_superuser, read_reach
from networks.queries.engines import list_engines, read_engine_about
from networks.queries.events import list_events
from networks.queries.overlay_peers import read_overlay
from networks.queries.overview import read_totals
from networks.queries.rows import EngineRow
from networks.queries.swarm import EngineInSwarm, EngineRef, nodes_of, read_standings

_ENGINE_PARTS = (
    ("engine-facts", "_facts.html"),
    ("engine-about", "_about.html"),
    ("engine-follower", "_follower.html"),
    ("engine-lab", "_lab.html"),
)


def draw_engine(key: ScreenKey) -> Screen:
    """Draw the page: no rows; parts `engine-facts`, `engine-about`, `engine-follower`, `engine-lab`. Five queries at most."""
    return draw_framed(key, _draw_engine, is_kept=False)


def _draw_engine(key: ScreenKey, engine: EngineRow) -> Screen:
    about = read_engine_about(key.engine_slug)
    # The lab has a container on the machine's own network.
    may_shape = "shape" in key.rights.split(",")
    context = {
        "engine": engine,
        "about": about,
        "pools": about.default_address_pools or DOCKER_DEFAULT_POOLS,
        "has_told_pools": bool(about.default_address_pools),
        "may_act": may_act(engine),
        "lab": read_lab_state(engine.slug),
        "lab_url": url_of("lab", engine.slug) if may_shape else "",
        "lab_up_url": url_of("lab_up", engine.slug) if may_shape else "",
        "lab_down_url": url_of("lab_down", engine.slug) if may_shape else "",
    }
    return Screen(parts={dom_id: draw(f"engines/{template}", context) for dom_id, template in _ENGINE_PARTS})


def draw_engine_list(key: ScreenKey) -> Screen:
    """Draw the list of those Engines that its reader may view: part `engine-table`. One query."""
    return draw_framed(key, _draw_list, is_kept=False)


def _draw_list(key: ScreenKey, engine: EngineRow) -> Screen:
    seen = read_reach(key.reach) | {key.engine_slug}
    # Of a live Engine nothing that ticks.
    lines = tuple((frame_engine(row), row.url) for row in list_engines() if row.slug in seen)
    context = {"lines": lines, "can_change": is_reach_of_superuser(key.reach)}
    return Screen(parts={"engine-table": draw_kept("engines/_table.html", "engine-table", key=key, context=context)})


NEWEST_EVENTS = 10
MOST_REMARKS = 8
_OVERVIEW_PARTS = (
    ("lede", "_lede.html"),
    ("overview-totals", "_totals.html"),
    ("overview-remarks", "_remarks.html"),
    ("overview-start", "_start.html"),
    ("event-empty", "_no_events.html"),
)


def draw_overview(key: ScreenKey) -> Screen:
    """Draw the overview: region `event-rows`; the lede, the totals, the remarks, the first step and the empty feed as parts."""
    return draw_framed(key, _draw_overview, is_kept=False)


def _draw_overview(key: ScreenKey, engine: EngineRow) -> Screen:
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
        parts={dom_id: draw(f"overview/{template}", context) for dom_id, template in _OVERVIEW_PARTS},
    )


def draw_swarm(key: ScreenKey) -> Screen:
    """Draw how an Engine stands to a swarm, and its nodes: parts `swarm` and `swarm-acts`. Two queries."""
    return draw_framed(key, _draw_swarm, is_kept=False)


def _draw_swarm(key: ScreenKey, engine: EngineRow) -> Screen:
    standings = read_standings(read_reach(key.reach) | {key.engine_slug})
    own = standings.get(key.engine_slug) or EngineInSwarm(EngineRef(engine.slug, engine.name))
    nodes = nodes_of(standings, key.engine_slug)
    rights = key.rights.split(",")
    context = {
        "engine": engine,
        "own": own,
        "nodes": nodes,
        "told_by": "" if own.is_manager else next((each.place.name for each in standings.values() if each.nodes is nodes), ""),
        "known": sum(node.place is not None for node in nodes),
        "has_others": any(each.is_manager for slug, each in standings.items() if slug != key.engine_slug),
        "has_shape": Permission.SHAPE in granted(rights),
        "may_shape": Permission.SHAPE in rights,
        "may_act": may_act(engine),
    }
    return Screen(parts={"swarm": draw("swarm/_swarm.html", context), "swarm-acts": draw("swarm/_acts.html", context)})


def draw_overlay(key: ScreenKey) -> Screen:
    """Draw an overlay network across Engines: part `overlay`. Seven queries, and one for each Engine that has it."""
    return draw_framed(key, _draw_overlay, is_kept=False)


def _draw_overlay(key: ScreenKey, engine: EngineRow) -> Screen:
    overlay = read_overlay(key.engine_slug, key.docker_id, read_standings(read_reach(key.reach) | {key.engine_slug}))
    context = {"overlay": overlay, "engine": engine, "docker_id": key.docker_id}
    return Screen(parts={"overlay": draw("swarm/_overlay.html", context)})
