"""A machine with a LAN, put on the board as the watcher of its Engine would: for forms and policy that ask what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_interface, ip_network

from networks.hostnet.facts import HostView, LinkAddress, LinkFact, ResolverFact, RouteFact
from networks.sync.host.board import HostLink, HostPicture, put_up, take_down
from tests.fake_host import EVERYTHING, UP, FakeHost

SUBNET, ROUTER = "192.168.77.0/24", "192.168.77.1"


def office(*, view: HostView = EVERYTHING) -> HostPicture:
    """Return the picture of a machine with eth0 on 192.168.77.0/24, a router, a name server, and a network's bridge."""
    host = FakeHost()
    lan = host.add_link("eth0", "ethernet", "192.168.77.4/24", "fe80::4/64")
    bridge = host.add_link("br-front", "bridge", "10.20.0.1/24")
    routes = (
        _route("0.0.0.0/0", lan, "eth0", ROUTER),
        _route(SUBNET, lan, "eth0"),
        _route("10.20.0.0/24", bridge, "br-front"),
        _route("fe80::/64", lan, "eth0"),
    )
    return HostPicture(
        view,
        tuple(_named(fact, bridge) for fact in host.links.values()),
        routes,
        ResolverFact((ip_address("10.53.0.53"), ip_address("127.0.0.53"))),
        revision=1,
        as_of=datetime.now(UTC),
    )


def crowded(*, bridges: int = 200, ports: int = 500, vlans: int = 300) -> HostPicture:
    """Return the picture of an office's machine with so many more links: networks' bridges, ports, and VLANs with a /24 each."""
    office_s = office()
    first = max(link.fact.index for link in office_s.links) + 1
    made = [
        *(("bridge", "bridge", f"br-{n:012x}", f"10.{64 + n // 256}.{n % 256}.1/24") for n in range(bridges)),
        *(("port", "veth", f"veth{n:07x}", "") for n in range(ports)),
        *(("", "vlan", f"eth0.{n}", f"10.{32 + n // 256}.{n % 256}.2/24") for n in range(vlans)),
    ]
    links, routes = [], []
    for index, (owner, kind, name, address) in enumerate(made, first):
        addresses = (LinkAddress(ip_interface(address)),) if address else ()
        fact = LinkFact(index, name, kind, UP, 1500, 1000, addresses=addresses)
        links.append(HostLink(fact, network_id="e" * 64 if owner == "bridge" else ""))
        routes += [_route(str(each.interface.network), index, name) for each in addresses]
    return replace(office_s, links=(*office_s.links, *links), routes=(*office_s.routes, *routes))


@contextmanager
def seen(picture: HostPicture, engine_slug: str = "local") -> Iterator[None]:
    """Have the picture on the board for a while."""
    put_up(engine_slug, picture)
    try:
        yield
    finally:
        take_down(engine_slug)


def _named(fact: LinkFact, bridge: int) -> HostLink:
    is_bridge = fact.index == bridge
    return HostLink(fact, network_id="f" * 64 if is_bridge else "", network_name="front" if is_bridge else "")


def _route(destination: str, link: int, name: str, gateway: str = "") -> RouteFact:
    return RouteFact(ip_network(destination), ip_address(gateway) if gateway else None, link, name)
