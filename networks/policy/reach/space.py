"""Where an operator may put a network: in pools that the Engine was given, or in private space that nothing of its machine uses.

A bridge takes a route on the Engine's machine: whoever chooses its subnet chooses whose packets go into it (rule S12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_network

from networks.addressing.host import HostSide, collisions
from networks.addressing.pools import is_any_of_size
from networks.addressing.ranges import Kind, kind_of
from networks.addressing.reading import IPAddress, IPNetwork
from networks.models import EngineStatus, Pool
from networks.policy.reach.side import host_side_of
from networks.queries.engines import list_slugs, read_pairs

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
        if kind_of(subnet) is not Kind.PRIVATE:
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
