"""Checks of a parent against the machine's links: what Docker would refuse, what containers would fail at, what to know."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from networks.addressing.findings import Finding, Level, bad, fine, warn
from networks.addressing.host import HostSide
from networks.addressing.parents import ParentLink, split_vlan
from networks.engine.specs import NetworkSpec
from networks.forms.options.checks import MOST_VLAN, is_vlan
from networks.queries.ground import PARENTED, Ground

_WIRELESS = "wireless"
_LOOPBACK = "loopback"
# Kinds that the kernel looks through: what shall stand on one of them stands on its parent, beside it.
_SAME = {"macvlan": ("macvlan", "macvtap"), "ipvlan": ("ipvlan", "ipvtap")}


def check_parent(spec: NetworkSpec, ground: Ground) -> Iterator[Finding]:
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
