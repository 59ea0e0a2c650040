"""Whether somebody looks at an Engine, and at which page: then it is read more often, and figures are measured."""

from __future__ import annotations

import time
from collections.abc import Collection

from networks.sync.signals import engine_viewed, viewer_came

# A page or a socket says so at least this often while it is open.
LOOKING_FOR_S = 15.0
# An open socket says so every second; a page that was only loaded counts long enough for its first two samples.
LOOKING_AT_PAGE_FOR_S = 5.0

# The pages that show the host's side (URL names): a new picture or sample draws these anew, and only these.
HOST_PAGES = frozenset({"interface_list", "network_detail", "container_detail", "address_list"})
# Those of them that show counters or rates: nothing is measured while nobody looks at one.
FIGURE_PAGES = HOST_PAGES - {"address_list"}
# Forms aren't drawn anew, but what they offer and check is the host's: it is read as promptly while somebody fills one.
WATCHED_PAGES = HOST_PAGES | {"network_create"}

_looked_at: dict[str, float] = {}
_page_looked_at: dict[tuple[str, str], float] = {}
_thing_looked_at: dict[tuple[str, str, str], float] = {}
# Things that were looked at are remembered until there are this many.
_MOST_THINGS = 256


def note_viewer(engine_slug: str, page: str = "", docker_id: str = "") -> None:
    """Note that somebody looks at this Engine now, at which page (its URL name) and which thing there. Cheap; from any thread.

    The first who looks at all sends `engine_viewed`; the first who looks at the host's side, or at figures of it, `viewer_came`:
    it is read, or measured, at once.
    """
    now = time.monotonic()
    was_looked_at = is_looked_at(engine_slug)
    _looked_at[engine_slug] = now
    if not was_looked_at:
        engine_viewed.send(sender=None, engine_slug=engine_slug)
    if page in WATCHED_PAGES:
        alike = FIGURE_PAGES if page in FIGURE_PAGES else WATCHED_PAGES
        is_first = not is_looked_at(engine_slug, pages=alike)
        _page_looked_at[engine_slug, page] = now
        if docker_id:
            _note_thing((engine_slug, page, docker_id), now)
        if is_first:
            viewer_came.send(sender=None, engine_slug=engine_slug)


def is_looked_at(engine_slug: str, *, pages: Collection[str] = ()) -> bool:
    """Whether somebody looked within the last 15 s; with `pages`, of `WATCHED_PAGES`, at one of them within the last 5 s."""
    now = time.monotonic()
    if pages:
        return any(now - _page_looked_at.get((engine_slug, page), float("-inf")) < LOOKING_AT_PAGE_FOR_S for page in pages)
    return now - _looked_at.get(engine_slug, float("-inf")) < LOOKING_FOR_S


def is_thing_looked_at(engine_slug: str, page: str, docker_id: str) -> bool:
    """Whether somebody looked at the page (of `HOST_PAGES`) of this very thing within the last 5 s."""
    noted_at = _thing_looked_at.get((engine_slug, page, docker_id), float("-inf"))
    return time.monotonic() - noted_at < LOOKING_AT_PAGE_FOR_S


def _note_thing(thing: tuple[str, str, str], now: float) -> None:
    if thing not in _thing_looked_at and len(_thing_looked_at) >= _MOST_THINGS:
        for old, noted_at in list(_thing_looked_at.items()):
            if now - noted_at >= LOOKING_AT_PAGE_FOR_S:
                _thing_looked_at.pop(old, None)
    _thing_looked_at[thing] = now
