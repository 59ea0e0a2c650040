"""Docker's rules for endpoints, for the Engine in memory: who may connect where, and with which address."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import replace
from ipaddress import IPv4Address
from typing import NoReturn

from networks.addressing.reading import IPAddress, IPNetwork
from networks.engine.facts import ContainerFact, EndpointFact, NetworkFact, PoolFact, SubnetCount
from networks.engine.parsing.refusals import refusal
from networks.engine.specs import ConnectSpec

Taken = Set[IPAddress | None]


def refuse(status: int, sentence: str) -> NoReturn:
    """Say no as an Engine does."""
    raise refusal(status, json.dumps({"message": sentence}).encode(), "", 0.1)


def check_connection(network: NetworkFact, container: ContainerFact, spec: ConnectSpec, taken: Taken) -> None:
    """Refuse a connection that Docker refuses."""
    if network.name == "host":
        refuse(400, "container cannot be disconnected from host network or connected to host network")
    if container.network_mode == "host" or container.network_mode.startswith("container:"):
        refuse(400, "container sharing network namespace with another container or host cannot be connected")
    names = {point.network_name for point in container.endpoints}
    if network.name in names:
        refuse(403, f"endpoint with name {container.name} already exists in network {network.name}")
    if "none" in names:
        refuse(400, "container cannot be connected to multiple networks with one of the networks in private (none) mode")
    if spec.ipv4 and container.state == "running" and spec.ipv4 in taken:
        refuse(403, "Address already in use")


def with_addresses(point: EndpointFact, network: NetworkFact, taken: Taken) -> EndpointFact:
    """Return the endpoint with the address asked for, or the next free one, of each pool."""
    for pool in network.pools:
        address, length = _free_address(point, pool, taken), pool.subnet.prefixlen
        if isinstance(address, IPv4Address):
            mac = "02:42:" + ":".join(f"{byte:02x}" for byte in address.packed)
            gateway = pool.gateway if isinstance(pool.gateway, IPv4Address) else None
            point = replace(point, ipv4=address, ipv4_prefix_length=length, ipv4_gateway=gateway, mac=mac)
        else:
            gateway_6 = None if isinstance(pool.gateway, IPv4Address) else pool.gateway
            point = replace(point, ipv6=address, ipv6_prefix_length=length, ipv6_gateway=gateway_6)
    return point


def released(point: EndpointFact) -> EndpointFact:
    """Return the endpoint of a container that stopped: what was asked for stays, what was assigned goes."""
    return EndpointFact(
        point.network_name,
        point.network_id,
        requested_ipv4=point.requested_ipv4,
        requested_ipv6=point.requested_ipv6,
        aliases=point.aliases,
        dns_names=point.dns_names,
        has_detail=True,
    )


def counted(network: NetworkFact, taken: Taken, hidden: int) -> dict[IPNetwork, SubnetCount]:
    """Return what is counted of each pool; `hidden`: how many more addresses are in use than anybody is told of."""
    found: dict[IPNetwork, SubnetCount] = {}
    for pool in network.pools:
        subnet, handed_out = pool.subnet, pool.ip_range or pool.subnet
        own = {subnet.network_address, *([subnet.broadcast_address] if subnet.version == 4 else ())}
        everybody = {*taken, *own, *pool.aux_addresses.values(), pool.gateway}
        inside = {address for address in everybody if address is not None and address in subnet}
        available = handed_out.num_addresses - sum(address in handed_out for address in inside) - hidden
        found[subnet] = SubnetCount(len(inside) + hidden, min(available, 2**64 - 1))
    return found


def _free_address(point: EndpointFact, pool: PoolFact, taken: Taken) -> IPAddress:
    asked = point.requested_ipv4 if pool.subnet.version == 4 else point.requested_ipv6
    if asked is not None:
        return asked
    used = {*taken, pool.gateway, *pool.aux_addresses.values()}
    for address in (pool.ip_range or pool.subnet).hosts():
        if address not in used:
            return address
    refuse(500, f"no available IPv{pool.subnet.version} addresses on this network's address pools: {pool.subnet}")
