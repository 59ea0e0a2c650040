"""The plugins of each Engine's machine, looked at anew after two seconds at the earliest: forms ask at every pause in typing."""

from __future__ import annotations

from threading import Lock

from cachetools import TTLCache, cached

from networks.hostnet.plugins import Plugins, find_plugins

KEPT_S = 2.0
_looked: TTLCache[str, Plugins] = TTLCache(50, KEPT_S)
_lock = Lock()


@cached(_looked, key=str, lock=_lock)
def plugins_of(engine_url: str) -> Plugins:
    """Return the plugins of the machine of the Engine at this address. Blocks for half a second per plugin at most."""
    return find_plugins(engine_url)


def look_again(engine_url: str) -> Plugins:
    """Look at them now: just before the Engine is asked for what a dead one would hold up for 15 s."""
    with _lock:
        _looked.pop(engine_url, None)
    return plugins_of(engine_url)
