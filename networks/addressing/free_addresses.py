"""Values that would do: a free subnet, a free address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from networks.addressing.pool_checks import SHORTEST, Pool, is_reserved_in
from networks.addressing.reading import IPAddress, IPNetwork

# What dockerd 26 divides when nobody configured pools (`docker info` doesn't show these). Source: moby, ipamutils
DOCKER_DEFAULT_POOLS: tuple[tuple[str, int], ...] = (
    ("172.17.0.0/16", 16),
    ("172.18.0.0/16", 16),
    ("172.19.0.0/16", 16),
    ("172.20.0.0/14", 16),
    ("172.24.0.0/14", 16),
    ("172.28.0.0/14", 16),
    ("192.168.0.0/16", 20),
)
# Where a network of one's own may lie. Most people number from 10.0.0.0 on, so what is most likely free comes first. For IPv6:
# unique local addresses (RFC 4193), for people who have no prefix of their own.
PRIVATE: dict[int, tuple[str, ...]] = {
    4: ("10.128.0.0/9", "10.0.0.0/9", "172.16.0.0/12", "192.168.0.0/16"),
    6: ("fd00::/8",),
}
USUAL = {4: 16, 6: 64}  # prefix lengths: what Docker takes from its default pools, and what IPv6 wants for a link
LONGEST = {4: 29, 6: 125}  # longer ones have little room


def default_pools_of(said: Sequence[tuple[str, int]]) -> Iterator[IPNetwork]:
    """Yield the subnets that Docker divides for networks that name none. `said`: as `docker info` has them, () for nothing."""
    for base, _size in said or DOCKER_DEFAULT_POOLS:
        yield ip_network(base, strict=False)


def suggest_subnet_of(version: int, occupied: Iterable[IPNetwork | IPAddress], prefix: int | None = None) -> IPNetwork | None:
    """Return the first private subnet that has none of the addresses that are occupied, None where there is none.

    `prefix`: the wanted prefix length, brought to what is neither too big nor too small; None: the usual one.
    """
    size = min(max(prefix if prefix is not None else USUAL[version], SHORTEST[version]), LONGEST[version])
    bounds = sorted(_bounds(each) for each in occupied if each.version == version)
    return next((block for base in PRIVATE[version] if (block := _first_free_block(base, size, bounds)) is not None), None)


def next_free_address(pool: Pool, taken: Collection[IPAddress]) -> IPAddress | None:
    """Return the lowest address that Docker could hand out: within range (ip range, else subnet), neither reserved nor taken."""
    if pool.subnet is None:
        return None
    block = pool.ip_range or pool.subnet
    refused = {*taken, *pool.aux_addresses.values()}
    refused.add(pool.gateway if pool.gateway is not None else pool.subnet.network_address + 1)
    # Each step past the start meets a refused address, so this ends after len(refused) + 2 steps however large the block is.
    number, last = int(block.network_address), int(block.broadcast_address)
    make = IPv6Address if pool.subnet.version == 6 else IPv4Address
    while number <= last:
        address = make(number)
        if address not in refused and not is_reserved_in(pool.subnet, address):
            return address
        number += 1
    return None


def _bounds(occupied: IPNetwork | IPAddress) -> tuple[int, int]:
    if isinstance(occupied, IPv4Network | IPv6Network):
        return int(occupied.network_address), int(occupied.broadcast_address)
    return int(occupied), int(occupied)


def _first_free_block(base: str, size: int, bounds: Sequence[tuple[int, int]]) -> IPNetwork | None:
    """Return the first free block of prefix length `size`, going once through what is occupied, in ascending order."""
    whole: IPNetwork = IPv6Network(base) if ":" in base else IPv4Network(base)
    step = 1 << (whole.max_prefixlen - size)
    start, last = int(whole.network_address), int(whole.broadcast_address)
    for first, end in bounds:
        if end < start:
            continue
        if first > start + step - 1:
            break
        start += step * ((end - start) // step + 1)
    return type(whole)((start, size)) if start + step - 1 <= last else None
