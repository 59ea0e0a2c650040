"""The machine that an Engine runs on: what a new network would take from it (addresses, routes, name servers, the way out), and
the links that macvlan and ipvlan networks can stand on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_network

from networks.addressing.findings import Finding, bad, warn
from networks.addressing.findings import gettext_noop as _
from networks.addressing.ranges import RangeKind, is_of_kind
from networks.addressing.reading import IPAddress, IPNetwork

# A default route in several pieces, as VPNs write it: no new network takes anything from such a one.
_WHOLE_FROM = {4: 1, 6: 3}
# An eighth of the subnet: of a /24 that is 32 addresses. A router's DHCP seldom hands out its subnet's last ones.
_SHARE = 3
_LONGEST = 29  # a smaller range has no room worth having


@dataclass(frozen=True, slots=True)
class HostAddress:
    """An address that the machine has on a link that isn't one of the Engine's own networks."""

    interface: IPv4Interface | IPv6Interface
    link: str


@dataclass(frozen=True, slots=True)
class HostRoute:
    """A route that leads to none of the Engine's own networks. `gateway` None: on-link, or it leads nowhere (`is_on_link`)."""

    destination: IPNetwork
    link: str = ""
    gateway: IPAddress | None = None
    is_on_link: bool = False

    @property
    def is_default(self) -> bool:
        """Tell whether it is there for whatever has no route of its own."""
        return self.destination.prefixlen <= _WHOLE_FROM[self.destination.version]


@dataclass(frozen=True, slots=True)
class ParentLink:
    """A link that a network may stand on. `kind`, `state`: the kernel's words.

    `is_on`: it is switched on; `is_up`: and its lower layer is connected. `routers`: gateways of default routes through it.
    `plugged_into`: the bridge or bond that it is a port of, "" for none. `bridge_of`: the Engine's network whose bridge it is;
    `stands_on`: of a macvlan or ipvlan link, its own parent.
    """

    name: str
    kind: str
    state: str = "up"
    is_on: bool = True
    is_up: bool = True
    is_hardware: bool = False
    interfaces: tuple[IPv4Interface | IPv6Interface, ...] = ()
    routers: tuple[IPAddress, ...] = ()
    plugged_into: str = ""
    is_ethernet: bool = True
    bridge_of: str = ""
    stands_on: str = ""

    def subnet(self, version: int = 4) -> IPNetwork | None:
        """Return the first subnet of this family that the link is on, None where it has no address of it."""
        return next((each.network for each in self.interfaces if each.version == version), None)

    def router(self, subnet: IPNetwork) -> IPAddress | None:
        """Return the router that it has in a subnet, None for none."""
        return next((each for each in self.routers if each.version == subnet.version and each in subnet), None)

    def own_addresses(self, subnet: IPNetwork) -> list[IPAddress]:
        """Return the machine's own addresses in a subnet."""
        return [each.ip for each in self.interfaces if each.version == subnet.version and each.ip in subnet]


@dataclass(frozen=True, slots=True)
class HostSide:
    """The machine beside the Engine's own networks. `is_known` false: it isn't seen from here, so nothing can be said of it.

    `parents`: its links that networks may stand on; `others`: those that none is offered, though Docker takes some of them.
    `is_virtual`: a hypervisor runs it.
    """

    addresses: tuple[HostAddress, ...] = ()
    routes: tuple[HostRoute, ...] = ()
    name_servers: tuple[IPAddress, ...] = ()
    is_known: bool = False
    knows_name_servers: bool = False
    parents: tuple[ParentLink, ...] = ()
    others: tuple[ParentLink, ...] = ()
    is_virtual: bool = False

    def parent(self, name: str) -> ParentLink | None:
        """Return the link of this name among those that are offered, None where it isn't or there is none."""
        return next((link for link in self.parents if link.name == name), None)

    def other(self, name: str) -> ParentLink | None:
        """Return the link of this name among those that are not offered."""
        return next((link for link in self.others if link.name == name), None)

    @property
    def ways_out(self) -> frozenset[str]:
        """The links that default routes go through."""
        return frozenset(route.link for route in self.routes if route.is_default and route.link)


_SAID_BY = {"host_lan": "host_gateway", "host_on_link": "host_address"}
_CUT_OFF = _(
    "Docker accepts it. The host then looks for that network behind the new bridge: it may lose its "
    "connection, and you yours to it."
)
_UNREACHED = _("Docker accepts it. The host then can't reliably reach addresses in that range.")
# By what collides, the worst first: the sentence, and what Docker would do.
_SENTENCES = {
    "host_gateway": (_("%(subnet)s contains %(what)s, the host's default gateway (%(by)s)."), _CUT_OFF),
    "host_lan": (
        _("%(subnet)s collides with %(what)s, the host's network on %(by)s, which carries its default route."),
        _CUT_OFF,
    ),
    "host_address": (_("%(subnet)s contains %(what)s, the host's address on %(by)s."), _UNREACHED),
    "host_on_link": (_("%(subnet)s collides with %(what)s, which the host reaches directly on %(by)s."), _UNREACHED),
    "host_name_server": (
        _("%(subnet)s contains %(what)s, a name server of the host."),
        _("Docker accepts it. The host, and containers that use it, may then fail to resolve names."),
    ),
    "host_route": (
        _("%(subnet)s collides with %(what)s, which the host reaches through the router %(by)s."),
        _("Docker accepts it. The host and the new network's containers then can't reach that network."),
    ),
    "host_nowhere": (_("%(subnet)s collides with %(what)s, which a route of the host blocks."), ""),
}
_WORST_FIRST = tuple(_SENTENCES)


@dataclass(frozen=True, slots=True)
class Collision:
    """Something of the machine's that lies in a subnet.

    `key`, worst first: "host_gateway" (of a default route), "host_lan" (an address or a network of a link that a default route
    goes through), "host_address" and "host_on_link" (of another link), "host_name_server", "host_route" (a network behind a
    gateway), "host_nowhere" (one that the machine is told to lead nowhere). `what`: an address or a subnet; `by`: the link or
    the gateway, "" for none.
    """

    key: str
    what: IPAddress | IPNetwork
    by: str = ""

    @property
    def is_harmful(self) -> bool:
        """Tell whether the machine would lose what it needs, and not only what lies behind some router."""
        return self.key not in ("host_route", "host_nowhere")


def collisions(subnet: IPNetwork, host: HostSide) -> list[Collision]:
    """Return what of the machine's a subnet would collide with, the worst first; of each link and each route once."""
    ways_out = host.ways_out
    found = [*_routes_in(subnet, host, ways_out), *_addresses_in(subnet, host, ways_out)]
    found += [Collision("host_name_server", server) for server in host.name_servers if _holds(subnet, server)]
    return sorted(dict.fromkeys(found), key=lambda collision: _WORST_FIRST.index(collision.key))


def check_host(subnet: IPNetwork, host: HostSide, *, takes_routes: bool = True) -> Iterator[Finding]:
    """Yield what a new network's subnet would take from the machine; nothing where nothing is known of the machine.

    `takes_routes`: whether the Engine gives the machine an address and a route in such a network. Where it doesn't, only the
    network's own containers lose sight of what is in the way.
    """
    found = collisions(subnet, host)
    if found and not takes_routes:
        message = _("%(subnet)s hides %(what)s, to which the host has a route, from the network's containers.")
        yield warn("subnet", "host_hidden", message, subnet=subnet, what=found[0].what)
        return
    said: set[str] = set()
    for collision in found:
        # Of a link whose gateway or address lies in the subnet, nobody needs to hear that its network does.
        if said.isdisjoint((collision.key, f"{_SAID_BY.get(collision.key)} {collision.by}")):
            message, advice = _SENTENCES[collision.key]
            say = bad if collision.is_harmful else warn
            yield say("subnet", collision.key, message, advice=advice, subnet=subnet, what=collision.what, by=collision.by)
        said.update((collision.key, f"{collision.key} {collision.by}"))


def is_harmful(subnet: IPNetwork, host: HostSide) -> bool:
    """Tell whether the machine would lose something that it needs to a bridge with this subnet."""
    return any(collision.is_harmful for collision in collisions(subnet, host))


def occupied_by(host: HostSide) -> Iterator[IPNetwork | IPAddress]:
    """Yield what is the machine's: a subnet that overlaps none of these, and holds none of them, collides with nothing."""
    for route in host.routes:
        if not route.is_default:
            yield route.destination
        if route.is_default and route.gateway is not None:
            yield route.gateway
    for address in host.addresses:
        yield address.interface.ip
    yield from host.name_servers


def is_of_interest(destination: IPNetwork) -> bool:
    """Tell whether an address or a route is one that a network may collide with: not loopback, multicast or IPv6 link-local.

    Every link has the latter, and the same one.
    """
    if destination.prefixlen == 0:
        return True
    is_everywhere = destination.version == 6 and is_of_kind(destination, RangeKind.LINK_LOCAL)
    return not (is_everywhere or is_of_kind(destination, RangeKind.LOOPBACK) or is_of_kind(destination, RangeKind.MULTICAST))


def _routes_in(subnet: IPNetwork, host: HostSide, ways_out: frozenset[str]) -> Iterator[Collision]:
    for route in host.routes:
        if route.is_default:
            if route.gateway is not None and _holds(subnet, route.gateway):
                yield Collision("host_gateway", route.gateway, route.link)
        elif not _overlaps(subnet, route.destination):
            continue
        elif route.is_on_link:
            yield Collision("host_lan" if route.link in ways_out else "host_on_link", route.destination, route.link)
        elif route.gateway is not None:
            yield Collision("host_route", route.destination, str(route.gateway))
        else:
            yield Collision("host_nowhere", route.destination)


def _addresses_in(subnet: IPNetwork, host: HostSide, ways_out: frozenset[str]) -> Iterator[Collision]:
    for address in host.addresses:
        if not _holds(subnet, address.interface):
            continue
        if address.link in ways_out:
            yield Collision("host_lan", address.interface.network, address.link)
        else:
            yield Collision("host_address", address.interface.ip, address.link)


def _holds(subnet: IPNetwork, address: IPAddress) -> bool:
    shift = subnet.max_prefixlen - subnet.prefixlen
    return address.version == subnet.version and int(address) >> shift == int(subnet.network_address) >> shift


def _overlaps(subnet: IPNetwork, other: IPNetwork) -> bool:
    """Two networks share addresses when one holds the other's first; ten times as quick as asking ipaddress."""
    if other.version != subnet.version:
        return False
    shorter = min(subnet.prefixlen, other.prefixlen)
    shift = subnet.max_prefixlen - shorter
    return int(subnet.network_address) >> shift == int(other.network_address) >> shift


def split_vlan(name: str) -> tuple[str, str]:
    """Return ("eth0", "10") of "eth0.10", and ("eth0", "") of any other name."""
    base, dot, number = name.rpartition(".")
    return (base, number) if dot and base and number.isascii() and number.isdigit() else (name, "")


def quiet_range(subnet: IPNetwork, kept: Collection[IPAddress]) -> IPNetwork | None:
    """Return a part of a LAN's subnet for containers, from its end, without any of the addresses in `kept`; None for none.

    The last part that is free of them: routers and hosts have the first addresses, DHCP mostly those in the middle.
    """
    if subnet.version != 4 or subnet.prefixlen + _SHARE > _LONGEST:
        return None
    size = 1 << (32 - subnet.prefixlen - _SHARE)
    last = int(subnet.broadcast_address) + 1
    for start in range(last - size, int(subnet.network_address), -size):
        part = ip_network((start, subnet.prefixlen + _SHARE))
        if not any(each.version == 4 and each in part for each in kept):
            return part
    return None
