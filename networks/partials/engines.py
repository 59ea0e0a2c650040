"""The Engine's own page as a screen: its state, what it is, and the process that follows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import override

from networks.actions.sample_lab.standing import read_lab_standing
from networks.addressing.suggest import DOCKER_DEFAULT_POOLS
from networks.partials.cache import draw_kept
from networks.partials.links import url_of
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import FrameEngine, draw_shell_of, frame_engine, may_act
from networks.policy.permissions import is_reach_of_superuser, read_reach
from networks.queries.engines import list_engines, read_engine, read_engine_about

_PARTS = (
    ("engine-facts", "_facts.html"),
    ("engine-about", "_about.html"),
    ("engine-follower", "_follower.html"),
    ("engine-lab", "_lab.html"),
)


def draw_engine(key: ScreenKey) -> Screen:
    """Draw the page: no rows; parts `engine-facts`, `engine-about`, `engine-follower`, `engine-lab`. Five queries at most."""
    engine = read_engine(key.engine_slug)
    if engine is None:
        return Screen("", 0)
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
    with override(key.language):
        parts = {dom_id: render_to_string(f"engines/{template}", context).strip() for dom_id, template in _PARTS}
    return Screen(engine.epoch, engine.revision, parts={**draw_shell_of(engine, key.language), **parts})


@dataclass(frozen=True, slots=True)
class EngineLine:
    """One line of the table; of a live Engine nothing that ticks."""

    frame: FrameEngine
    address: str


def draw_engine_list(key: ScreenKey) -> Screen:
    """Draw the list of those Engines that its reader may view: part `engine-table`. One query."""
    seen = read_reach(key.reach)
    rows = [row for row in list_engines() if row.slug in seen or row.slug == key.engine_slug]
    engine = next((row for row in rows if row.slug == key.engine_slug), None)
    if engine is None:
        return Screen("", 0)
    lines = tuple(EngineLine(frame_engine(row), row.url) for row in rows)
    context = {"lines": lines, "can_change": is_reach_of_superuser(key.reach)}
    with override(key.language):
        table = draw_kept("engines/_table.html", "engine-table", key=key, context=context)
    return Screen(engine.epoch, engine.revision, parts={**draw_shell_of(engine, key.language), "engine-table": table})
