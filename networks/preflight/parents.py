"""Checks of a parent against the machine's links: what Docker would refuse, what containers would fail at, what to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad, fine, warn
from networks.addressing.host import HostSide, ParentLink, quiet_range, split_vlan
from networks.addressing.pool_checks import default_gateway
from networks.engine.docker_names import PARENTED
from networks.engine.specs import NetworkSpec
from networks.preflight.option_checks import MOST_VLAN, is_vlan
from networks.queries.engine_context import EngineContext

_WIRELESS = "wireless"
_LOOPBACK = "loopback"
# Kinds that the kernel looks through: what shall stand on one of them stands on its parent, beside it.
_SAME = {"macvlan": ("macvlan", "macvtap"), "ipvlan": ("ipvlan", "ipvtap")}


def check_parent(spec: NetworkSpec, ground: EngineContext) -> Iterator[Finding]:
    """Yield what there is to say of a macvlan or ipvlan network's parent. One that can't be is said by the options' checks."""
    name = spec.options.get("parent", "")
    if spec.driver not in PARENTED or not name or spec.is_config_only:
        return
    other, near, use = next(iter(PARENTED - {spec.driver})), _near(name, ground.host), _("Use %(suggestion)s")
    base, number = split_vlan(name)
    if owner := ground.parents.get((other, name)):
        message = _(
            "The %(other)s network %(owner)s uses %(value)s as its parent; the kernel doesn't mix %(other)s and "
            "%(driver)s on one device."
        )
        advice = _("Docker accepts it; the second container's start fails: device or resource busy.")
        about = {"value": name, "owner": owner, "other": other, "driver": spec.driver}
        yield bad("parent", "parent_other_driver", message, advice=advice, **about)
    if not ground.host.is_known:
        message = _("Whether the host has %(value)s could not be checked: its links are not seen from here.")
        yield warn("parent", "parent_unseen", message, value=name)
    elif (link := ground.host.parent(name)) is not None:
        yield from _check_link(link, name, spec, ground.host)
    elif (link := ground.host.other(name)) is not None:
        yield from _check_unlisted(link, spec, ground.host)
    elif not number or (link := ground.host.parent(base) or ground.host.other(base)) is None:
        message = _("The host has no device called %(value)s.")
        yield bad("parent", "parent_missing", message, near, fix=use, value=base if number else name)
    elif link.kind == _LOOPBACK:
        message = _("%(value)s is the loopback device: the kernel allows no VLAN on it.")
        yield bad("parent", "vlan_on_loopback", message, near, fix=use, value=base)
    elif is_vlan(number):
        message = _("Docker creates %(value)s, VLAN %(number)s on %(base)s, and removes it with the network.")
        yield fine("parent", "parent_vlan_made", message, value=name, number=number, base=base)
        yield from _check_link(link, name, spec, ground.host)
    yield _apart(spec, name)


def _apart(spec: NetworkSpec, name: str) -> Finding:
    """Return that the host is kept apart: a link has macvlan children or ipvlan ones, never both, so the way out differs.

    Beside a macvlan in another mode than bridge, a link of the host's own reaches nobody (private), needs a switch that sends
    frames back (vepa), or can't be made (passthru: "Invalid argument", measured).
    """
    message = _("These containers and the host can't reach each other: the kernel separates them on %(value)s.")
    if spec.driver == "ipvlan":
        advice = _("Where it must: give the host an ipvlan link of its own beside them (ip link add … type ipvlan).")
        return warn("parent", "parent_apart_ipvlan", message, advice=advice, value=name)
    if spec.options.get("macvlan_mode", "bridge") != "bridge":
        return warn("parent", "parent_apart_always", message, value=name)
    advice = _("Where it must: give the host a macvlan link of its own beside them (ip link add … type macvlan).")
    return warn("parent", "parent_apart", message, advice=advice, value=name)


def check_vlan(parent: str, vlan: str) -> Iterator[Finding]:
    """Yield what is wrong with a VLAN's number beside a parent."""
    if not vlan:
        return
    if not is_vlan(vlan):
        yield bad("vlan", "vlan_number", _("The number of a VLAN goes from 1 to %(limit)s."), limit=MOST_VLAN)
    elif not parent:
        yield bad("vlan", "vlan_without_parent", _("A VLAN belongs to a device: name its parent interface."))
    elif split_vlan(parent)[1]:
        yield bad("vlan", "vlan_twice", _("%(value)s names a VLAN already."), fills="vlan", fix=_("Drop it here"), value=parent)


def _check_link(link: ParentLink, name: str, spec: NetworkSpec, host: HostSide) -> Iterator[Finding]:
    """What is true of a link is true of its VLANs, but that the kernel lets those stand on a port."""
    if link.plugged_into and link.name == name:
        message = _("%(value)s is a port of %(owner)s; the kernel allows no macvlan or ipvlan on a port.")
        advice = _("Docker accepts it, and no container starts: device or resource busy.")
        owner, fix = link.plugged_into, _("Use %(suggestion)s")
        yield bad("parent", "parent_port", message, owner, fix=fix, advice=advice, value=name, owner=owner)
    if not link.is_on:
        message = _("%(value)s is down: until it is up, the containers reach nobody.")
        advice = _("ip link set … up, where the Engine runs.")
        yield warn("parent", "parent_off", message, advice=advice, value=link.name)
    elif not link.is_up:
        if link.kind == "bridge":
            message = _("%(value)s has no carrier: nothing that is up is plugged into it.")
            yield warn("parent", "parent_no_ports", message, value=link.name)
        else:
            message = _("%(value)s has no carrier: nothing is connected at its other end.")
            yield warn("parent", "parent_no_carrier", message, value=link.name)
    if spec.driver != "macvlan":
        return
    fix = _("Use the driver %(suggestion)s")
    if link.kind == _WIRELESS:
        message = _("%(value)s is wireless: most access points accept frames from only one MAC address per client.")
        advice = _("Docker accepts it. ipvlan works there: all its containers have the parent's MAC address.")
        yield warn("parent", "parent_wireless", message, "ipvlan", fills="driver", fix=fix, advice=advice, value=link.name)
    elif host.is_virtual and link.is_hardware:
        message = _("The host is a virtual machine: its hypervisor may drop packets from MAC addresses that it didn't assign.")
        advice = _("Allow it: promiscuous mode and forged transmits (VMware), MAC spoofing (Hyper-V). Or use ipvlan.")
        yield warn("parent", "parent_virtual", message, "ipvlan", fills="driver", fix=fix, advice=advice, value=link.name)
    if spec.options.get("macvlan_mode") == "passthru":
        message = _("In passthru mode one container gets %(value)s for itself; a second one doesn't start.")
        yield warn("macvlan_mode", "passthru_alone", message, value=name)


def _check_unlisted(link: ParentLink, spec: NetworkSpec, host: HostSide) -> Iterator[Finding]:
    """What is true of a link that no list offers: Docker takes all but loopback, and the kernel many of them (measured)."""
    about = {"value": link.name, "driver": spec.driver}
    near, use = _near(link.name, host), _("Use %(suggestion)s")
    if link.kind == _LOOPBACK:
        message = _("%(value)s is the loopback device: Docker creates no %(driver)s network on it.")
        yield bad("parent", "parent_loopback", message, near, fix=use, **about)
        return
    if not link.is_ethernet and spec.driver == "macvlan":
        message = _("%(value)s is no Ethernet device, and the kernel allows no macvlan on another kind.")
        advice = _("Docker accepts it, and no container starts: invalid argument.")
        yield bad("parent", "parent_no_ethernet", message, near, fix=use, advice=advice, **about)
        return
    if link.bridge_of:
        message = _("%(value)s is the bridge of the network %(owner)s: these containers will be on the same wire as its own.")
        yield warn("parent", "parent_bridge", message, owner=link.bridge_of, **about)
    elif link.stands_on and link.kind in _SAME[spec.driver]:
        message = _("%(value)s is a %(kind)s device itself: these containers' devices will stand on %(base)s, beside it.")
        yield warn("parent", "parent_stacked", message, kind=link.kind, base=link.stands_on, **about)
    elif not link.plugged_into:
        message = _("The host has %(value)s, but whether a container starts on it is not known here.")
        yield warn("parent", "parent_unsure", message, **about)
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
