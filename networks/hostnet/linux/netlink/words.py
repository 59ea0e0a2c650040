"""The kernel's numbers in the words that `ip` writes for them. Source: linux/if.h, linux/rtnetlink.h, iproute2's rt_names."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# IFF_*, in the order in which `ip link` lists them but for RUNNING: an "UP" without it is a "NO-CARRIER".
FLAGS: Final = {
    "LOOPBACK": 0x8,
    "BROADCAST": 0x2,
    "POINTOPOINT": 0x10,
    "MULTICAST": 0x1000,
    "NOARP": 0x80,
    "ALLMULTI": 0x200,
    "PROMISC": 0x100,
    "MASTER": 0x400,
    "SLAVE": 0x800,
    "DEBUG": 0x4,
    "DYNAMIC": 0x8000,
    "AUTOMEDIA": 0x4000,
    "PORTSEL": 0x2000,
    "NOTRAILERS": 0x20,
    "UP": 0x1,
    "LOWER_UP": 0x10000,
    "DORMANT": 0x20000,
    "ECHO": 0x40000,
    "RUNNING": 0x40,
}

_STATES: Final = ("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up")
_SCOPES: Final = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
_ROUTE_KINDS: Final = (
    *("unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw", "nat"),
    "xresolve",
)
_PROTOCOLS: Final = {
    0: "",
    1: "redirect",
    2: "kernel",
    3: "boot",
    4: "static",
    8: "gated",
    9: "ra",
    10: "mrt",
    11: "zebra",
    12: "bird",
    13: "dnrouted",
    14: "xorp",
    15: "ntk",
    16: "dhcp",
    18: "keepalived",
    42: "babel",
    186: "bgp",
    187: "isis",
    188: "ospf",
    189: "rip",
    192: "eigrp",
}
# ARPHRD_*, of links that no driver gives a kind.
_HARDWARE: Final = {
    1: "ethernet",
    32: "infiniband",
    280: "can",
    512: "ppp",
    772: "loopback",
    801: "wireless",
    802: "wireless",
    803: "wireless",
}
LOOPBACK: Final = 772


@lru_cache(maxsize=1024)
def flags_of(number: int) -> tuple[str, ...]:
    """Return a link's flags; bits without a name come last, as one hexadecimal number."""
    rest = number & ~sum(FLAGS.values())
    return (
        *(("NO-CARRIER",) if number & FLAGS["UP"] and not number & FLAGS["RUNNING"] else ()),
        *(name for name, bit in FLAGS.items() if number & bit and name != "RUNNING"),
        *((f"{rest:x}",) if rest else ()),
    )


def state_of(number: int) -> str:
    """Return a link's operational state."""
    return _STATES[number] if number < len(_STATES) else str(number)


def scope_of(number: int) -> str:
    """Return the scope of an address or a route."""
    return _SCOPES.get(number) or str(number)


def route_kind_of(number: int) -> str:
    """Return what a route does with its packets."""
    return _ROUTE_KINDS[number] if number < len(_ROUTE_KINDS) else str(number)


def protocol_of(number: int) -> str:
    """Return who made a route, "" where nobody said."""
    name = _PROTOCOLS.get(number)
    return str(number) if name is None else name


def hardware_kind_of(number: int) -> str:
    """Return the kind of a link whose driver doesn't name one, by its hardware."""
    return _HARDWARE.get(number, "unknown")
