"""Values that would do: a free subnet, a free address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from networks.addressing.pools import Pool, is_reserved_in
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
# Unique local addresses (RFC 4193) for people who have no prefix of their own.
IPV6_BASE = ("fd00::/48", 64)


def suggest_free_subnet(
    taken: Iterable[IPNetwork], default_pools: Sequence[tuple[str, int]] = (), *, skip: Collection[IPNetwork] = ()
) -> IPv4Network | None:
    """Return the first block of the Engine's default pools (else of Docker's own) that overlaps nothing in `taken`."""
    occupied = [*taken, *skip]
    for base, size in default_pools or DOCKER_DEFAULT_POOLS:
        block = _first_free_block(base, size, occupied)
        if isinstance(block, IPv4Network):
            return block
    return None


def suggest_free_ipv6_subnet(taken: Iterable[IPNetwork]) -> IPv6Network | None:
    """Return a free /64 of unique local addresses."""
    block = _first_free_block(*IPV6_BASE, list(taken))
    return block if isinstance(block, IPv6Network) else None


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


def _first_free_block(base: str, size: int, occupied: Sequence[IPNetwork]) -> IPNetwork | None:
    """Return the first free block of prefix length `size`, jumping over what is occupied instead of trying every block."""
    whole: IPNetwork = IPv6Network(base) if ":" in base else IPv4Network(base)
    bounds = sorted(
        (int(other.network_address), int(other.broadcast_address)) for other in occupied if other.version == whole.version
    )
    step = 1 << (whole.max_prefixlen - size)
    start, last = int(whole.network_address), int(whole.broadcast_address)
    while start + step - 1 <= last:
        clash = next((end for begin, end in bounds if begin <= start + step - 1 and end >= start), None)
        if clash is None:
            return type(whole)((start, size))
        start += step * ((clash - start) // step + 1)
    return None
