"""Whether somebody looks at an Engine: then what emits no event is looked for more often."""

from __future__ import annotations

import time

# A page or a socket says so at least this often while it is open.
LOOKING_FOR_S = 15.0

_looked_at: dict[str, float] = {}


def note_viewer(engine_slug: str) -> None:
    """Note that somebody looks at this Engine now. Cheap; from any thread."""
    _looked_at[engine_slug] = time.monotonic()


def is_looked_at(engine_slug: str) -> bool:
    """Whether somebody looked within the last 15 s."""
    return time.monotonic() - _looked_at.get(engine_slug, float("-inf")) < LOOKING_FOR_S
