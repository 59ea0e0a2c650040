"""The watchers of this process: what pages show of the host's side lives in the process that serves them."""

from __future__ import annotations

from networks.hostnet.linux.opening import open_host
from networks.models import Engine
from networks.sync.followers import followers
from networks.sync.host.watcher import HostWatcher, OpenReader

watchers: dict[str, HostWatcher] = {}


def start_watchers(open_reader: OpenReader = open_host) -> None:
    """Start watching the machine of each Engine that this process has a follower for, and doesn't watch yet."""
    for engine in Engine.objects.filter(slug__in=list(followers)):
        if engine.slug not in watchers:
            watchers[engine.slug] = HostWatcher(engine, open_reader)
            watchers[engine.slug].start()


def stop_watchers() -> None:
    """End them all."""
    for watcher in watchers.values():
        watcher.stop()
    watchers.clear()
