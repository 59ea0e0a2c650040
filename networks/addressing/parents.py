"""Links of the machine that macvlan and ipvlan networks can stand on, and what one of them suggests for a pool."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_network

from networks.addressing.reading import IPAddress, IPNetwork

# An eighth of the subnet: of a /24 that is 32 addresses. A router's DHCP seldom hands out its subnet's last ones.
_SHARE = 3
_LONGEST = 29  # a smaller range has no room worth having


@dataclass(frozen=True, slots=True)
class ParentLink:
    """A link that a network may stand on. `kind`, `state`: the kernel's words.

    `is_on`: it is switched on; `is_up`: and its lower layer is connected. `routers`: gateways of default routes through it.
    `plugged_into`: the bridge or bond that it is a port of, "" for none. `bridge_of`: the Engine's network whose bridge it is;
    `stands_on`: of a macvlan or ipvlan link, its own parent.
    """

    name: str
    kind: str
    state: str = "up"
    is_on: bool = True
    is_up: bool = True
    is_hardware: bool = False
    interfaces: tuple[IPv4Interface | IPv6Interface, ...] = ()
    routers: tuple[IPAddress, ...] = ()
    plugged_into: str = ""
    is_ethernet: bool = True
    bridge_of: str = ""
    stands_on: str = ""

    def subnet(self, version: int = 4) -> IPNetwork | None:
        """Return the first subnet of this family that the link is on, None where it has no address of it."""
        return next((each.network for each in self.interfaces if each.version == version), None)

    def router(self, subnet: IPNetwork) -> IPAddress | None:
        """Return the router that it has in a subnet, None for none."""
        return next((each for each in self.routers if each.version == subnet.version and each in subnet), None)

    def own_addresses(self, subnet: IPNetwork) -> list[IPAddress]:
        """Return the machine's own addresses in a subnet."""
        return [each.ip for each in self.interfaces if each.version == subnet.version and each.ip in subnet]


def split_vlan(name: str) -> tuple[str, str]:
    """Return ("eth0", "10") of "eth0.10", and ("eth0", "") of any other name."""
    base, dot, number = name.rpartition(".")
    return (base, number) if dot and base and number.isascii() and number.isdigit() else (name, "")


def quiet_range(subnet: IPNetwork, kept: Collection[IPAddress]) -> IPNetwork | None:
    """Return a part of a LAN's subnet for containers, from its end, without any of the addresses in `kept`; None for none.

    The last part that is free of them: routers and hosts have the first addresses, DHCP mostly those in the middle.
    """
    if subnet.version != 4 or subnet.prefixlen + _SHARE > _LONGEST:
        return None
    size = 1 << (32 - subnet.prefixlen - _SHARE)
    last = int(subnet.broadcast_address) + 1
    for start in range(last - size, int(subnet.network_address), -size):
        part = ip_network((start, subnet.prefixlen + _SHARE))
        if not any(each.version == 4 and each in part for each in kept):
            return part
    return None
