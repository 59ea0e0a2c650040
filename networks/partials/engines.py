"""The Engine's own page as a screen: its state, what it is, and the process that follows it."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.translation import override

from networks.actions.labs.standing import read_lab_standing
from networks.addressing.suggest import DOCKER_DEFAULT_POOLS
from networks.partials.links import url_of
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import draw_shell_of, may_act
from networks.queries.engines import read_engine, read_engine_about

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
