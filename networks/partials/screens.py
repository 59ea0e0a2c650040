"""Which page draws which screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from networks.partials.addresses.history import draw_history
from networks.partials.addresses.page import draw_addresses
from networks.partials.containers import draw_container, draw_containers
from networks.partials.engines import draw_engine, draw_engine_list, draw_overlay, draw_overview, draw_swarm
from networks.partials.events import draw_events
from networks.partials.interfaces.page import draw_interfaces
from networks.partials.networks import draw_network, draw_networks
from networks.partials.screen import Screen, ScreenKey

_PAGES: Mapping[str, Callable[[ScreenKey], Screen]] = {
    "overview": draw_overview,
    "network_list": draw_networks,
    "network_detail": draw_network,
    "container_list": draw_containers,
    "container_detail": draw_container,
    "interface_list": draw_interfaces,
    "address_list": draw_addresses,
    "address_history": draw_history,
    "event_list": draw_events,
    "engine_detail": draw_engine,
    "engine_list": draw_engine_list,
    "engine_swarm": draw_swarm,
    "network_swarm": draw_overlay,
}


def has_screen(page: str) -> bool:
    """Tell whether the page with this URL name is live."""
    return page in _PAGES


def draw_screen(key: ScreenKey) -> Screen:
    """Return what the page shows now, in the key's language. Raises KeyError for a page that isn't live.

    May be called from any thread. Its revision was read before its rows: they may be newer, never older.
    """
    return _PAGES[key.page](key)
