"""What a new network must get along with: what the snapshot knows of its Engine, and what is seen of the machine."""

from __future__ import annotations

from dataclasses import replace

from networks.policy.host_space import host_side_of
from networks.queries.ground import Ground, read_ground
from networks.sync.plugins import plugins_of


def read_whole_ground(engine_slug: str) -> Ground:
    """Return both. Three queries; where its plugins weren't looked at for two seconds, they are asked."""
    ground = read_ground(engine_slug)
    return replace(ground, host=host_side_of(engine_slug), plugins=plugins_of(ground.engine_url))
