"""What a subnet's addresses are for, as the RFCs have it; Python's own words for it change between its versions."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_network

from networks.addressing.reading import IPNetwork


class RangeKind(StrEnum):
    """What a range is for. PUBLIC: somebody on the internet has it, or may be given it."""

    PRIVATE = "private"
    LOOPBACK = "loopback"
    MULTICAST = "multicast"
    LINK_LOCAL = "link_local"
    SHARED = "shared_space"
    DOCUMENTATION = "documentation"
    RESERVED = "reserved"
    PUBLIC = "public"


# A subnet that has any of these can't be used, whatever else is in it.
_NEVER: tuple[tuple[RangeKind, tuple[str, ...]], ...] = (
    (RangeKind.LOOPBACK, ("127.0.0.0/8",)),
    (RangeKind.MULTICAST, ("224.0.0.0/4", "ff00::/8")),
)
# A subnet is of one of these kinds when all of it is. Source: IANA's special-purpose address registries.
_WITHIN: tuple[tuple[RangeKind, tuple[str, ...]], ...] = (
    (RangeKind.PRIVATE, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
    (RangeKind.LOOPBACK, ("::1/128",)),
    (RangeKind.LINK_LOCAL, ("169.254.0.0/16", "fe80::/10")),
    (RangeKind.SHARED, ("100.64.0.0/10",)),
    (RangeKind.DOCUMENTATION, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")),
    (
        RangeKind.RESERVED,
        ("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "2001::/23", "2002::/16"),
    ),
)
_IPV6_UNICAST = ip_network("2000::/3")  # all of IPv6 that was ever given to anybody
_NEVER_READ = tuple((kind, ip_network(text)) for kind, texts in _NEVER for text in texts)
_WITHIN_READ = tuple((kind, ip_network(text)) for kind, texts in _WITHIN for text in texts)


def is_of_kind(subnet: IPNetwork, kind: RangeKind) -> bool:
    """Tell whether the subnet lies in a range of this kind: in one, not only across it."""
    ranges = (whole for of, whole in (*_NEVER_READ, *_WITHIN_READ) if of is kind and whole.version == subnet.version)
    return any(subnet.subnet_of(whole) for whole in ranges)  # type: ignore[arg-type]


def kind_of(subnet: IPNetwork) -> RangeKind:
    """Return what the subnet's addresses are for; the worst, where they are for several things."""
    for kind, whole in _NEVER_READ:
        if whole.version == subnet.version and whole.overlaps(subnet):
            return kind
    for kind, whole in _WITHIN_READ:
        if whole.version == subnet.version and subnet.subnet_of(whole):  # type: ignore[arg-type]
            return kind
    return RangeKind.PUBLIC if subnet.version == 4 or subnet.overlaps(_IPV6_UNICAST) else RangeKind.RESERVED
