"""Links and their addresses as RTM_NEWLINK and RTM_NEWADDR tell them. Source: rtnetlink(7), linux/if_link.h."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import NamedTuple

from networks.hostnet.errors import Garbled
from networks.hostnet.facts import InsideLink, LinkAddress, VxlanFact
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.words import LOOPBACK, flags_of, hardware_kind_of, scope_of, state_of

_IFINFO = struct.Struct("=BxHiII")  # family, hardware, index, flags, which of them changed
_IFADDR = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, index

_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU, _IFLA_LINK, _IFLA_MASTER = 1, 3, 4, 5, 10
_IFLA_TXQLEN, _IFLA_OPERSTATE, _IFLA_LINKINFO, _IFLA_EXT_MASK = 13, 16, 18, 29
_IFLA_STATS, _IFLA_STATS64, _IFLA_LINK_NETNSID, _IFLA_PARENT_DEV_NAME = 7, 23, 37, 56
_IFLA_INFO_KIND, _IFLA_INFO_DATA = 1, 2
_IFLA_VXLAN_ID, _IFLA_VXLAN_PORT, _IFLA_VXLAN_COLLECT_METADATA = 1, 15, 25
# Linux 4.5: without IPv6's counters, some sixty a link, for which the kernel adds up every core's.
_RTEXT_FILTER_SKIP_STATS = 8
_IFA_ADDRESS, _IFA_LOCAL, _IFA_BROADCAST = 1, 2, 4

# Lengths of hardware addresses that are MACs: Ethernet, IEEE 802.15.4, InfiniBand. A tunnel's is an IP address instead.
_MAC_LENGTHS = {6, 8, 20}


class LinkRow(NamedTuple):
    """A link but for its addresses and counters: LinkFact's first members, in their order."""

    ifindex: int
    name: str
    kind: str
    flags: tuple[str, ...]
    mtu: int
    queue_length: int
    mac: str
    hardware: int
    state: str
    master: int
    peer: int
    peer_nsid: int | None
    is_hardware: bool
    vxlan: VxlanFact | None = None


def links_body(index: int = 0) -> bytes:
    """Return what RTM_GETLINK asks with: for one link, or for all."""
    return _IFINFO.pack(0, 0, index, 0, 0) + wire.pack_attribute(_IFLA_EXT_MASK, struct.pack("=I", _RTEXT_FILTER_SKIP_STATS))


def addresses_body(index: int = 0) -> bytes:
    """Return what RTM_GETADDR asks with; kernels before 4.20 list all addresses whichever the index."""
    return _IFADDR.pack(0, 0, 0, 0, index)


def read_link(datagram: wire.Datagram, message: wire.Message) -> LinkRow | None:
    """Read a link, None where the message is about something else. Raises Garbled."""
    if message.kind != wire.RTM_NEWLINK:
        return None
    return row_of(datagram, message, attributes_of_link(datagram, message))


def attributes_of_link(datagram: wire.Datagram, message: wire.Message) -> wire.Attributes:
    """Return the attributes of a link. Raises Garbled."""
    wire.check_body(message.start, message.end, _IFINFO.size)
    return wire.attributes(datagram, message.start + _IFINFO.size, message.end)


def counters_in(found: wire.Attributes) -> tuple[int, int]:
    """Return where the counters begin and end in a link's message, which are in it whatever is asked; (0, 0) for nowhere."""
    wide, narrow = found.get(_IFLA_STATS64), found.get(_IFLA_STATS)
    if wide is None or narrow is None or wide[1] + 4 != narrow[0]:
        return 0, 0
    return wide[0], narrow[1]


def row_of(datagram: wire.Datagram, message: wire.Message, found: wire.Attributes) -> LinkRow:
    """Return the row of a link that has these attributes. Raises Garbled."""
    _, hardware, index, flags, _ = _IFINFO.unpack_from(datagram.buffer, message.start)
    name = wire.wire_text(datagram, found, _IFLA_IFNAME)
    if index <= 0 or not name:
        raise Garbled("A link has no index or no name")
    peer, peer_nsid = _tie_of(datagram, found, index)
    address = wire.octets(datagram, found, _IFLA_ADDRESS)
    place = found.get(_IFLA_LINKINFO)
    info = wire.attributes(datagram, *place) if place else {}
    kind = wire.wire_text(datagram, info, _IFLA_INFO_KIND)
    return LinkRow(
        index,
        name,
        hardware_kind_of(hardware) if not kind or hardware == LOOPBACK else kind,
        flags_of(flags),
        wire.number(datagram, found, _IFLA_MTU),
        wire.number(datagram, found, _IFLA_TXQLEN),
        address.hex(":") if len(address) in _MAC_LENGTHS and any(address) else "",
        hardware,
        state_of((wire.octets(datagram, found, _IFLA_OPERSTATE) or b"\0")[0]),
        wire.number(datagram, found, _IFLA_MASTER),
        peer,
        peer_nsid,
        _IFLA_PARENT_DEV_NAME in found,
        _vxlan_of(datagram, info) if kind == "vxlan" else None,
    )


def _tie_of(datagram: wire.Datagram, found: wire.Attributes, index: int) -> tuple[int, int | None]:
    """Return the index that a link is tied to, and in whose namespace; (0, None) where it is none or not known."""
    nsid = wire.signed(datagram, found, _IFLA_LINK_NETNSID)
    if nsid is not None and nsid < 0:
        return 0, None  # in a namespace without a number here: the index alone means nothing
    # Older kernels leave the far end's index out where it is the same as this one's.
    return wire.number(datagram, found, _IFLA_LINK, 0 if nsid is None else index), nsid


def _vxlan_of(datagram: wire.Datagram, info: wire.Attributes) -> VxlanFact | None:
    """Return a VXLAN link's numbers. The port is in the order of the network, all else in this machine's."""
    place = info.get(_IFLA_INFO_DATA)
    told = wire.attributes(datagram, *place) if place else {}
    port = wire.octets(datagram, told, _IFLA_VXLAN_PORT)
    if len(port) != 2:
        return None
    is_apart = any(wire.octets(datagram, told, _IFLA_VXLAN_COLLECT_METADATA))
    return VxlanFact(None if is_apart else wire.number(datagram, told, _IFLA_VXLAN_ID), int.from_bytes(port, "big"))


def read_inside_link(datagram: wire.Datagram, message: wire.Message) -> InsideLink | None:
    """Read what an interface of a container is called, None for its loopback. Raises Garbled."""
    row = read_link(datagram, message)
    return None if row is None or row.hardware == LOOPBACK else InsideLink(row.ifindex, row.name, row.mac)


def read_address(datagram: wire.Datagram, message: wire.Message) -> tuple[int, LinkAddress] | None:
    """Read an address and the index of its link, None where the message is about something else. Raises Garbled."""
    if message.kind != wire.RTM_NEWADDR:
        return None
    wire.check_body(message.start, message.end, _IFADDR.size)
    family, prefix_length, _, scope, index = _IFADDR.unpack_from(datagram.buffer, message.start)
    if family not in (wire.AF_INET, wire.AF_INET6):
        return None
    found = wire.attributes(datagram, message.start + _IFADDR.size, message.end)
    # The other of the two is the far end's, on a link between two hosts.
    own = wire.octets(datagram, found, _IFA_LOCAL) or wire.octets(datagram, found, _IFA_ADDRESS)
    broadcast = wire.octets(datagram, found, _IFA_BROADCAST) if family == wire.AF_INET else b""
    return index, _address_of(family, own, prefix_length, scope, broadcast)


def _address_of(family: int, own: bytes, prefix_length: int, scope: int, broadcast: bytes) -> LinkAddress:
    length = 4 if family == wire.AF_INET else 16
    if len(own) != length or prefix_length > 8 * length or len(broadcast) not in (0, 4):
        raise Garbled("An address has a length that its family doesn't have")
    interface = (IPv4Interface if family == wire.AF_INET else IPv6Interface)((own, prefix_length))
    return LinkAddress(interface, scope_of(scope), IPv4Address(broadcast) if broadcast else None)
