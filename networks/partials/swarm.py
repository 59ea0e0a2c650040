"""An Engine's swarm, and an overlay network, as all Engines known here see it."""

from __future__ import annotations

from django.utils.translation import override

from networks.partials.cache import draw
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import draw_shell_of, may_act
from networks.policy.permissions import Permission, granted, read_reach
from networks.queries.engines import read_engine
from networks.queries.overlay_peers import read_overlay
from networks.queries.swarm import EngineInSwarm, EngineRef, nodes_of, read_standings


def draw_swarm(key: ScreenKey) -> Screen:
    """Draw how an Engine stands to a swarm, and its nodes: parts `swarm` and `swarm-acts`. Two queries."""
    engine = read_engine(key.engine_slug)
    if engine is None:
        return Screen("", 0)
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
    with override(key.language):
        parts = {"swarm": draw("swarm/_swarm.html", context), "swarm-acts": draw("swarm/_acts.html", context)}
    return Screen(engine.epoch, engine.revision, parts={**draw_shell_of(engine, key.language), **parts})


def draw_overlay(key: ScreenKey) -> Screen:
    """Draw an overlay network across Engines: part `overlay`. Seven queries, and one for each Engine that has it."""
    engine = read_engine(key.engine_slug)
    if engine is None:
        return Screen("", 0)
    standings = read_standings(read_reach(key.reach) | {key.engine_slug})
    overlay = read_overlay(key.engine_slug, key.docker_id, standings)
    with override(key.language):
        part = draw("swarm/_overlay.html", {"overlay": overlay, "engine": engine, "docker_id": key.docker_id})
    return Screen(engine.epoch, engine.revision, parts={**draw_shell_of(engine, key.language), "overlay": part})
