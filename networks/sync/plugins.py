"""The plugins of each Engine's machine, looked at anew after two seconds at the earliest: forms ask at every pause in typing."""

from __future__ import annotations

import time

from networks.hostnet.plugins import Plugins, find_plugins

KEPT_S = 2.0

_looked: dict[str, tuple[float, Plugins]] = {}


def plugins_of(engine_url: str) -> Plugins:
    """Return the plugins of the machine of the Engine at this address. Blocks for half a second per plugin at most."""
    now_s, kept = time.monotonic(), _looked.get(engine_url)
    if kept is None or now_s - kept[0] > KEPT_S:
        kept = _looked[engine_url] = (now_s, find_plugins(engine_url))
    return kept[1]


def look_again(engine_url: str) -> Plugins:
    """Look at them now: just before the Engine is asked for what a dead one would hold up for 15 s."""
    _looked.pop(engine_url, None)
    return plugins_of(engine_url)
