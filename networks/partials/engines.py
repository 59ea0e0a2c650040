"""The Engine's own page as a screen: its state, what it is, and the process that follows it."""

from __future__ import annotations

from networks.actions.sample_lab.standing import read_lab_standing
from networks.addressing.suggest import DOCKER_DEFAULT_POOLS
from networks.partials.cache import draw, draw_kept
from networks.partials.framed import draw_framed
from networks.partials.links import url_of
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import frame_engine, may_act
from networks.policy.permissions import is_reach_of_superuser, read_reach
from networks.queries.engines import list_engines, read_engine_about
from networks.queries.rows import EngineRow

_PARTS = (
    ("engine-facts", "_facts.html"),
    ("engine-about", "_about.html"),
    ("engine-follower", "_follower.html"),
    ("engine-lab", "_lab.html"),
)


def draw_engine(key: ScreenKey) -> Screen:
    """Draw the page: no rows; parts `engine-facts`, `engine-about`, `engine-follower`, `engine-lab`. Five queries at most."""
    return draw_framed(key, _draw, is_kept=False)


def _draw(key: ScreenKey, engine: EngineRow) -> Screen:
    about = read_engine_about(key.engine_slug)
    # The lab has a container on the machine's own network.
    may_shape = "shape" in key.rights.split(",")
    context = {
        "engine": engine,
        "about": about,
        "pools": about.default_address_pools or DOCKER_DEFAULT_POOLS,
        "has_told_pools": bool(about.default_address_pools),
        "may_act": may_act(engine),
        "lab": read_lab_standing(engine.slug),
        "lab_url": url_of("lab", engine.slug) if may_shape else "",
        "lab_up_url": url_of("lab_up", engine.slug) if may_shape else "",
        "lab_down_url": url_of("lab_down", engine.slug) if may_shape else "",
    }
    return Screen(parts={dom_id: draw(f"engines/{template}", context) for dom_id, template in _PARTS})


def draw_engine_list(key: ScreenKey) -> Screen:
    """Draw the list of those Engines that its reader may view: part `engine-table`. One query."""
    return draw_framed(key, _draw_list, is_kept=False)


def _draw_list(key: ScreenKey, engine: EngineRow) -> Screen:
    seen = read_reach(key.reach) | {key.engine_slug}
    # Of a live Engine nothing that ticks.
    lines = tuple((frame_engine(row), row.url) for row in list_engines() if row.slug in seen)
    context = {"lines": lines, "can_change": is_reach_of_superuser(key.reach)}
    return Screen(parts={"engine-table": draw_kept("engines/_table.html", "engine-table", key=key, context=context)})
