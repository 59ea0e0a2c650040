"""Whether somebody looks at an Engine, and at which page: then it is read more often, and figures are measured."""

from __future__ import annotations

import time
from collections.abc import Collection

from networks.sync.signals import viewer_came

# A page or a socket says so at least this often while it is open.
LOOKING_FOR_S = 15.0
# An open socket says so every second; a page that was only loaded counts long enough for its first two samples.
LOOKING_AT_PAGE_FOR_S = 5.0

# The pages that show the host's side (URL names): a new picture or sample draws these anew, and only these.
HOST_PAGES = frozenset({"interface_list", "network_detail", "container_detail", "address_list"})
# Those of them that show counters or rates: nothing is measured while nobody looks at one.
FIGURE_PAGES = HOST_PAGES - {"address_list"}

_looked_at: dict[str, float] = {}
_page_looked_at: dict[tuple[str, str], float] = {}


def note_viewer(engine_slug: str, page: str = "") -> None:
    """Note that somebody looks at this Engine now, and at which page (its URL name). Cheap; from any thread.

    The first who looks at figures sends `viewer_came`, so that they are measured at once.
    """
    now = time.monotonic()
    _looked_at[engine_slug] = now
    if page in HOST_PAGES:
        is_first = page in FIGURE_PAGES and not is_looked_at(engine_slug, pages=FIGURE_PAGES)
        _page_looked_at[engine_slug, page] = now
        if is_first:
            viewer_came.send(sender=None, engine_slug=engine_slug)


def is_looked_at(engine_slug: str, *, pages: Collection[str] = ()) -> bool:
    """Whether somebody looked within the last 15 s; with `pages`, of `HOST_PAGES`, at one of them within the last 5 s."""
    now = time.monotonic()
    if pages:
        return any(now - _page_looked_at.get((engine_slug, page), float("-inf")) < LOOKING_AT_PAGE_FOR_S for page in pages)
    return now - _looked_at.get(engine_slug, float("-inf")) < LOOKING_FOR_S
