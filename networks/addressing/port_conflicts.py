"""Which addresses one port can't be had at twice. Measured on Linux 6.18 with dockerd 26.1: docs/engine-behaviour.md."""

from __future__ import annotations

from ipaddress import IPv6Address

from networks.addressing.reading import IPAddress


def is_same_socket(held: IPAddress | None, wanted: IPAddress | None) -> bool:
    """Tell whether a port that is held at one address can't be had at the other; None: all addresses of both families."""
    if held is None or wanted is None:
        return True
    mapped = held.ipv4_mapped if isinstance(held, IPv6Address) else None
    mine = mapped or held
    return mine.version == wanted.version and (mine == wanted or mine.is_unspecified or wanted.is_unspecified)


def is_perhaps_same(held: IPAddress, wanted: IPAddress | None) -> bool:
    """Tell whether a process that has all IPv6 addresses may have the IPv4 one as well: unless it keeps to IPv6, which the
    kernel's table doesn't tell.
    """
    return held.version == 6 and held.is_unspecified and wanted is not None and wanted.version == 4
