"""Containers whose address has changed since they had one before on the same network: what their rows are marked with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from threading import Lock

from cachetools import LRUCache, cached

from networks.models import AddressAssignment
from networks.queries.addresses.pools import PoolView
from networks.queries.addresses.room import FORETOLD, Room
from networks.queries.lifecycle.orders import Impact
from networks.queries.lifecycle.places import EndpointPlace, HeldAddress
from networks.queries.rows import EndpointRow, EngineRow


def foretell(room: Room, impacts: Iterable[Impact]) -> tuple[Impact, ...]:
    """Return the impacts with what is free below the addresses of those that run, and that Docker chose. `room`: as it is now."""
    return tuple(
        replace(one, places=tuple(_foretold(room, place) for place in one.places)) if one.is_running else one for one in impacts
    )


def _foretold(room: Room, place: EndpointPlace) -> EndpointPlace:
    if not place.is_returning:
        return place
    return replace(place, held=tuple(held if held.is_asked else _compared(room, place, held) for held in place.held))


def _compared(room: Room, place: EndpointPlace, held: HeldAddress) -> HeldAddress:
    """Return an address with the one that its container would get now, where that is another; it gives its own back first."""
    own = ip_address(held.address)
    views = room.views_of(place.network_id, own.version)
    if not views:
        return held
    turn = views[0].turn
    if turn.why not in FORETOLD:
        return replace(held, is_open=True)
    if turn.address is None or _rank(views, int(turn.address)) >= _rank(views, int(own)):
        return held
    return replace(held, lower=str(turn.address))


def _rank(views: list[PoolView], number: int) -> tuple[int, int]:
    """Return where an address comes in turn: one pool after the other, and last what no pool hands out by itself."""
    found = (position for position, view in enumerate(views) if view.use.first <= number <= view.use.last)
    return next(found, len(views)), number


MarkKey = tuple[str, str]  # a container's id, a network's name: it has one endpoint there


@dataclass(frozen=True, slots=True)
class Mark:
    """An endpoint has `address` since `from_at`, and had `was_address` until `was_until_at`."""

    address: str
    from_at: datetime
    was_address: str
    was_until_at: datetime | None
    family: int


@cached(LRUCache(32), key=lambda engine: engine.snapshot_key, lock=Lock())
def read_marks(engine: EngineRow) -> Mapping[MarkKey, Mark]:
    """Return the marks of an Engine, an IPv4 one before an IPv6 one. One statement, none while nothing changes."""
    return _read(engine.slug)


def endpoint_mark(marks: Mapping[MarkKey, Mark], endpoint: EndpointRow) -> Mark | None:
    """Return an endpoint's mark; None of one that still is where it was, or whose address was asked for since."""
    mark = marks.get((endpoint.container_id, endpoint.network_name))
    if mark is None:
        return None
    has, asked = (endpoint.ipv4, endpoint.requested_ipv4) if mark.family == 4 else (endpoint.ipv6, endpoint.requested_ipv6)
    return mark if has == mark.address and asked != has else None


def _read(engine_slug: str) -> dict[MarkKey, Mark]:
    open_ones = AddressAssignment.objects.filter(engine_slug=engine_slug, until_at=None).exclude(was_address="")
    columns = ("container_id", "network_name", "address", "from_at", "was_address", "was_until_at", "family")
    return {
        (container_id, network_name): Mark(*mark)
        for container_id, network_name, *mark in open_ones.order_by("-family").values_list(*columns)
    }
