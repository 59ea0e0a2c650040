"""Routes as RTM_NEWROUTE tells them. Source: rtnetlink(7), linux/rtnetlink.h."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from networks.addressing.reading import IPAddress, IPNetwork
from networks.hostnet.errors import Garbled
from networks.hostnet.facts import RouteFact
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.words import protocol_of, route_kind_of, scope_of

# family, destination's and source's prefix length, type of service, table, protocol, scope, kind, flags
_RTMSG = struct.Struct("=BBBBBBBBI")
_NEXT_HOP = struct.Struct("=HBBi")  # length, flags, weight, index of the link
MAIN_TABLE = 254
_CLONED = 0x200
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY, _RTA_PREFSRC = 1, 4, 5, 6, 7
_RTA_MULTIPATH, _RTA_TABLE, _RTA_VIA = 9, 15, 18


def routes_body(family: int) -> bytes:
    """Return what RTM_GETROUTE asks with; kernels before 4.20 list every table."""
    return _RTMSG.pack(family, 0, 0, 0, MAIN_TABLE, 0, 0, 0, 0) + wire.pack_attribute(_RTA_TABLE, struct.pack("=I", MAIN_TABLE))


def read_routes(datagram: wire.Datagram, message: wire.Message, family: int) -> tuple[RouteFact, ...]:
    """Read a route of the main table, one for each next hop, without its link's name; none of other messages. Raises Garbled."""
    if message.kind != wire.RTM_NEWROUTE:
        return ()
    told, length, _, _, _, protocol, scope, kind, flags = _unpacked(datagram, message)
    found = wire.attributes(datagram, message.start + _RTMSG.size, message.end)
    if told != family or flags & _CLONED or _table_of(datagram, message, found) != MAIN_TABLE:
        return ()
    destination = _network_of(family, wire.octets(datagram, found, _RTA_DST), length)
    source = _address_of(wire.octets(datagram, found, _RTA_PREFSRC))
    metric = wire.number(datagram, found, _RTA_PRIORITY)
    words = (scope_of(scope), protocol_of(protocol), route_kind_of(kind))
    return tuple(
        RouteFact(destination, gateway, index, "", source, metric, *words) for index, gateway in _hops_of(datagram, found)
    )


def links_of_route(datagram: wire.Datagram, message: wire.Message) -> tuple[int, ...]:
    """Return the indexes of the links that a route of the main table leads through, 1 for one that leads nowhere.

    None for a route of another table. Raises Garbled.
    """
    flags = _unpacked(datagram, message)[-1]
    found = wire.attributes(datagram, message.start + _RTMSG.size, message.end)
    if flags & _CLONED or _table_of(datagram, message, found) != MAIN_TABLE:
        return ()
    return tuple(index or 1 for index, _ in _hops_of(datagram, found))


def _unpacked(datagram: wire.Datagram, message: wire.Message) -> tuple[int, ...]:
    wire.check_body(message.start, message.end, _RTMSG.size)
    return _RTMSG.unpack_from(datagram.buffer, message.start)


def _table_of(datagram: wire.Datagram, message: wire.Message, found: wire.Attributes) -> int:
    return wire.number(datagram, found, _RTA_TABLE, datagram.buffer[message.start + 4])


def _hops_of(datagram: wire.Datagram, found: wire.Attributes) -> Iterator[tuple[int, IPAddress | None]]:
    """Yield link and gateway of each next hop."""
    if _RTA_MULTIPATH not in found:
        yield wire.number(datagram, found, _RTA_OIF), _gateway_of(datagram, found)
        return
    start, end = found[_RTA_MULTIPATH]
    while end - start >= _NEXT_HOP.size:
        length, _, _, index = _NEXT_HOP.unpack_from(datagram.buffer, start)
        if not _NEXT_HOP.size <= length <= end - start:
            raise Garbled("A next hop is longer than its route")
        yield index, _gateway_of(datagram, wire.attributes(datagram, start + _NEXT_HOP.size, start + length))
        start += length + 3 & ~3


def _gateway_of(datagram: wire.Datagram, found: wire.Attributes) -> IPAddress | None:
    # RTA_VIA: a gateway of the other family, its number (16 bits) before the address
    return _address_of(wire.octets(datagram, found, _RTA_GATEWAY) or wire.octets(datagram, found, _RTA_VIA)[2:])


def _address_of(packed: bytes) -> IPAddress | None:
    if not packed:
        return None
    if len(packed) == 4:
        return IPv4Address(packed)
    if len(packed) == 16:
        return IPv6Address(packed)
    raise Garbled("An address has a length that no family has")


def _network_of(family: int, destination: bytes, length: int) -> IPNetwork:
    try:
        if family == wire.AF_INET:
            return IPv4Network((destination or bytes(4), length))
        if family == wire.AF_INET6:
            return IPv6Network((destination or bytes(16), length))
    except ValueError as error:
        raise Garbled("A route's destination is no network") from error
    raise Garbled("A route is of an unknown family")
