"""Checks of a parent against the machine's links: what Docker would refuse, what containers would fail at, what to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from networks.addressing.findings import Finding, Level, bad, fine, warn
from networks.addressing.host import HostSide
from networks.addressing.parents import ParentLink, quiet_range, split_vlan
from networks.addressing.pools import default_gateway
from networks.engine.specs import NetworkSpec
from networks.preflight.option_checks import MOST_VLAN, is_vlan
from networks.queries.engine_context import PARENTED, EngineContext

_WIRELESS = "wireless"
_LOOPBACK = "loopback"
# Kinds that the kernel looks through: what shall stand on one of them stands on its parent, beside it.
_SAME = {"macvlan": ("macvlan", "macvtap"), "ipvlan": ("ipvlan", "ipvtap")}


def check_parent(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what there is to say of a macvlan or ipvlan network's parent. One that can't be is said by the options' checks."""
    name = spec.options.get("parent", "")
    if spec.driver not in PARENTED or not name or spec.is_config_only:
        return
    other = next(iter(PARENTED - {spec.driver}))
    base, number = split_vlan(name)
    if owner := ground.parents.get((other, name)):
        yield bad("parent", "parent_other_driver", value=name, owner=owner, other=other, driver=spec.driver)
    if not ground.host.is_known:
        yield warn("parent", "parent_unseen", value=name)
    elif (link := ground.host.parent(name)) is not None:
        yield from _check_link(link, name, spec, ground.host)
    elif (link := ground.host.other(name)) is not None:
        yield from _check_unlisted(link, spec, ground.host)
    elif not number or (link := ground.host.parent(base) or ground.host.other(base)) is None:
        yield bad("parent", "parent_missing", _near(name, ground.host), value=base if number else name)
    elif link.kind == _LOOPBACK:
        yield bad("parent", "vlan_on_loopback", _near(name, ground.host), value=base)
    elif is_vlan(number):
        yield fine("parent", "parent_vlan_made", value=name, number=number, base=base)
        yield from _check_link(link, name, spec, ground.host)
    yield warn("parent", _say_apart(spec), value=name)


def _say_apart(spec: NetworkSpec) -> str:
    """Return the key of the sentence: a link has macvlan children or ipvlan ones, never both, so the way out is another for each.

    Beside a macvlan in another mode than bridge, a link of the host's own reaches nobody (private), needs a switch that sends
    frames back (vepa), or can't be made (passthru: "Invalid argument", measured).
    """
    if spec.driver == "ipvlan":
        return "parent_apart_ipvlan"
    return "parent_apart" if spec.options.get("macvlan_mode", "bridge") == "bridge" else "parent_apart_always"


def check_vlan(parent: str, vlan: str) -> Iterator[Finding]:
    """Yield what is wrong with a VLAN's number beside a parent."""
    if not vlan:
        return
    if not is_vlan(vlan):
        yield bad("vlan", "vlan_number", limit=MOST_VLAN)
    elif not parent:
        yield bad("vlan", "vlan_without_parent")
    elif split_vlan(parent)[1]:
        yield Finding(Level.BAD, "vlan", "vlan_twice", {"value": parent}, "", "vlan")


def _check_link(link: ParentLink, name: str, spec: NetworkSpec, host: HostSide) -> Iterator[Finding]:
    """What is true of a link is true of its VLANs, but that the kernel lets those stand on a port."""
    if link.plugged_into and link.name == name:
        yield Finding(Level.BAD, "parent", "parent_port", {"value": name, "owner": link.plugged_into}, link.plugged_into)
    if not link.is_on:
        yield warn("parent", "parent_off", value=link.name)
    elif not link.is_up:
        yield warn("parent", "parent_no_ports" if link.kind == "bridge" else "parent_no_carrier", value=link.name)
    if spec.driver != "macvlan":
        return
    if link.kind == _WIRELESS:
        yield Finding(Level.WARN, "parent", "parent_wireless", {"value": link.name}, "ipvlan", "driver")
    elif host.is_virtual and link.is_hardware:
        yield Finding(Level.WARN, "parent", "parent_virtual", {"value": link.name}, "ipvlan", "driver")
    if spec.options.get("macvlan_mode") == "passthru":
        yield warn("macvlan_mode", "passthru_alone", value=name)


def _check_unlisted(link: ParentLink, spec: NetworkSpec, host: HostSide) -> Iterator[Finding]:
    """What is true of a link that no list offers: Docker takes all but loopback, and the kernel many of them (measured)."""
    about = {"value": link.name, "driver": spec.driver}
    if link.kind == _LOOPBACK:
        yield bad("parent", "parent_loopback", _near(link.name, host), **about)
        return
    if not link.is_ethernet and spec.driver == "macvlan":
        yield bad("parent", "parent_no_ethernet", _near(link.name, host), **about)
        return
    if link.bridge_of:
        yield warn("parent", "parent_bridge", owner=link.bridge_of, **about)
    elif link.stands_on and link.kind in _SAME[spec.driver]:
        yield warn("parent", "parent_stacked", kind=link.kind, base=link.stands_on, **about)
    elif not link.plugged_into:
        yield warn("parent", "parent_unsure", **about)
    yield from _check_link(link, link.name, spec, host)


def _near(name: str, host: HostSide) -> str:
    """Return what was most likely meant: a link with nearly this name, else the one by which the machine gets out."""
    base, number = split_vlan(name)
    names = [link.name for link in host.parents]
    close = get_close_matches(base, names, len(names) or 1, cutoff=0.5)
    ways_out = [each for each in close or names if each in host.ways_out]
    found = next(iter([*ways_out, *close]), "")
    return f"{found}.{number}" if found and number else found


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


def list_parents(driver: str, chosen: str, ground: EngineContext) -> ParentList:
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


def _choice_of(link: ParentLink, driver: str, chosen: str, ground: EngineContext) -> ParentChoice:
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
