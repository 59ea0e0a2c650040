"""Which address Docker hands out next to a container that asks for none, and where nobody can know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from networks.addressing.address_states import PoolUse, State
from networks.addressing.pool_checks import Pool, default_gateway, is_inside
from networks.addressing.reading import IPAddress

# Drivers of Docker's own that take addresses from its own IPAM, the lowest that is free.
KNOWN_DRIVERS = frozenset({"bridge", "macvlan", "ipvlan"})
# Docker plugs in endpoints by itself that no container's record has; only the inspection of the network lists them.
HIDDEN_GUESTS = frozenset({"docker_gwbridge"})
ROUTER_AUX = "DefaultGatewayIPv"  # Docker's own name for an aux address that containers get as their gateway


class NextKnown(StrEnum):
    """How much of the next address is known."""

    CERTAIN = "certain"
    UNLESS_REFUSED = "unless_refused"  # lower ones may be kept back: what a refusal over IPv6 took of IPv4 isn't given back
    FULL = "full"
    IPAM_DRIVER = "ipam_driver"  # another program hands them out
    DRIVER = "driver"  # a driver that isn't Docker's own may choose for itself
    SWARM = "swarm"  # the managers hand them out in turn, to load balancers and services too
    HIDDEN = "hidden"  # has endpoints that no container's record has
    FROM_MAC = "from_mac"  # made of the MAC address
    GATEWAY = "gateway"  # nobody says which address the gateway has taken
    COUNT = "count"  # the Engine counts otherwise than we do
    NONE = "none"  # no pool of this family


@dataclass(frozen=True, slots=True)
class HandingOut:
    """What decides how a network's addresses are handed out. `hides_gateway`: one may be there though the Engine names none."""

    name: str
    driver: str
    scope: str = "local"
    ipam_driver: str = "default"
    hides_gateway: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The next address of a family, None where it isn't known, and why that is."""

    address: IPAddress | None
    why: NextKnown


def next_turn(place: HandingOut, pools: Sequence[PoolUse], *, is_disputed: bool = False, keeps_refused: bool = False) -> Turn:
    """Return the address that the next container gets. `pools`: those of one family, in the Engine's order.

    Docker takes the lowest free one of the first pool that has any; what stopped containers ask for is free to it.
    `is_disputed`: the Engine's own count of one of these pools differs from ours. `keeps_refused`: addresses of this family stay
    taken when the other one is refused, and the Engine doesn't count. Source: moby, libnetwork/ipam; measured.
    """
    if not pools:
        return Turn(None, NextKnown.NONE)
    if (why := _obstacle(place, pools)) is not NextKnown.CERTAIN:
        return Turn(None, why)
    if is_disputed:
        return Turn(None, NextKnown.COUNT)
    number = next((found for use in pools if (found := lowest_free(use)) is not None), None)
    if number is None:
        return Turn(None, NextKnown.FULL)
    return Turn(pools[0].address(number), NextKnown.UNLESS_REFUSED if keeps_refused else NextKnown.CERTAIN)


def _obstacle(place: HandingOut, pools: Sequence[PoolUse]) -> NextKnown:
    if place.ipam_driver != "default":
        return NextKnown.IPAM_DRIVER
    if place.scope != "local":
        return NextKnown.SWARM
    if place.driver not in KNOWN_DRIVERS:
        return NextKnown.DRIVER
    if place.name in HIDDEN_GUESTS:
        return NextKnown.HIDDEN
    # Until Engine 27 an IPv6 address of the default bridge was its container's MAC address; no version says which it does.
    if place.driver == "bridge" and place.name == "bridge" and pools[0].subnet.version == 6:
        return NextKnown.FROM_MAC
    return NextKnown.GATEWAY if place.hides_gateway else NextKnown.CERTAIN


def lowest_free(use: PoolUse) -> int | None:
    """Return the lowest address that Docker would hand out unasked, None where none is left.

    Ends after as many steps as addresses are taken, however large the pool is.
    """
    number = use.first
    while number <= use.last:
        cell = use.cells.get(number)
        if number not in use.own and (cell is None or cell.state is State.REQUESTED):
            return number
        number += 1
    return None


def gateway_of(pool: Pool, *, told: Iterable[IPAddress], is_allocated: bool) -> IPAddress | None:
    """Return the address that a pool's gateway has taken: the typed one, else what endpoints tell, else the one Docker gives.

    `told`: gateways of the network's endpoints. `is_allocated`: the driver is known to take one also where none was typed, and
    nobody else had addresses of this subnet then.
    """
    if pool.gateway is not None or pool.subnet is None:
        return pool.gateway
    routers = {address for name, address in pool.aux_addresses.items() if name.startswith(ROUTER_AUX)}
    for address in told:
        if is_inside(pool.subnet, address) and address not in routers:
            return address
    return default_gateway(pool.subnet, pool.ip_range) if is_allocated else None
