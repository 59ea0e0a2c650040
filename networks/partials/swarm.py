"""An Engine's swarm, and an overlay network, as all Engines known here see it."""

from __future__ import annotations

from networks.partials.cache import draw
from networks.partials.framed import draw_framed
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import may_act
from networks.policy.permissions import Permission, granted, read_reach
from networks.queries.overlay_peers import read_overlay
from networks.queries.rows import EngineRow
from networks.queries.swarm import EngineInSwarm, EngineRef, nodes_of, read_standings


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
