"""What a record of Docker's says: wishes of an endpoint, subnets of a network, the room in one."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any

ON_BRIDGE = "the bridge's own address"  # not Docker's word: Reality puts it into the pools of a record
BRIDGE = "com.docker.network.bridge.name"


def asked_for(end: dict[str, Any]) -> list[str]:
    """Return the addresses that an endpoint was asked to have."""
    wish = end.get("IPAMConfig") or {}
    return [wish[name] for name in ("IPv4Address", "IPv6Address") if wish.get(name)]


def bridge_of(net: dict[str, Any]) -> str:
    """Return what its Linux bridge is called."""
    named = net["Options"].get(BRIDGE)
    return str(named) if named else f"br-{net['Id'][:12]}"


def pools_of(net: dict[str, Any]) -> list[dict[str, Any]]:
    """Return its subnets as Docker has them."""
    return list(net["IPAM"]["Config"] or ())


def gateway_of(pool: dict[str, Any]) -> str:
    """Return the address that is the gateway's: as it was typed, or else as the bridge has it, which Docker says only later."""
    return str(pool.get("Gateway") or pool.get(ON_BRIDGE) or "").partition("/")[0]


def room_of(pool: dict[str, Any]) -> set[str]:
    """Return every address that Docker may hand out of an IPv4 pool by itself."""
    subnet = ip_network(pool["Subnet"])
    assert isinstance(subnet, IPv4Network)
    span = ip_network(pool["IPRange"]) if pool.get("IPRange") else subnet
    own = {str(subnet.network_address), str(subnet.broadcast_address), gateway_of(pool)}
    own |= set((pool.get("AuxiliaryAddresses") or {}).values())
    return {str(address) for address in span if str(address) not in own}


def is_within(address: str, subnet: str) -> bool:
    """Tell whether an address is one of a subnet's."""
    return ip_address(address) in ip_network(subnet)
