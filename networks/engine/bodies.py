"""Specs to the JSON documents that an Engine takes; only what was asked for is in them."""

from __future__ import annotations

from typing import Any

from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec, PoolSpec

Document = dict[str, Any]


def network_body(spec: NetworkSpec) -> Document:
    """Return the body of POST /networks/create; its maps are there when empty, as the docker command sends them."""
    body: Document = {"Name": spec.name, "Driver": spec.driver, "CheckDuplicate": True}  # true is the rule from 1.44 on
    for member, value in (("EnableIPv4", spec.enable_ipv4), ("EnableIPv6", spec.enable_ipv6)):
        if value is not None:
            body[member] = value
    flags = {
        "Internal": spec.is_internal,
        "Attachable": spec.is_attachable,
        "Ingress": spec.is_ingress,
        "ConfigOnly": spec.is_config_only,
    }
    body |= {member: True for member, is_on in flags.items() if is_on}
    if spec.scope:
        body["Scope"] = spec.scope
    if spec.config_from:
        body["ConfigFrom"] = {"Network": spec.config_from}
    pools = [pool for pool in map(_pool_body, spec.pools) if pool]
    body["IPAM"] = {"Driver": spec.ipam_driver, "Options": dict(spec.ipam_options), "Config": pools}
    return body | {"Options": dict(spec.options), "Labels": dict(spec.labels)}


def _pool_body(pool: PoolSpec) -> Document:
    body: Document = {}
    if pool.subnet is not None:
        body["Subnet"] = str(pool.subnet)
    if pool.ip_range is not None:
        body["IPRange"] = str(pool.ip_range)
    if pool.gateway is not None:
        body["Gateway"] = str(pool.gateway)
    if pool.aux_addresses:
        body["AuxiliaryAddresses"] = {name: str(address) for name, address in pool.aux_addresses.items()}
    return body


def connect_body(spec: ConnectSpec) -> Document:
    """Return the body of POST /networks/{id}/connect; its maps are there when empty, as the docker command sends them."""
    return {"Container": spec.container_id, "EndpointConfig": endpoint_body(spec)}


def endpoint_body(spec: ConnectSpec) -> Document:
    """Return what a container shall have on a network, for a connect as for a create."""
    addresses = {"IPv4Address": spec.ipv4, "IPv6Address": spec.ipv6}
    asked: Document = {member: str(address) for member, address in addresses.items() if address is not None}
    if spec.link_local_ips:
        asked["LinkLocalIPs"] = [str(address) for address in spec.link_local_ips]
    endpoint: Document = {"IPAMConfig": asked, "Aliases": list(spec.aliases), "DriverOpts": dict(spec.driver_options)}
    if spec.links:
        endpoint["Links"] = list(spec.links)
    if spec.gateway_priority:
        endpoint["GwPriority"] = spec.gateway_priority
    if spec.mac:
        endpoint["MacAddress"] = spec.mac
    return endpoint


def disconnect_body(spec: DisconnectSpec) -> Document:
    """Return the body of POST /networks/{id}/disconnect."""
    return {"Container": spec.container_id, "Force": spec.is_forced}
