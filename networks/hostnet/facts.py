"""What the Linux kernel told us of a host's network: frozen, typed, free of Django and of netlink's bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import NamedTuple

from networks.addressing.reading import IPAddress, IPNetwork

IPInterface = IPv4Interface | IPv6Interface


class Tier(StrEnum):
    """How far we see. HOST: the Engine's own links. NAMESPACES: not those, but into containers. NONE: neither."""

    HOST = "host"
    NAMESPACES = "namespaces"
    NONE = "none"


class Obstacle(StrEnum):
    """Why we don't see more; the sentences stand in `partials/hosts.py`."""

    NOTHING = ""
    NOT_LINUX = "not_linux"
    REMOTE = "remote"  # the Engine is not on this machine
    OTHER_NAMESPACE = "other_namespace"  # the links here are not those of the Engine's networks
    NAMESPACE_MISSING = "namespace_missing"  # the one that the Engine's setting names
    NOT_ROOT = "not_root"
    PIDS_HIDDEN = "pids_hidden"  # a container of our own shows other processes than the Engine means


@dataclass(frozen=True, slots=True)
class HostView:
    """What may be seen of one Engine's machine.

    `sees_host`: the links of the Engine's own network namespace. `enters_containers`: interfaces, routes and resolver inside.
    `why_not_*`: what is in the way, NOTHING where nothing is.
    """

    sees_host: bool = False
    enters_containers: bool = False
    why_not_host: Obstacle = Obstacle.NOTHING
    why_not_inside: Obstacle = Obstacle.NOTHING

    @property
    def tier(self) -> Tier:
        """The two in one word."""
        if self.sees_host:
            return Tier.HOST
        return Tier.NAMESPACES if self.enters_containers else Tier.NONE


class Counters(NamedTuple):
    """A link's 64-bit counters, named and added up as `ifconfig` shows them. Source: struct rtnl_link_stats64.

    `rx_dropped` holds what the device missed, too; `rx_frame`: frame, length, overrun and CRC errors; `tx_carrier`: carrier,
    aborted, window and heartbeat errors. They never shrink but when the link is made anew. A tuple, since a thousand of them
    are made every two seconds: 0.4 µs each, and a frozen dataclass takes eight times that.
    """

    rx_packets: int = 0
    rx_bytes: int = 0
    rx_errors: int = 0
    rx_dropped: int = 0
    rx_overruns: int = 0
    rx_frame: int = 0
    tx_packets: int = 0
    tx_bytes: int = 0
    tx_errors: int = 0
    tx_dropped: int = 0
    tx_overruns: int = 0
    tx_carrier: int = 0
    collisions: int = 0
    multicast: int = 0


@dataclass(frozen=True, slots=True)
class LinkAddress:
    """An address of a link. `scope`: "global", "site", "link", "host" or the kernel's number as text. Source: RTM_GETADDR."""

    interface: IPInterface
    scope: str = "global"
    broadcast: IPv4Address | None = None


class VxlanFact(NamedTuple):
    """A VXLAN link's own numbers. `id` None: whoever sends through it says it packet by packet. `port`: UDP."""

    id: int | None
    port: int


@dataclass(frozen=True, slots=True)
class LinkFact:
    """A Linux network device. Source: RTM_GETLINK and RTM_GETADDR; `ip -d -s address`.

    `index`: unique in its namespace, never reused for another link while this one lives. `name`: any bytes but "/" and blanks,
    those that are no UTF-8 escaped. `kind`: "bridge", "veth", "vlan", "macvlan", "ipvlan", "vxlan", "tun", "openvswitch" or any
    other word of the kernel's; where it has none "loopback", "ethernet", "wireless". Never read out of a name.
    `flags`: as `ip link` writes them, such as ("BROADCAST", "MULTICAST", "UP", "LOWER_UP"). `mac`: "" where it has none.
    `master`: the index of the bridge or bond that it is plugged into, 0 for none. `peer`: the index of what it is tied to (a
    veth's far end, a vlan's parent), in namespace `peer_nsid` as this namespace numbers them, None for its own; 0 for nothing.
    `hardware`: ARPHRD_*, 1 for Ethernet, 772 for loopback. `state`: "up", "down", "lowerlayerdown", "dormant", "unknown" and so
    on, as the driver says. `is_hardware`: whether it is a device of the machine itself. `vxlan`: of a VXLAN link.
    """

    index: int
    name: str
    kind: str
    flags: tuple[str, ...]
    mtu: int
    queue_length: int
    mac: str = ""
    hardware: int = 1
    state: str = "unknown"
    master: int = 0
    peer: int = 0
    peer_nsid: int | None = None
    is_hardware: bool = False
    vxlan: VxlanFact | None = None
    addresses: tuple[LinkAddress, ...] = ()
    counters: Counters = field(default_factory=Counters)

    @property
    def is_up(self) -> bool:
        """Whether it is switched on and its lower layer is connected."""
        return "UP" in self.flags and "LOWER_UP" in self.flags


@dataclass(frozen=True, slots=True)
class RouteFact:
    """A route of the main table. `destination`: 0.0.0.0/0 or ::/0 for the default one. `scope`: as for an address.

    `kind`: "unicast", or "blackhole", "unreachable", "prohibit" and others which lead nowhere. Of a route with several next
    hops there is one of these for each. Source: RTM_GETROUTE; `ip route`.
    """

    destination: IPNetwork
    gateway: IPAddress | None = None
    link_index: int = 0
    link_name: str = ""
    source: IPAddress | None = None
    metric: int = 0
    scope: str = "global"
    protocol: str = ""
    kind: str = "unicast"

    @property
    def is_on_link(self) -> bool:
        """Whether its destination is reached, and no gateway stands between."""
        return self.gateway is None and self.kind == "unicast"


@dataclass(frozen=True, slots=True)
class ResolverFact:
    """What /etc/resolv.conf says. `is_known` false: it could not be read."""

    name_servers: tuple[IPAddress, ...] = ()
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class InsideLink:
    """An interface of a container, as far as it can be seen from outside.

    `mac`: "" where the namespace can't be entered. `addresses`: without the link-local ones; of IPv6 alone where it can't.
    """

    index: int
    name: str
    mac: str = ""
    addresses: tuple[IPAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class SandboxFact:
    """A running container's network stack. `netns`: the inode of its namespace, the same for containers that share it.

    `nsid`: the host namespace's number for it, None where it has none yet (nothing there is tied to the host).
    `is_host`: it is the Engine's own namespace. `links`: all but the loopback.
    """

    container_id: str
    netns: int
    nsid: int | None = None
    is_host: bool = False
    links: tuple[InsideLink, ...] = ()


@dataclass(frozen=True, slots=True)
class InsideFact:
    """A container's network seen from inside. `links`: with addresses and counters of their own."""

    links: tuple[LinkFact, ...] = ()
    routes: tuple[RouteFact, ...] = ()
    resolver: ResolverFact = field(default_factory=lambda: ResolverFact(is_known=False))


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link or an address came, changed or went. `index` 0: something was missed, look at everything."""

    index: int
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class PeerFact:
    """What is at the far end of a host's veth: the interface `link` of the sandbox that these containers share."""

    container_ids: tuple[str, ...]
    link: InsideLink


def peers_of(links: Iterable[LinkFact], sandboxes: Mapping[str, SandboxFact]) -> dict[int, PeerFact]:
    """Return, by the index of a host link, what its far end is; links whose far end is in no known container are left out.

    A peer's index alone says nothing: it is unique within its namespace only. `sandboxes`: by container id.
    """
    owners: dict[int, list[SandboxFact]] = {}
    for sandbox in sandboxes.values():
        if sandbox.nsid is not None and not sandbox.is_host:
            owners.setdefault(sandbox.nsid, []).append(sandbox)
    found: dict[int, PeerFact] = {}
    for link in links:
        sharing = owners.get(link.peer_nsid) if link.peer_nsid is not None and link.peer else None
        inside = next((one for one in sharing[0].links if one.index == link.peer), None) if sharing else None
        if sharing and inside:
            found[link.index] = PeerFact(tuple(sorted(one.container_id for one in sharing)), inside)
    return found
