"""What is asked of one network namespace, by whatever holds a socket in it: the same for the host and for a container."""

from __future__ import annotations

import functools
import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import replace

from networks.addressing.reading import IPAddress
from networks.hostnet.errors import Vanished
from networks.hostnet.facts import Counters, InsideLink, LinkAddress, LinkFact, RouteFact
from networks.hostnet.linux.netlink import counters as stats
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.conversation import NetlinkSocket, Unsupported
from networks.hostnet.linux.netlink.known import KnownLinks
from networks.hostnet.linux.netlink.links import addresses_body, links_body, read_address, read_inside_link, read_link
from networks.hostnet.linux.netlink.routes import read_routes, routes_body

_NETNSA_NSID, _NETNSA_PID, _NETNSA_FD = 1, 2, 3


def links_of(asked: NetlinkSocket, known: KnownLinks | None = None) -> tuple[LinkFact, ...]:
    """Return all links with addresses and counters, by index. `known`: those that were read last. Raises HostError."""
    known = known or KnownLinks()
    asked.dump(wire.RTM_GETLINK, links_body(), known.take_row, begin=known.begin_rows, take_run=known.take_rows)
    begin, take_run = known.begin_addresses, known.take_addresses
    asked.dump(wire.RTM_GETADDR, addresses_body(), known.take_address, begin=begin, take_run=take_run)
    return known.facts(counters_of(asked))


def link_of(asked: NetlinkSocket, index: int) -> LinkFact | None:
    """Return one link, None when it is gone. Raises HostError."""
    try:
        row = asked.answer(wire.RTM_GETLINK, links_body(index), read_link)
        addresses = asked.listing(wire.RTM_GETADDR, addresses_body(index), read_address)
        try:
            counted = asked.answer(wire.RTM_GETSTATS, stats.stats_body(index), stats.read_counters)
        except Unsupported:
            counted = asked.answer(wire.RTM_GETLINK, stats.in_links_body(index), stats.read_counters)
    except Vanished:
        return None
    if row is None or counted is None or not row.ifindex == counted[0] == index:
        return None
    return LinkFact(*row, tuple(address for at, address in addresses if at == index), counted[1])


def counters_of(asked: NetlinkSocket) -> dict[int, Counters]:
    """Return the counters of all links by index. Raises HostError.

    Of a link that came or went while they were listed there may be none: that is a gap, and listing anew would be another.
    """
    found: dict[int, Counters] = {}

    def take(datagram: wire.Datagram, message: wire.Message) -> None:
        one = stats.read_counters(datagram, message)
        if one is not None:
            found[one[0]] = one[1]

    try:
        take_run = functools.partial(stats.take_run, into=found)
        asked.dump(wire.RTM_GETSTATS, stats.stats_body(), take, begin=found.clear, take_run=take_run)
    except Unsupported:
        asked.dump(wire.RTM_GETLINK, stats.in_links_body(), take, begin=found.clear)
    return found


def routes_of(asked: NetlinkSocket) -> tuple[RouteFact, ...]:
    """Return the main table's routes of both families, in the kernel's order. Raises HostError."""
    name_of = functools.lru_cache(maxsize=None)(asked.name_of)
    return tuple(route for family in (wire.AF_INET, wire.AF_INET6) for route in _routes_of(asked, family, name_of))


def _routes_of(asked: NetlinkSocket, family: int, name_of: Callable[[int], str]) -> Iterable[RouteFact]:
    read = functools.partial(read_routes, family=family)
    try:
        listed = asked.listing(wire.RTM_GETROUTE, routes_body(family), read)
    except (Unsupported, Vanished):
        return ()  # a kernel without IPv6; a namespace that never had a route has no table either
    once = dict.fromkeys(route for hops in listed for route in hops)  # of a list that was disturbed each time, some come twice
    return (replace(route, link_name=name_of(route.link_index)) if route.link_index else route for route in once)


def inside_links_of(asked: NetlinkSocket) -> tuple[InsideLink, ...]:
    """Return what the interfaces of a container are called, and their addresses. Raises HostError."""
    found = {link.index: link for link in asked.listing(wire.RTM_GETLINK, links_body(), read_inside_link)}
    held: dict[int, list[LinkAddress]] = {}
    for index, address in asked.listing(wire.RTM_GETADDR, addresses_body(), read_address):
        held.setdefault(index, []).append(address)
    for index in found.keys() & held.keys():
        found[index] = replace(found[index], addresses=reached_at(held[index]))
    return tuple(link for _, link in sorted(found.items()))


def reached_at(addresses: Iterable[LinkAddress]) -> tuple[IPAddress, ...]:
    """Return the addresses of an interface that others than its neighbours may know."""
    return tuple(one.interface.ip for one in addresses if one.scope not in ("link", "host"))


def nsid_of(asked: NetlinkSocket, *, netns: int | None = None, pid: int = 0) -> int | None:
    """Return the number that this namespace has for another, None where it has none; it is given none by asking.

    `netns`: descriptor of the other; without it, that of the process `pid`. Raises HostError.
    """

    def read(datagram: wire.Datagram, message: wire.Message) -> int | None:
        if message.kind != wire.RTM_NEWNSID:
            return None
        return wire.signed(datagram, wire.attributes(datagram, message.start + 4, message.end), _NETNSA_NSID)

    kind, value = (_NETNSA_PID, pid) if netns is None else (_NETNSA_FD, netns)
    # struct rtgenmsg: a family, filled up to four bytes
    number = asked.answer(wire.RTM_GETNSID, bytes(4) + wire.pack_attribute(kind, struct.pack("=I", value)), read)
    return number if number is not None and number >= 0 else None


def describe_hardware(links: Iterable[LinkFact]) -> tuple[LinkFact, ...]:
    """Add what only /sys tells of our own namespace's devices: which is wireless, and before Linux 5.14 which is a device."""
    return tuple(_described(link) if link.kind == "ethernet" else link for link in links)


def _described(link: LinkFact) -> LinkFact:
    folder = f"/sys/class/net/{link.name}"
    # It shows the namespace that it was mounted in, which is another than ours where we were started by nsenter.
    if (_line(f"{folder}/ifindex"), _line(f"{folder}/address")) != (str(link.index), link.mac):
        return link
    is_hardware = link.is_hardware or os.path.exists(f"{folder}/device")
    is_wireless = os.path.exists(f"{folder}/phy80211")
    if is_hardware == link.is_hardware and not is_wireless:
        return link
    return replace(link, kind="wireless" if is_wireless else link.kind, is_hardware=is_hardware)


def _line(path: str) -> str:
    try:
        with open(path, encoding="ascii") as opened:
            return opened.readline(256).rstrip("\n")
    except (OSError, ValueError):
        return ""
