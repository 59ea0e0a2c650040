"""What a new network would take from the machine that its Engine runs on: addresses, routes, name servers, the way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_network

from networks.addressing.findings import Finding, bad, warn
from networks.addressing.ranges import Kind, kind_of
from networks.addressing.reading import IPAddress, IPNetwork

# A default route in several pieces, as VPNs write it: no new network takes anything from such a one.
_WHOLE_FROM = {4: 1, 6: 3}


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
class HostSide:
    """The machine beside the Engine's own networks. `is_known` false: it isn't seen from here, so nothing can be said of it."""

    addresses: tuple[HostAddress, ...] = ()
    routes: tuple[HostRoute, ...] = ()
    name_servers: tuple[IPAddress, ...] = ()
    is_known: bool = False
    knows_name_servers: bool = False

    @property
    def ways_out(self) -> frozenset[str]:
        """The links that default routes go through."""
        return frozenset(route.link for route in self.routes if route.is_default and route.link)


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
    found = [*_ways_out_in(subnet, host), *_links_in(subnet, host)]
    found += [Collision("host_name_server", server) for server in host.name_servers if _holds(subnet, server)]
    for route in host.routes:
        if not (route.is_on_link or route.is_default) and _overlaps(subnet, route.destination):
            key = "host_route" if route.gateway else "host_nowhere"
            found.append(Collision(key, route.destination, str(route.gateway or "")))
    return list(dict.fromkeys(found))


def check_host(subnet: IPNetwork, host: HostSide, *, takes_routes: bool = True) -> Iterator[Finding]:
    """Yield what a new network's subnet would take from the machine; nothing where nothing is known of the machine.

    `takes_routes`: whether the Engine gives the machine an address and a route in such a network. Where it doesn't, only the
    network's own containers lose sight of what is in the way.
    """
    said: set[str] = set()
    found = collisions(subnet, host)
    if found and not takes_routes:
        yield warn("subnet", "host_hidden", subnet=subnet, what=found[0].what)
        return
    for collision in found:
        if collision.key not in said:
            say = bad if collision.is_harmful else warn
            yield say("subnet", collision.key, subnet=subnet, what=collision.what, by=collision.by)
        said.add(collision.key)


def is_harmful(subnet: IPNetwork, host: HostSide) -> bool:
    """Tell whether the machine would lose something that it needs to a bridge with this subnet."""
    return any(collision.is_harmful for collision in collisions(subnet, host))


def occupied_by(host: HostSide) -> Iterator[IPNetwork]:
    """Yield every subnet that something of the machine's lies in: a subnet that overlaps none of them collides with nothing."""
    for route in host.routes:
        if not route.is_default:
            yield route.destination
        if route.is_default and route.gateway is not None:
            yield ip_network(route.gateway)
    for address in host.addresses:
        yield ip_network(address.interface.ip)
    for server in host.name_servers:
        yield ip_network(server)


def is_of_interest(destination: IPNetwork) -> bool:
    """Tell whether an address or a route is one that a network may collide with: not loopback, multicast or IPv6 link-local.

    Every link has the latter, and the same one.
    """
    kind = kind_of(destination)
    is_everywhere = kind is Kind.LINK_LOCAL and destination.version == 6
    return destination.prefixlen == 0 or not (is_everywhere or kind in (Kind.LOOPBACK, Kind.MULTICAST))


def _ways_out_in(subnet: IPNetwork, host: HostSide) -> Iterator[Collision]:
    ways_out = host.ways_out
    for route in host.routes:
        if route.is_default and route.gateway is not None and _holds(subnet, route.gateway):
            yield Collision("host_gateway", route.gateway, route.link)
    for address in host.addresses:
        if address.link in ways_out and _holds(subnet, address.interface.ip):
            yield Collision("host_lan", address.interface.network, address.link)
    for route in host.routes:
        if route.is_on_link and not route.is_default and route.link in ways_out and _overlaps(subnet, route.destination):
            yield Collision("host_lan", route.destination, route.link)


def _links_in(subnet: IPNetwork, host: HostSide) -> Iterator[Collision]:
    ways_out = host.ways_out
    for address in host.addresses:
        if address.link not in ways_out and _holds(subnet, address.interface.ip):
            yield Collision("host_address", address.interface.ip, address.link)
    for route in host.routes:
        if route.is_on_link and not route.is_default and route.link not in ways_out and _overlaps(subnet, route.destination):
            yield Collision("host_on_link", route.destination, route.link)


def _holds(subnet: IPNetwork, address: IPAddress) -> bool:
    return address.version == subnet.version and address in subnet


def _overlaps(subnet: IPNetwork, other: IPNetwork) -> bool:
    return other.version == subnet.version and subnet.overlaps(other)
