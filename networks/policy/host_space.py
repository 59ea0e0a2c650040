"""Where an operator may put a network: in pools that the Engine was given, or in private space that nothing of its machine uses.

A bridge takes a route on the Engine's machine: whoever chooses its subnet chooses whose packets go into it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_network

from networks.addressing.host import HostAddress, HostRoute, HostSide, ParentLink, collisions, is_of_interest
from networks.addressing.pool_checks import is_any_of_size
from networks.addressing.ranges import RangeKind, kind_of
from networks.addressing.reading import IPAddress, IPNetwork
from networks.hostnet.facts import RouteFact
from networks.hostnet.own_process import is_virtual_machine
from networks.models import EngineStatus, Pool
from networks.queries.engines import list_slugs, read_pairs
from networks.sync.host.board import HostLink, HostPicture, picture_of

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


_BLOCKS = tuple(ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))


@dataclass(frozen=True, slots=True)
class Beyond:
    """Why only an admin chooses a subnet.

    `key`: "space_public" (not private), "space_unseen" (nobody knows what of the machine lies in it), "space_taken" (`what`,
    a subnet or an address, does), "space_near" (others may be in `what`, the private block of the machine's own network).
    """

    subnet: IPNetwork
    key: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Space:
    """What of an Engine's machine is known. `given`: the default address pools that its owner wrote down. `others`: the subnets
    and pools of other Engines on a machine that is seen."""

    given: Sequence[IPNetwork] = ()
    host: HostSide = field(default_factory=HostSide)
    others: Sequence[IPNetwork] = ()

    def beyond(self, subnet: IPNetwork) -> Beyond | None:
        """Return why only an admin chooses this subnet, None where an operator may."""
        if is_any_of_size(subnet) or any(_holds(pool, subnet) for pool in self.given):
            return None
        if kind_of(subnet) is not RangeKind.PRIVATE:
            return Beyond(subnet, "space_public")
        if not (self.host.is_known and self.host.knows_name_servers):
            return Beyond(subnet, "space_unseen")
        taken = [str(collision.what) for collision in collisions(subnet, self.host)]
        taken += [str(other) for other in self.others if _overlaps(other, subnet)]
        if taken:
            return Beyond(subnet, "space_taken", taken[0])
        near = next((block for block in self.near if _overlaps(block, subnet)), None)
        return None if near is None else Beyond(subnet, "space_near", str(near))

    @property
    def near(self) -> list[IPNetwork]:
        """The private blocks in which the machine reaches others by its way out: their subnets are in none of its routes."""
        ways_out = self.host.ways_out
        known: list[IPAddress] = [each.interface.ip for each in self.host.addresses if each.link in ways_out]
        known += [route.gateway for route in self.host.routes if route.is_default and route.gateway is not None]
        known += self.host.name_servers
        return [block for block in _BLOCKS if any(each.version == block.version and each in block for each in known)]


def read_space(engine_slug: str) -> Space:
    """Return what is known of an Engine's machine, as it was seen last. Three queries at most."""
    beside = [slug for slug in list_slugs() if slug != engine_slug and host_side_of(slug).is_known]
    pools = dict(EngineStatus.objects.filter(engine__slug__in=[engine_slug, *beside]).values_list(*_GIVEN))
    others = [] if not beside else Pool.objects.filter(network__engine__slug__in=beside).values_list("subnet", flat=True)
    return Space(
        tuple(_read_given(pools.get(engine_slug) or ())),
        host_side_of(engine_slug),
        (*(ip_network(each) for each in others), *(each for slug in beside for each in _read_given(pools.get(slug) or ()))),
    )


def subnets_beyond(engine_slug: str, subnets: Iterable[IPNetwork]) -> tuple[Beyond, ...]:
    """Return those of these subnets that only an admin chooses, each with its reason. No subnet, no query."""
    wanted = tuple(subnets)
    if not wanted:
        return ()
    space = read_space(engine_slug)
    return tuple(found for subnet in wanted if (found := space.beyond(subnet)) is not None)


_GIVEN = ("engine__slug", "default_address_pools")


def _read_given(stored: Iterable[object]) -> Iterator[IPNetwork]:
    for base, _size in read_pairs(stored):
        with suppress(ValueError):  # an Engine may say anything
            yield ip_network(base, strict=False)


def _holds(pool: IPNetwork, subnet: IPNetwork) -> bool:
    return pool.version == subnet.version and subnet.subnet_of(pool)  # type: ignore[arg-type]


def _overlaps(other: IPNetwork, subnet: IPNetwork) -> bool:
    return other.version == subnet.version and subnet.overlaps(other)
