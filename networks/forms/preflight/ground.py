"""What a new network must get along with: what the snapshot knows of its Engine, and what is seen of the machine."""

from __future__ import annotations

from dataclasses import replace

from networks.policy.reach.side import host_side_of
from networks.queries.ground import Ground, read_ground


def read_whole_ground(engine_slug: str) -> Ground:
    """Return both. Three queries."""
    return replace(read_ground(engine_slug), host=host_side_of(engine_slug))
