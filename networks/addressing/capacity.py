"""How many addresses Docker could hand out of a pool, and how many of those are in use."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from networks.addressing.reading import IPAddress, IPNetwork

# Beyond this nobody counts: a /64 has 18 quintillion, and "3 of 18,446,744,073,709,551,614" says nothing.
COUNTABLE = 2**32


def assignable(
    subnet: IPNetwork,
    *,
    ip_range: IPNetwork | None = None,
    gateway: IPAddress | None = None,
    aux: Iterable[IPAddress] = (),
    is_gateway_given: bool = True,
) -> int | None:
    """Return how many addresses containers could get in turn: those of the range less what is kept back.

    Kept back are the subnet's own address and, for IPv4, its broadcast address (a /31 and a /32 have neither), the gateway
    and the aux addresses. A gateway that wasn't named takes one all the same, the first free one of the range, where
    `is_gateway_given`.
    None for more than 2 ** 32. Source: checked by filling a network of a real Engine.
    """
    first, last = span(subnet, ip_range)
    if last - first >= COUNTABLE:
        return None
    kept_back = {int(address) for address in (*own_addresses(subnet), *aux) if address.version == subnet.version}
    if gateway is not None and gateway.version == subnet.version:
        kept_back.add(int(gateway))
    left = last - first + 1 - sum(first <= address <= last for address in kept_back)
    return max(left - (gateway is None and is_gateway_given), 0)


def span(subnet: IPNetwork, ip_range: IPNetwork | None = None) -> tuple[int, int]:
    """Return the first and the last address, as numbers, that Docker takes addresses from."""
    source = subnet
    if ip_range is not None and ip_range.version == subnet.version and ip_range.subnet_of(subnet):  # type: ignore[arg-type]
        source = ip_range
    return int(source.network_address), int(source.broadcast_address)


def own_addresses(subnet: IPNetwork) -> tuple[IPAddress, ...]:
    """Return the addresses that are the subnet's own: its first and, for IPv4, its last; a /31 and a /32 have none."""
    if not isinstance(subnet, IPv4Network):
        return (subnet.network_address,)
    return (subnet.network_address, subnet.broadcast_address) if subnet.num_addresses > 2 else ()
