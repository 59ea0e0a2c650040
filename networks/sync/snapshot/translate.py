"""Facts to snapshot rows, and back: what the database remembers is enough to go on without reading everything anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from networks.engine.facts import ContainerFact, EndpointFact, LeftoverFact, NetworkFact, PoolFact, PortFact
from networks.engine.states import WITH_STACK
from networks.models.container import is_held
from networks.sync.snapshot.memory import DONOR_PREFIX

Row = dict[str, Any]  # by column, foreign keys as `engine_id`, as `values()` gives them
# What an endpoint has, with what stands there where it has nothing.
_ASSIGNED: Row = {
    "docker_id": "",
    "ipv4": "",
    "ipv4_prefix_length": None,
    "ipv4_gateway": "",
    "ipv6": "",
    "ipv6_prefix_length": None,
    "ipv6_gateway": "",
    "mac": "",
}


def network_row(fact: NetworkFact, *, engine_pk: int, hue: int, revision: int) -> Row:
    """Return the row of a network."""
    return {
        "engine_id": engine_pk,
        "docker_id": fact.docker_id,
        "name": fact.name,
        "driver": fact.driver,
        "scope": fact.scope,
        "created_at": fact.created_at,
        "is_internal": fact.is_internal,
        "is_attachable": fact.is_attachable,
        "is_ingress": fact.is_ingress,
        "is_config_only": fact.is_config_only,
        "config_from": fact.config_from,
        "has_ipv4": fact.has_ipv4,
        "has_ipv6": fact.has_ipv6,
        "ipam_driver": fact.ipam_driver,
        "ipam_options": dict(fact.ipam_options),
        "options": dict(fact.options),
        "labels": dict(fact.labels),
        "hue": hue,
        "revision": revision,
    }


def pool_rows(fact: NetworkFact, *, network_pk: int) -> list[Row]:
    """Return the rows of a network's pools, in Docker's order."""
    return [
        {
            "network_id": network_pk,
            "position": position,
            "subnet": str(pool.subnet),
            "ip_range": str(pool.ip_range or ""),
            "gateway": str(pool.gateway or ""),
            "aux_addresses": {name: str(address) for name, address in pool.aux_addresses.items()},
            "besides": None,  # of another pool than before, if there was one: to be counted anew
            "besides_in_range": None,
        }
        for position, pool in enumerate(fact.pools)
    ]


def container_row(fact: ContainerFact, *, engine_pk: int, revision: int, is_mode_lost: bool) -> Row:
    """Return the row of a container."""
    mode = fact.network_mode
    return {
        "engine_id": engine_pk,
        "docker_id": fact.docker_id,
        "name": fact.name,
        "image": fact.image,
        "image_id": fact.image_id,
        "command": fact.command,
        "state": fact.state,
        "exit_code": fact.exit_code,
        "health": fact.health,
        "created_at": fact.created_at,
        "started_at": fact.started_at,
        "finished_at": fact.finished_at,
        "network_mode": mode,
        "donor_id": mode.removeprefix(DONOR_PREFIX)[:64] if mode.startswith(DONOR_PREFIX) else "",
        "is_mode_lost": is_mode_lost,
        "hostname": fact.hostname,
        "pid": fact.pid,
        "restart_policy": fact.restart_policy,
        "is_auto_removed": fact.is_auto_removed,
        "is_out_of_memory": fact.is_out_of_memory,
        "stop_wait_s": fact.stop_wait_s,
        "ending": fact.ending,
        "stopping": fact.stopping,
        "killed_at": fact.killed_at,
        "ports": [_port(port) for port in fact.ports],
        "leftover_ports": [_port(port) for port in fact.leftover_ports],
        "labels": dict(fact.labels),
        "has_detail": fact.has_detail,
        "revision": revision,
    }


def _port(fact: PortFact) -> Row:
    return {name: getattr(fact, name) for name in PortFact.__slots__}


def endpoint_row(fact: EndpointFact, *, engine_pk: int, container_pk: int, network_pk: int | None) -> Row:
    """Return the row of an endpoint. One on a network that isn't there has nothing: what it was given is kept as a leftover."""
    row = _endpoint_row(fact, engine_pk, container_pk, network_pk)
    if network_pk is None and fact.endpoint_id:
        return row | _ASSIGNED | {"leftover": {column: row[column] for column in _ASSIGNED}}
    return row


def _endpoint_row(fact: EndpointFact, engine_pk: int, container_pk: int, network_pk: int | None) -> Row:
    return {
        "engine_id": engine_pk,
        "container_id": container_pk,
        "network_id": network_pk,
        "network_name": fact.network_name,
        "network_docker_id": fact.network_id,
        "docker_id": fact.endpoint_id,
        "ipv4": str(fact.ipv4 or ""),
        "ipv4_prefix_length": fact.ipv4_prefix_length,
        "ipv4_gateway": str(fact.ipv4_gateway or ""),
        "ipv6": str(fact.ipv6 or ""),
        "ipv6_prefix_length": fact.ipv6_prefix_length,
        "ipv6_gateway": str(fact.ipv6_gateway or ""),
        "mac": fact.mac,
        "dns_names": list(fact.dns_names),
        "requested_ipv4": str(fact.requested_ipv4 or ""),
        "requested_ipv6": str(fact.requested_ipv6 or ""),
        "link_local_ips": list(fact.link_local_ips),
        "aliases": list(fact.aliases),
        "links": list(fact.links),
        "driver_options": dict(fact.driver_options),
        "gateway_priority": fact.gateway_priority,
        "leftover": _leftover_document(fact.leftover) if fact.leftover else {},
        "has_detail": fact.has_detail,
    }


def _leftover_document(fact: LeftoverFact) -> Row:
    return {"docker_id": fact.endpoint_id, "ipv4": str(fact.ipv4 or ""), "ipv6": str(fact.ipv6 or ""), "mac": fact.mac}


def network_fact(row: Mapping[str, Any], pools: Iterable[Mapping[str, Any]]) -> NetworkFact:
    """Return the fact that a network's row was made of. `row`, `pools`: as `values()` gives them."""
    plain = {name: row[name] for name in NetworkFact.__slots__ if name not in ("pools", "counts", "peers")}
    return NetworkFact(**plain, pools=tuple(_pool_fact(pool) for pool in pools))


def _pool_fact(row: Mapping[str, Any]) -> PoolFact:
    return PoolFact(
        subnet=ip_network(row["subnet"], strict=False),
        gateway=ip_address(row["gateway"]) if row["gateway"] else None,
        ip_range=ip_network(row["ip_range"], strict=False) if row["ip_range"] else None,
        aux_addresses={name: ip_address(text) for name, text in row["aux_addresses"].items()},
    )


def container_fact(row: Mapping[str, Any], endpoints: Iterable[Mapping[str, Any]]) -> ContainerFact:
    """Return the fact that a container's row was made of."""
    plain = {name: row[name] for name in ContainerFact.__slots__ if name not in ("endpoints", "ports", "leftover_ports")}
    return ContainerFact(
        **plain,
        endpoints=tuple(_endpoint_fact(endpoint, row["state"]) for endpoint in endpoints),
        ports=tuple(PortFact(**port) for port in row["ports"]),
        leftover_ports=tuple(PortFact(**port) for port in row["leftover_ports"]),
    )


def _endpoint_fact(row: Mapping[str, Any], state: str) -> EndpointFact:
    left = row["leftover"]
    if state in WITH_STACK and is_held(left):
        row, left = {**row, **left}, None
    return EndpointFact(
        network_name=row["network_name"],
        network_id=row["network_docker_id"],
        endpoint_id=row["docker_id"],
        ipv4=_ipv4(row["ipv4"]),
        ipv4_prefix_length=row["ipv4_prefix_length"],
        ipv4_gateway=_ipv4(row["ipv4_gateway"]),
        ipv6=_ipv6(row["ipv6"]),
        ipv6_prefix_length=row["ipv6_prefix_length"],
        ipv6_gateway=_ipv6(row["ipv6_gateway"]),
        mac=row["mac"],
        requested_ipv4=_ipv4(row["requested_ipv4"]),
        requested_ipv6=_ipv6(row["requested_ipv6"]),
        link_local_ips=tuple(row["link_local_ips"]),
        aliases=tuple(row["aliases"]),
        dns_names=tuple(row["dns_names"]),
        links=tuple(row["links"]),
        driver_options=row["driver_options"],
        gateway_priority=row["gateway_priority"],
        leftover=LeftoverFact(left["docker_id"], _ipv4(left["ipv4"]), _ipv6(left["ipv6"]), left["mac"]) if left else None,
        has_detail=row["has_detail"],
    )


def _ipv4(text: str) -> IPv4Address | None:
    return IPv4Address(text) if text else None


def _ipv6(text: str) -> IPv6Address | None:
    return IPv6Address(text) if text else None
