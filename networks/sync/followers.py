"""The followers of this process, one for each Engine."""

from __future__ import annotations

from pathlib import Path

from networks.models import Engine
from networks.sync.follow.follower import Follower

followers: dict[str, Follower] = {}


def start_followers(data_dir: Path) -> None:
    """Start following every Engine that this process doesn't follow yet."""
    for engine in Engine.objects.all():
        if engine.slug not in followers:
            followers[engine.slug] = Follower(engine, data_dir)
            followers[engine.slug].start()


def stop_followers() -> None:
    """End them all, giving their leases back."""
    for follower in list(followers.values()):
        follower.tell_to_stop()
    for follower in list(followers.values()):
        follower.stop()
    followers.clear()
