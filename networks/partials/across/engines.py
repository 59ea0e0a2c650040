"""All Engines on one page, and how each is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import override

from networks.partials.cache import draw_kept
from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import FrameEngine, draw_shell_of, frame_engine
from networks.policy.permissions import is_reach_of_superuser, read_reach
from networks.queries.engines import list_engines


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
