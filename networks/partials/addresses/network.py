"""The grid on a network's own page: each of its pools, or the block of it where the next address is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.addressing.blocks import first_shown
from networks.partials.addresses.grid import addresses_url, grid_context
from networks.partials.cache import draw
from networks.partials.links import url_of
from networks.partials.screen import ScreenKey
from networks.policy.permissions import read_reach
from networks.queries.addresses.overlay import Everywhere, overlay_views
from networks.queries.addresses.pools import PoolView, pool_views
from networks.queries.engines import list_engines
from networks.queries.rows import EngineRow
from networks.templatetags.cells import Links

# A bridge network has two; of an overlay with dozens the others stand on the Addresses page.
MOST_GRIDS = 4


def draw_network_addresses(key: ScreenKey, engine: EngineRow, *, may_connect: bool) -> str:
    """Return the part `network-addresses` of the network's page that the key is of; at most four queries.

    On an overlay network endpoints of other Engines count as well, where the reader may see them: one query more, and four for
    each of these. A free cell leads to the form that connects a container, with its address, where this person may and Docker
    would.
    """
    everywhere = _read_everywhere(key, engine)
    views = everywhere.views or [view for view in pool_views(engine) if view.network.docker_id == key.docker_id]
    may_connect = may_connect and "connect" in key.rights.split(",")
    connect_url = url_of("network_connect", engine.slug, key.docker_id) if may_connect else ""
    return draw(
        "networks/_addresses.html",
        {
            "grids": [_grid(engine, view, connect_url, is_shared=bool(everywhere.views)) for view in views[:MOST_GRIDS]],
            "sharers": len(everywhere.sharers),
            "left_out": [{"subnet": view.use.subnet, "url": _pool_url(engine, view)} for view in views[MOST_GRIDS:]],
        },
    )


def _pool_url(engine: EngineRow, view: PoolView) -> str:
    return addresses_url(engine.slug, pool=view.key)


def _read_everywhere(key: ScreenKey, engine: EngineRow) -> Everywhere:
    seen = read_reach(key.reach) - {engine.slug}
    return overlay_views(engine, key.docker_id, [row for row in list_engines() if row.slug in seen] if seen else [])


def _grid(engine: EngineRow, view: PoolView, connect_url: str, *, is_shared: bool) -> Mapping[str, Any]:
    here = _pool_url(engine, view)
    # The Addresses page knows its own Engine's endpoints alone.
    swarm_url = url_of("network_swarm", engine.slug, view.network.docker_id) if is_shared else ""
    taken = f"{swarm_url}#at-" if swarm_url else f"{here}&address="
    free = f"{connect_url}?ipv{view.use.subnet.version}=" if connect_url and not view.is_default_bridge else ""
    block = first_shown(view.use, next_number=view.next_number)
    return {**grid_context(view, block, links=Links(free=free, taken=taken)), "all_url": here}
