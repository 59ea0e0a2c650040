"""A screen of one Engine: what its revision decides, kept, and its frame (chip, banner, foot), which changes by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from cachetools import LRUCache
from django.utils.translation import override

from networks.partials.screen import Screen, ScreenKey
from networks.partials.shell import draw_foot, draw_shell, frame_engine
from networks.policy.permissions import read_reach
from networks.queries.engines import read_engine, versions_of
from networks.queries.rows import EngineRow
from networks.sync.attention import HOST_PAGES
from networks.sync.host.board import host_version

# Their figures are a part that is drawn apart, so that the rest isn't drawn anew with every sample.
FIGURES_APART = frozenset({"network_detail", "container_detail"})

# A screen refers to rows that are kept anyway; this many different filters may be looked at in turn.
_SCREENS: LRUCache[ScreenKey, tuple[object, Screen]] = LRUCache(32)
_LOCK = Lock()


def beside_of(key: ScreenKey) -> str:
    """Return the version of what a page shows besides the snapshot, "" where there is nothing; read it before the rows.

    Written behind the epoch, also by a page into its greeting: rows of another one can't be taken for the newest.
    """
    if key.page not in HOST_PAGES:
        return ""
    elsewhere = versions_of(read_reach(key.reach) - {key.engine_slug}) if key.reach else ""
    return f"+{host_version(key.engine_slug, has_figures=key.page not in FIGURES_APART)}{elsewhere}"


def draw_framed(
    key: ScreenKey,
    make: Callable[[ScreenKey, EngineRow], Screen],
    *,
    foot: str = "",
    apart: Callable[[EngineRow, Any], Mapping[str, str]] | None = None,
    is_kept: bool = True,
) -> Screen:
    """Return the screen that `make` draws in the key's language, with its frame; an empty one where there is no such Engine.

    `foot`: the DOM id of the line below a list, "" for a page without one. `apart`: draws further parts, of the screen's subject,
    every time, since they change without a revision. `is_kept` false: so does all of it.
    """
    engine = read_engine(key.engine_slug)
    if engine is None:
        return Screen()
    with override(key.language):
        beside = beside_of(key)
        version = (engine.snapshot_key, beside)
        with _LOCK:
            known, screen = _SCREENS.get(key, (None, None))
        if screen is None or known != version:
            screen = replace(make(key, engine), epoch=engine.epoch + beside, revision=engine.revision)
            if is_kept:
                with _LOCK:
                    _SCREENS[key] = version, screen
        further = apart(engine, screen.subject) if apart else {}
        framed = frame_engine(engine)
        below = {foot: draw_foot(framed, foot)} if foot else {}
        return replace(screen, parts={**screen.parts, **further, **draw_shell(framed, key.language), **below})
