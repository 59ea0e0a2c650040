"""An Engine's machine beside the Engine's own networks, from the newest picture of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_network

from networks.addressing.host import HostAddress, HostRoute, HostSide, is_of_interest
from networks.addressing.parents import ParentLink
from networks.hostnet.facts import RouteFact
from networks.hostnet.hypervisor import is_virtual_machine
from networks.sync.host.board import picture_of
from networks.sync.host.picture import HostLink, HostPicture

# What no macvlan or ipvlan can stand on, or what stands on something itself already: not offered.
_STACKED = frozenset({"macvlan", "macvtap", "ipvlan", "ipvtap"})
_NO_PARENTS = _STACKED | {"loopback", "openvswitch"}
_ETHERNET = 1  # ARPHRD_ETHER, which wireless links and VLANs are to the kernel as well
# What Docker makes for a network without a parent; see OWN_PARENTS of sync/host/remembered.py.
_DUMMY = re.compile(r"d[im]-[0-9a-f]{12}")

_kept: dict[str, tuple[HostPicture, HostSide]] = {}


def host_side_of(engine_slug: str) -> HostSide:
    """Return the machine as it was seen last; one of which nothing is known, where this process doesn't see it.

    The answer is kept as long as the picture is the same: forms ask at every pause in typing.
    """
    picture, kept = picture_of(engine_slug), _kept.get(engine_slug)
    if kept is None or kept[0] is not picture:
        kept = _kept[engine_slug] = (picture, side_of(picture))
    return kept[1]


def side_of(picture: HostPicture) -> HostSide:
    """Return what a picture shows beside the Engine's own bridges, whose addresses and routes are the networks' own."""
    if not picture.view.sees_host or picture.trouble or picture.as_of is None:
        return HostSide()
    own = {link.fact.index for link in picture.links if link.network_id}
    names = {link.fact.index: link.fact.name for link in picture.links}
    links = [(_is_offered(link, own), _parent_of(link, names, picture.routes)) for link in picture.links]
    return HostSide(
        addresses=tuple(
            HostAddress(address.interface, link.fact.name)
            for link in picture.links
            if link.fact.index not in own
            for address in link.fact.addresses
            if is_of_interest(ip_network(address.interface.ip))
        ),
        routes=tuple(
            HostRoute(route.destination, route.link_name, route.gateway, route.is_on_link)
            for route in picture.routes
            if route.link_index not in own and is_of_interest(route.destination)
        ),
        name_servers=tuple(server for server in picture.resolver.name_servers if is_of_interest(ip_network(server))),
        is_known=True,
        knows_name_servers=picture.resolver.is_known,
        parents=tuple(link for is_offered, link in links if is_offered),
        others=tuple(link for is_offered, link in links if not is_offered),
        is_virtual=is_virtual_machine(),
    )


def _is_offered(link: HostLink, own: Collection[int]) -> bool:
    """Tell whether a network may well stand on it: not the Engine's own bridges and what is plugged into them."""
    fact = link.fact
    is_own = fact.index in own or fact.master in own or link.peer is not None or _DUMMY.fullmatch(fact.name)
    return not (is_own or link.belonging or fact.kind in _NO_PARENTS or fact.hardware != _ETHERNET)


def _parent_of(link: HostLink, names: Mapping[int, str], routes: Iterable[RouteFact]) -> ParentLink:
    fact = link.fact
    is_stacked = fact.kind in _STACKED and fact.peer_nsid is None
    return ParentLink(
        fact.name,
        fact.kind,
        fact.state,
        is_on="UP" in fact.flags,
        is_up=fact.is_up,
        is_hardware=fact.is_hardware,
        interfaces=tuple(a.interface for a in fact.addresses if is_of_interest(ip_network(a.interface.ip))),
        routers=tuple(
            route.gateway
            for route in routes
            if route.link_index == fact.index and route.destination.prefixlen == 0 and route.gateway is not None
        ),
        plugged_into=names.get(fact.master, ""),
        is_ethernet=fact.hardware == _ETHERNET,
        bridge_of=link.network_name if link.network_id else "",
        stands_on=names.get(fact.peer, "") if is_stacked else "",
    )
