"""Which address a container gets when it starts again: Docker gives out the lowest that is free then, not the one it had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address

from networks.addressing.grid.turns import Why
from networks.queries.addresses.pools import PoolView, views_of
from networks.queries.rows import EngineRow
from networks.queries.running.impact import Impact
from networks.queries.running.places import HeldAddress, Place

_FORETOLD = frozenset({Why.CERTAIN, Why.UNLESS_REFUSED, Why.FULL})


def foretell(engine: EngineRow | None, impacts: Iterable[Impact]) -> tuple[Impact, ...]:
    """Return the impacts with what is free below the addresses of those that run. Queries as `pool_views` makes them.

    `engine`: None for one of which nothing is known.
    """
    seen: dict[str, tuple[PoolView, ...]] = {}

    def views(network_id: str) -> tuple[PoolView, ...]:
        if network_id not in seen:
            seen[network_id] = views_of(engine, network_id) if engine else ()
        return seen[network_id]

    return tuple(
        replace(impact, places=tuple(_foretold(place, views(place.network_id)) for place in impact.places))
        if impact.is_running and any(place.is_returning for place in impact.places)
        else impact
        for impact in impacts
    )


def _foretold(place: Place, views: tuple[PoolView, ...]) -> Place:
    if not place.is_returning:
        return place
    return replace(place, held=tuple(_compared(held, views) for held in place.held))


def _compared(held: HeldAddress, views: tuple[PoolView, ...]) -> HeldAddress:
    """Return an address with the one that its container would get now, where that is another; it gives its own back first."""
    own = ip_address(held.address)
    family = [view for view in views if view.use.subnet.version == own.version]
    if held.is_asked or not family:
        return held
    turn = family[0].turn
    if turn.why not in _FORETOLD:
        return replace(held, is_open=True)
    if turn.address is None or _rank(family, int(turn.address)) >= _rank(family, int(own)):
        return held
    return replace(held, lower=str(turn.address))


def _rank(views: list[PoolView], number: int) -> tuple[int, int]:
    """Return where an address comes in turn: pools are used up one after the other, an address outside of all IP ranges never."""
    return next(((position, number) for position, view in enumerate(views) if view.use.first <= number <= view.use.last), (99, 0))
