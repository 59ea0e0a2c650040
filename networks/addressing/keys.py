"""Addresses as text whose order is the addresses' order, so that a database finds a subnet by one range of an index."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network


def address_key(address: IPv4Address | IPv6Address) -> str:
    """Return "4" and 8 hex digits, or "6" and 32: `address_key(IPv4Address("172.18.0.3")) == "4ac120003"`."""
    width = 8 if address.version == 4 else 32
    return f"{address.version}{int(address):0{width}x}"


def key_range(subnet: IPv4Network | IPv6Network) -> tuple[str, str]:
    """Return the keys of a subnet's first and last address, both included."""
    return address_key(subnet.network_address), address_key(subnet.broadcast_address)
