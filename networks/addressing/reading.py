"""Typed text to addresses and subnets, with the nearest sensible value where it can't be read; and addresses as text whose order
is the addresses' order, so that a database finds a subnet by one range of an index.
"""

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
from networks.addressing.findings import gettext_noop as _

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network


def to_address(text: str) -> IPAddress | None:
    """Return the address that a text is, None where it is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def to_subnet(text: str) -> IPNetwork | None:
    """Return the subnet that a text is, or that it is an address of; None where it is none."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def parse_network(text: str, field: str = "subnet") -> IPNetwork:
    """Return the subnet that was typed. Raises Misread, with what was probably meant, for all that Docker would refuse."""
    typed = text.strip()
    address, slash, length = typed.partition("/")
    if not slash:
        message = _("“%(typed)s” has no prefix length, such as /24.")
        raise Misread(bad(field, "no_prefix_length", message, _with_usual_length(address), typed=typed))
    if not (length.isascii() and length.isdigit()):
        raise Misread(_unreadable_length(field, typed))
    try:
        loose = ip_network(typed, strict=False)
    except ValueError as error:
        raise Misread(_not_a_subnet(field, typed)) from error
    if isinstance(loose, IPv6Network) and "%" in typed:
        raise Misread(_not_a_subnet(field, typed))
    if loose.network_address != ip_address(address):
        message = _("%(typed)s is an address within a subnet, not the subnet itself.")
        raise Misread(bad(field, "host_bits_set", message, loose, typed=typed))
    return loose


def parse_address(text: str, field: str = "gateway") -> IPAddress:
    """Return the address that was typed. Raises Misread, without a prefix length as suggestion where there is one."""
    typed = text.strip()
    try:
        address = ip_address(typed)
    except ValueError as error:
        bare = typed.partition("/")[0]
        if "/" in typed and _is_address(bare):
            message = _("Write the address without a prefix length.")
            raise Misread(bad(field, "address_with_prefix_length", message, bare, typed=typed)) from error
        raise Misread(bad(field, "not_an_address", _("“%(typed)s” is not an IP address."), typed=typed)) from error
    if "%" in typed:
        raise Misread(bad(field, "not_an_address", _("“%(typed)s” is not an IP address."), typed.partition("%")[0], typed=typed))
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


def _not_a_subnet(field: str, typed: str) -> Finding:
    return bad(field, "not_a_subnet", _("“%(typed)s” is not a subnet. It looks like 10.20.0.0/24."), typed=typed)


def _unreadable_length(field: str, typed: str) -> Finding:
    try:
        network = IPv4Network(typed, strict=False)  # 255.255.255.0 as a mask: Python reads it, Docker doesn't
    except (AddressValueError, NetmaskValueError, ValueError):
        return _not_a_subnet(field, typed)
    return bad(field, "netmask", _("Docker wants a prefix length, not a mask."), network, typed=typed)


def address_key(address: IPAddress) -> str:
    """Return "4" and 8 hex digits, or "6" and 32: `address_key(IPv4Address("172.18.0.3")) == "4ac120003"`."""
    width = 8 if address.version == 4 else 32
    return f"{address.version}{int(address):0{width}x}"


def key_range(subnet: IPNetwork) -> tuple[str, str]:
    """Return the keys of a subnet's first and last address, both included."""
    return address_key(subnet.network_address), address_key(subnet.broadcast_address)
