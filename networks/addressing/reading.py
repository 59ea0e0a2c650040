"""Typed text to addresses and subnets, with the nearest sensible value where it can't be read."""

from __future__ import annotations

from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    NetmaskValueError,
    ip_address,
    ip_network,
)

from networks.addressing.findings import Finding, Misread, bad

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network


def parse_network(text: str, field: str = "subnet") -> IPNetwork:
    """Return the subnet that was typed. Raises Misread, with what was probably meant, for all that Docker would refuse."""
    typed = text.strip()
    address, slash, length = typed.partition("/")
    if not slash:
        raise Misread(bad(field, "no_prefix_length", _with_usual_length(address), typed=typed))
    if not (length.isascii() and length.isdigit()):
        raise Misread(_unreadable_length(field, typed))
    try:
        loose = ip_network(typed, strict=False)
    except ValueError as error:
        raise Misread(bad(field, "not_a_subnet", typed=typed)) from error
    if isinstance(loose, IPv6Network) and "%" in typed:
        raise Misread(bad(field, "not_a_subnet", typed=typed))
    if loose.network_address != ip_address(address):
        raise Misread(bad(field, "host_bits_set", loose, typed=typed))
    return loose


def parse_address(text: str, field: str = "gateway") -> IPAddress:
    """Return the address that was typed. Raises Misread, without a prefix length as suggestion where there is one."""
    typed = text.strip()
    try:
        address = ip_address(typed)
    except ValueError as error:
        bare = typed.partition("/")[0]
        suggestion = bare if "/" in typed and _is_address(bare) else ""
        key = "address_with_prefix_length" if suggestion else "not_an_address"
        raise Misread(bad(field, key, suggestion, typed=typed)) from error
    if "%" in typed:
        raise Misread(bad(field, "not_an_address", typed.partition("%")[0], typed=typed))
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _with_usual_length(text: str) -> str:
    """Return the subnet that somebody who typed a bare address most likely means, "" for none."""
    if not _is_address(text):
        return ""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    zeros = next((count for count, octet in enumerate(reversed(address.packed)) if octet), 4)
    return str(ip_network((address, {2: 16, 3: 8}.get(zeros, 24)), strict=False))


def _unreadable_length(field: str, typed: str) -> Finding:
    try:
        network = IPv4Network(typed, strict=False)  # 255.255.255.0 as a mask: Python reads it, Docker doesn't
    except (AddressValueError, NetmaskValueError, ValueError):
        return bad(field, "not_a_subnet", typed=typed)
    return bad(field, "netmask", network, typed=typed)
