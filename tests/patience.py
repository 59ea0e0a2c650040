"""How long tests wait for what is promised within so many seconds."""

from __future__ import annotations

from tests.conftest import IS_FULL

# In `full` a promise is held to the second. Every day's run is beside three others and whatever else a machine does: there
# a test tells that something comes, or never comes; how soon, the benchmarks hold against what the same machine does meanwhile.
_BUSY = 10


def within(seconds: float) -> float:
    """Return how long to wait for what comes within these seconds on a quiet machine."""
    return seconds if IS_FULL else seconds * _BUSY
