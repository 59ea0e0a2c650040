"""`manage.py addresses`: the address pools of an Engine, and who has what of them."""

from __future__ import annotations

from typing import Any

from networks.addressing.address_states import TAKING, Cell, PoolUse
from networks.management.prepared import EngineCommand
from networks.queries.addresses.asked import sort_views
from networks.queries.addresses.pools import PoolView, pool_views
from networks.queries.engines import read_engine
from networks.queries.rows import EngineRow
from networks.templatetags.wording import spell


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


HEAD = ("SUBNET", "IP RANGE", "NETWORK", "GATEWAY", "CAPACITY", "USED", "FREE", "NEXT")


class Command(EngineCommand):
    """Prints the pools; asks nothing of the Engine."""

    help = "Print an Engine's address pools: capacity, use, the next address, and with --json every address that isn't free."

    json_help = "one JSON object, with every address that isn't free"

    def handle(self, *args: Any, **options: Any) -> None:
        engine = read_engine(self.choose_engine(options["engine"], asks_it=False).slug)
        if engine is None:  # it went away in between
            return
        if options["json"]:
            self.print_json(addresses_document(engine))
        else:
            self.print_columns(HEAD, map(_line, sort_views(pool_views(engine), "subnet")))


def _line(view: PoolView) -> tuple[str, ...]:
    use = view.use
    following = "-" if view.turn.address else f"({view.turn.why.value})"
    if view.next_number is not None:
        following = str(view.turn.address)
    numbers = (str(use.capacity), str(use.used), str(use.free))
    gateway = str(use.gateway) if use.gateway else "-"
    return (str(use.subnet), ip_range_of(use) or "-", spell(view.network.name)[:60], gateway, *numbers, following)
