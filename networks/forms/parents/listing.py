"""The machine's links as a list to choose a parent from, and what choosing one puts into the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from networks.addressing.parents import ParentLink, quiet_range
from networks.addressing.pools import default_gateway
from networks.queries.ground import Ground

MOST_LISTED = 12  # of more, the others are typed


@dataclass(frozen=True, slots=True)
class ParentChoice:
    """A line of the list. `trouble`: "", or "off", "no_carrier", "port", "wireless", "used" (by the network `owner`)."""

    link: ParentLink
    subnets: tuple[str, ...] = ()
    router: str = ""
    is_way_out: bool = False
    owner: str = ""
    trouble: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ParentList:
    """What there is to choose from. `more`: how many there are besides. `is_known` false: the machine isn't seen from here."""

    shown: tuple[ParentChoice, ...]
    more: int
    is_known: bool


def list_parents(driver: str, chosen: str, ground: Ground) -> ParentList:
    """Return the links that such a network may stand on: the machine's ways out first, then its hardware, then the others."""
    choices = [_choice_of(link, driver, chosen, ground) for link in ground.host.parents]
    choices.sort(key=lambda each: (not each.is_way_out, bool(each.trouble), not each.link.is_hardware))
    shown = tuple(choices[:MOST_LISTED])
    return ParentList(shown, len(choices) - len(shown), ground.host.is_known)


def pool_on(link: ParentLink) -> dict[str, str]:
    """Return what a row of pools has to be for containers on the link's own network; {} where it has no IPv4 address.

    The range lies where a router's DHCP seldom hands out, and the machine's own addresses are reserved.
    """
    subnet = link.subnet()
    if subnet is None:
        return {}
    router, own = link.router(subnet), link.own_addresses(subnet)
    gateway = router or default_gateway(subnet)
    quiet = quiet_range(subnet, [gateway, *own])
    reserved = [each for each in own if each != gateway and (quiet is None or each in quiet)]
    names = ("host", *(f"host{n}" for n in range(2, len(reserved) + 1)))
    return {
        "subnet": str(subnet),
        "ip_range": str(quiet or ""),
        # Without a router's address the first one is Docker's choice anyway, unless it is the machine's.
        "gateway": str(gateway) if router or gateway not in own else "",
        "aux_addresses": ", ".join(f"{name}={each}" for name, each in zip(names, reserved, strict=False)),
    }


def _choice_of(link: ParentLink, driver: str, chosen: str, ground: Ground) -> ParentChoice:
    subnets = tuple(dict.fromkeys(str(each.network) for each in link.interfaces))
    owner = next((ground.parents[kind, link.name] for kind in _drivers(driver) if (kind, link.name) in ground.parents), "")
    router = str(link.routers[0]) if link.routers else ""
    trouble = next(_troubles(link, driver, owner), "")
    return ParentChoice(link, subnets, router, link.name in ground.host.ways_out, owner, trouble, link.name == chosen)


def _drivers(driver: str) -> tuple[str, ...]:
    return (driver, *({"macvlan", "ipvlan"} - {driver}))


def _troubles(link: ParentLink, driver: str, owner: str) -> Iterator[str]:
    if owner:
        yield "used"
    if link.plugged_into:
        yield "port"
    if not link.is_on:
        yield "off"
    elif not link.is_up:
        yield "no_carrier"
    if link.kind == "wireless" and driver == "macvlan":
        yield "wireless"
