"""Which address a container gets when it starts again: Docker gives out the lowest that is free then, not the one it had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address

from networks.queries.addresses.pools import PoolView
from networks.queries.addresses.room import FORETOLD, Room
from networks.queries.running.impact import Impact
from networks.queries.running.places import HeldAddress, Place


def foretell(room: Room, impacts: Iterable[Impact]) -> tuple[Impact, ...]:
    """Return the impacts with what is free below the addresses of those that run, and that Docker chose. `room`: as it is now."""
    return tuple(
        replace(one, places=tuple(_foretold(room, place) for place in one.places)) if one.is_running else one for one in impacts
    )


def _foretold(room: Room, place: Place) -> Place:
    if not place.is_returning:
        return place
    return replace(place, held=tuple(held if held.is_asked else _compared(room, place, held) for held in place.held))


def _compared(room: Room, place: Place, held: HeldAddress) -> HeldAddress:
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
