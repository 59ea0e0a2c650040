"""The pools as one document: what `manage.py addresses --json` prints."""

from __future__ import annotations

from typing import Any

from networks.addressing.address_states import TAKING, Cell, PoolUse
from networks.queries.addresses.asked import sort_views
from networks.queries.addresses.pools import PoolView, pool_views
from networks.queries.rows import EngineRow


def addresses_document(engine: EngineRow) -> dict[str, Any]:
    """Return {"pools": […]}, by subnet, each with its addresses that aren't free; at most four queries.

    A pool: "network_id", "network_name", "subnet", "ip_range" and "gateway" (null for none, or an unknown one), "capacity",
    "used", "free", "addresses": {"address", "container_id", "container_name" (both null for gateway and aux), "state": in_use,
    requested, gateway or aux}.
    """
    return {"pools": [_pool(view) for view in sort_views(pool_views(engine), "subnet")]}


def ip_range_of(use: PoolUse) -> str:
    """Return the part of the subnet that Docker hands out of, "" where that is all of it."""
    if not use.has_range:
        return ""
    return f"{use.address(use.first)}/{use.subnet.max_prefixlen - (use.last - use.first + 1).bit_length() + 1}"


def _pool(view: PoolView) -> dict[str, Any]:
    use = view.use
    return {
        "network_id": view.network.docker_id,
        "network_name": view.network.name,
        "subnet": str(use.subnet),
        "ip_range": ip_range_of(use) or None,
        "gateway": str(use.gateway) if use.gateway else None,
        "capacity": use.capacity,
        "used": use.used,
        "free": use.free,
        "addresses": [
            _address(use, cell) for number, cell in use.cells.items() if cell.state in TAKING and number not in use.own
        ],
    }


def _address(use: PoolUse, cell: Cell) -> dict[str, Any]:
    return {
        "address": str(use.address(cell.number)),
        "container_id": cell.claim.container_id if cell.claim else None,
        "container_name": cell.claim.container_name if cell.claim else None,
        "state": cell.state.value,
    }
