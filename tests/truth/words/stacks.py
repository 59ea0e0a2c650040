"""Sentences about a stack as it is now: on which networks, left over from another's, shared with whom."""

from __future__ import annotations

from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import BUILT_IN, Box, Reality
from tests.truth.words.containers import box_of, so


def own_networks(reality: Reality, box: Box) -> list[str]:
    """Return the networks with names that a container is on; what doesn't run may ask for one that is gone."""
    return sorted(name for name in box.ends if name not in BUILT_IN and (not box.is_running or reality.net_of(box, name)))


def listed(names: str) -> list[str]:
    """Return names as they are listed: "a, b and c"."""
    return sorted(names.replace(" and ", ", ").split(", "))


@sentence("It is on no network: the stack is its own, with nothing in it but loopback.", "inside")
@sentence("It runs in what is left of a stack that it shared: loopback. Nobody reaches it, and it reaches nobody.", "container")
@sentence("It has loopback alone: what it shared is gone, and Docker gives it no address of its own.", "container")
@sentence("It has no endpoint: nothing but loopback is left of the stack that it shared.", "container")
@sentence("This is what is left of the network stack that it shared: nothing but loopback.", "inside")
def _bare(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(box.has_only_loopback, box)


@sentence("It is on no network, with loopback alone: Docker gives it no address until it is on one.", "container")
def _no_network(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    places = {name for name in box.ends if not box.is_running or reality.net_of(box, name)}
    return so(not places - {"none"} and (box.has_only_loopback or not box.is_running), box)


@sentence("nobody: there is no route.", "container")
def _no_route(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    routes = [row for row in (*box.routes, *box.routes6) if row.get("dev") != "lo"]
    return so(not routes, box, f"; routes {routes}")


@sentence("nothing: the networks that it is on are internal.", "container")
def _internal(reality: Reality, page: Page) -> Any:
    """What runs has no way to leave: no default route, and no link on one of the machine's."""
    box = box_of(reality, page)
    nets = [net for name in box.ends if (net := reality.net_of(box, name))]
    leads = [row for row in (*box.routes, *box.routes6) if row.get("dst") == "default"]
    kinds = {link.kind for link in box.links} & {"macvlan", "ipvlan"}
    return so(bool(nets) and all(net["Internal"] for net in nets) and not leads and not kinds, box, f"; {leads} {kinds}")


@sentence("no gateway: the networks that it is on are internal.", "container")
def _no_gateway(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    leads = [row for row in (*box.routes, *box.routes6) if row.get("dst") == "default"]
    drivers = {net["Driver"] for name in box.ends if (net := reality.net_of(box, name))}
    return so(bool(drivers & {"macvlan", "ipvlan"}) and not leads, box, f"; {leads} {drivers}")


def published_by(box: Box) -> set[str]:
    """Return the addresses that Docker publishes ports of a container on, as they are written before a port."""
    bound = [each for bindings in (box.row["NetworkSettings"]["Ports"] or {}).values() for each in bindings or ()]
    return {f"[{each['HostIp']}]" if ":" in each["HostIp"] else each["HostIp"] for each in bound if each["HostPort"]}


@sentence("by ports published on {addresses}, as far as the host passes them on.", "container")
def _published_on(reality: Reality, page: Page, addresses: str) -> Any:
    """Those on loopback are said apart from the others."""
    box = box_of(reality, page)
    loopback = {one for one in published_by(box) if one.startswith("127.") or one == "[::1]"}
    said = set(addresses.split(", "))
    return so(said in (loopback, published_by(box) - loopback), box, f"; published on {published_by(box)}")


def _ip6tables(reality: Reality) -> bool:
    """Tell whether Docker writes rules for IPv6."""
    return "DOCKER" in reality.engine.check_inside("ip6tables", "-S")


@sentence("from containers on bridge networks that it isn't on: their addresses don't answer from here, unless", "container")
def _apart(reality: Reality, page: Page) -> Any:
    """Docker's rules are there, of each family by which it leads out."""
    box = box_of(reality, page)
    has_rules = "DOCKER-ISOLATION" in reality.engine.check_inside("iptables", "-S")
    leads_out = any(row.get("dst") == "default" for row in box.routes6)
    return so(has_rules and (not leads_out or _ip6tables(reality)), box)


@sentence("by IPv4 alone, from containers on bridge networks that it isn't on", "container")
def _apart_by_ipv4(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    has_rules = "DOCKER-ISOLATION" in reality.engine.check_inside("iptables", "-S")
    nets = [net for name in box.ends if (net := reality.net_of(box, name))]
    return so(has_rules and not _ip6tables(reality) and any(net["EnableIPv6"] for net in nets), box)


@sentence("by name, alias or short ID on {names}: Docker's DNS answers at 127.0.0.11", "container")
def _finds(reality: Reality, page: Page, names: str) -> Any:
    """The container itself asks for its own short id, where it runs."""
    box = box_of(reality, page)
    holds = listed(names) == own_networks(reality, box)
    if holds and box.state == "running":
        # A rename makes its name known on the default bridge as well (26.1), and the DNS then answers with that address.
        own = {address for name in box.ends for address, _length in box.addresses_on(name).values()}
        holds = bool(own & reality.resolve(box, box.key[:12]))
    return so(holds, box, f"; networks of one's own: {own_networks(reality, box)}")


@sentence("by name on {names}.", "container")
@sentence("by name on {names}, by its address on the default bridge", "container")
def _is_found(reality: Reality, page: Page, names: str) -> Any:
    """Another one on each of these networks asks for its name, where both run."""
    box = box_of(reality, page)
    said = listed(names.partition(", by its address")[0])
    lost = []
    for name in said if box.state == "running" else ():
        net = reality.net_of(box, name) if name in box.ends else None
        others = [one for one in reality.on(net) if one is not box and one.state == "running" and not one.fails] if net else []
        # Who is on several networks with it is told its address on one of them.
        shared = (one for one in box.ends if others and one in others[0].ends)
        held = {address for one in shared for address, _length in box.addresses_on(one).values()}
        if box.addresses_on(name) and others and not held & reality.resolve(others[0], box.name):
            lost.append(f"{others[0].name} doesn't find it on {name}")
    return so(said == own_networks(reality, box) and not lost, box, f"; its own: {own_networks(reality, box)}; {lost}")


@sentence("It is on user-defined networks", "container")
def _on_own(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(bool(own_networks(reality, box)), box)


@sentence("Docker's own, left from a network that it was on: it knows no container's name now", "inside")
def _left_over(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    servers = reality.read_file(box, "/etc/resolv.conf")
    return so("127.0.0.11" in servers and not any(box.addresses_on(name) for name in own_networks(reality, box)), box)


@sentence("It isn't running, so it has no network stack. This is what it will have once it is started.", "container")
def _will_have(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    is_held = bool(box.ends) and reality.is_mode_lost(box)
    return so(not box.is_running and not is_held and all(reality.net_of(box, name) for name in box.ends), box)


@sentence("It isn't running, so it has no network stack. A network that it asks for isn't listed here", "container")
def _lacks(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    lacks = reality.is_mode_lost(box) or not all(reality.net_of(box, name) for name in box.ends)
    return so(not box.is_running and lacks, box)


@sentence("--network {mode}, which isn't there any more", "container")
@sentence("no network while it runs: the one that it was made with isn't there any more.", "container")
def _is_mode_lost(reality: Reality, page: Page, mode: str = "") -> Any:
    box = box_of(reality, page)
    return so(reality.is_mode_lost(box) and box.mode.startswith(mode.partition(": as long as")[0]), box)


@sentence("It doesn't run: no port of it is open.", "container")
def _runs_not(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(not box.is_running, box)


@sentence("--network {mode}; its networks were changed since", "container")
def _made(reality: Reality, page: Page, mode: str) -> Any:
    box = box_of(reality, page)
    was = box.mode
    changed = (set(box.ends) != {was}) if not box.donor else True
    return so(mode in (was, "default") and changed, box)


@sentence("interfaces, addresses, ports, routes, which it shares with {names}.", "container")
def _shared_with(reality: Reality, page: Page, names: str) -> Any:
    box = box_of(reality, page)
    inside = sorted(one.name for one in reality.boxes.values() if one is not box and one.is_running and one.netns == box.netns)
    return so(box.is_running and (listed(names) == inside or "more" in names), box, f"; in its stack: {inside}")


@sentence("The ports of its stack are those of {name}:", "container")
def _ports_of(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    owner = reality.owner_of(box)
    return so(reality.shares(box) and owner is not None and owner.name == name and owner.netns == box.netns, box)


@sentence("When it is started, the network will be that of {name}", "container")
def _will_be(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    return so(not box.is_running and donor is not None and donor.name == name.rstrip("."), box)


@sentence("The container whose network it was made to share isn't there any more: it can't start again.", "container")
def _gone(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(bool(box.donor) and box.donor not in reality.boxes, box)


@sentence("No container is on none.", "network")
def _nobody_on_none(reality: Reality, page: Page) -> Any:
    there = [box.name for box in reality.on(reality.nets[page.subject[0]])]
    return not there or f"on it are {there}"


@sentence("It is not on {name}.", "container")
def _not_on(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(name in box.remnants, box, f"; named in its record alone: {sorted(box.remnants)}")


@sentence("not on it", "container")
@sentence("As long as the container runs, Docker refuses to rename it and to disconnect it from there", "container")
@sentence("It may not start again", "order:restart")
def _has_remnants(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(bool(box.remnants), box)


@sentence("Docker's record of it names this network and {addresses}, but the network has no endpoint of it", "container")
def _names_addresses(reality: Reality, page: Page, addresses: str) -> Any:
    box = box_of(reality, page)
    ends = [box.recorded[name] for name in box.remnants]
    written = {", ".join(one for one in (end["IPAddress"], end["GlobalIPv6Address"]) if one) for end in ends}
    held = {address for link in box.links for address, _length in link.addresses}
    return so(addresses in written and not held & set(addresses.split(", ")), box, f"; in its record: {written}")


@sentence("Docker's record of it names this network, but without an endpoint", "container")
def _names_no_address(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so(any(not box.recorded[name]["IPAddress"] for name in box.remnants), box)


@sentence("Docker's record of it names {names}, where it has no endpoint: as long as it runs", "order:rename")
@sentence("Docker's record of it names {names}, where it has no endpoint: if it is refused there", "order:restart")
def _names_networks(reality: Reality, page: Page, names: str) -> Any:
    box = box_of(reality, page)
    gone = {name for name in box.ends if box.is_running and not reality.net_of(box, name)}
    return so(set(listed(names)) == box.remnants | gone, box, f"; named in its record alone: {sorted(box.remnants | gone)}")


@sentence("{name}, with which it shares another container's network, doesn't run: this one keeps that network.", "container")
def _keeps_owners(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    donor = reality.donor_of(box)
    away = donor is not None and donor.name == name and bool(donor.donor) and (not donor.is_running or donor.fails)
    return so(away and reality.shares(box), box)
