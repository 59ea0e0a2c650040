"""The tunnels of this process, one for each access by ssh, whoever uses it."""

from __future__ import annotations

import atexit
import threading

from networks.engine.access.facts import EngineAccess
from networks.engine.access.tunnel import Tunnel

_tunnels: dict[EngineAccess, Tunnel] = {}
_lock = threading.Lock()


def tunnel_of(access: EngineAccess) -> Tunnel:
    """Return the tunnel for this access; it starts with its first use."""
    with _lock:
        if access not in _tunnels:
            _tunnels[access] = Tunnel(access)
        return _tunnels[access]


def has_tunnel(access: EngineAccess) -> bool:
    """Tell whether somebody uses a tunnel for this access already."""
    return access in _tunnels


def end_tunnel(access: EngineAccess) -> None:
    """End the tunnel for this access, where there is one; a later use starts another."""
    with _lock:
        tunnel = _tunnels.pop(access, None)
    if tunnel is not None:
        tunnel.end()


@atexit.register
def end_tunnels() -> None:
    """End them all."""
    for access in list(_tunnels):
        end_tunnel(access)
