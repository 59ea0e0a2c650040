"""The watchers of this process: what pages show of the host's side lives in the process that serves them, whoever follows."""

from __future__ import annotations

from networks.hostnet.linux.opening import open_host
from networks.models import Engine
from networks.sync.followers import followers
from networks.sync.host.watcher import HostWatcher, OpenReader

watchers: dict[str, HostWatcher] = {}


def start_watchers(open_reader: OpenReader = open_host) -> None:
    """Start watching the machine of each Engine that this process doesn't watch yet; the followers are to run already.

    Where an Engine has none here, nobody tells of a new snapshot: its watcher then asks for one while somebody looks.
    """
    for engine in Engine.objects.all():
        if engine.slug not in watchers:
            watchers[engine.slug] = HostWatcher(engine, open_reader, asks=engine.slug not in followers)
            watchers[engine.slug].start()


def stop_watchers() -> None:
    """End them all."""
    for watcher in watchers.values():
        watcher.stop()
    watchers.clear()
