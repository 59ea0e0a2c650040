"""Facts to snapshot rows, and back: what the database remembers is enough to go on without reading everything anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.facts import ContainerFact, EndpointFact, LeftoverFact, NetworkFact, PoolFact, PortFact
from networks.engine.states import WITH_STACK
from networks.models.container import is_held

Row = dict[str, Any]  # by column, foreign keys as `engine_id`, as `values()` gives them
# Members that a column of the same name holds: as they are, as text or as a list.
_OF_NETWORK = tuple(name for name in NetworkFact.__slots__ if name not in ("pools", "counts", "peers"))
_OF_CONTAINER = tuple(name for name in ContainerFact.__slots__ if name not in ("endpoints", "ports", "leftover_ports"))
_OF_ENDPOINT = (
    "network_name",
    "ipv4_prefix_length",
    "ipv6_prefix_length",
    "mac",
    "driver_options",
    "gateway_priority",
    "has_detail",
)
_ADDRESSES = {
    **dict.fromkeys(("ipv4", "ipv4_gateway", "requested_ipv4"), IPv4Address),
    **dict.fromkeys(("ipv6", "ipv6_gateway", "requested_ipv6"), IPv6Address),
}
_LISTS = ("dns_names", "link_local_ips", "aliases", "links")
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
    return {"engine_id": engine_pk, "hue": hue, "revision": revision, **{name: getattr(fact, name) for name in _OF_NETWORK}}


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
    mode = fact.network_mode
    return {
        "engine_id": engine_pk,
        "revision": revision,
        "donor_id": mode.removeprefix(DONOR_PREFIX)[:64] if mode.startswith(DONOR_PREFIX) else "",
        "is_mode_lost": is_mode_lost,
        "ports": [_port(port) for port in fact.ports],
        "leftover_ports": [_port(port) for port in fact.leftover_ports],
        **{name: getattr(fact, name) for name in _OF_CONTAINER},
    }


def _port(fact: PortFact) -> Row:
    return {name: getattr(fact, name) for name in PortFact.__slots__}


def endpoint_row(fact: EndpointFact, *, engine_pk: int, container_pk: int, network_pk: int | None) -> Row:
    """Return the row of an endpoint. One on a network that isn't there has nothing: what it was given is kept as a leftover."""
    row: Row = {
        "engine_id": engine_pk,
        "container_id": container_pk,
        "network_id": network_pk,
        "network_docker_id": fact.network_id,
        "docker_id": fact.endpoint_id,
        "leftover": _leftover_document(fact.leftover) if fact.leftover else {},
        **{name: getattr(fact, name) for name in _OF_ENDPOINT},
        **{name: str(getattr(fact, name) or "") for name in _ADDRESSES},
        **{name: list(getattr(fact, name)) for name in _LISTS},
    }
    if network_pk is None and fact.endpoint_id:
        return row | _ASSIGNED | {"leftover": {column: row[column] for column in _ASSIGNED}}
    return row


def _leftover_document(fact: LeftoverFact) -> Row:
    return {"docker_id": fact.endpoint_id, "ipv4": str(fact.ipv4 or ""), "ipv6": str(fact.ipv6 or ""), "mac": fact.mac}


def network_fact(row: Mapping[str, Any], pools: Iterable[Mapping[str, Any]]) -> NetworkFact:
    """Return the fact that a network's row was made of. `row`, `pools`: as `values()` gives them."""
    return NetworkFact(**{name: row[name] for name in _OF_NETWORK}, pools=tuple(_pool_fact(pool) for pool in pools))


def _pool_fact(row: Mapping[str, Any]) -> PoolFact:
    return PoolFact(
        subnet=ip_network(row["subnet"], strict=False),
        gateway=_address(row["gateway"]),
        ip_range=ip_network(row["ip_range"], strict=False) if row["ip_range"] else None,
        aux_addresses={name: ip_address(text) for name, text in row["aux_addresses"].items()},
    )


def container_fact(row: Mapping[str, Any], endpoints: Iterable[Mapping[str, Any]]) -> ContainerFact:
    """Return the fact that a container's row was made of."""
    return ContainerFact(
        **{name: row[name] for name in _OF_CONTAINER},
        endpoints=tuple(_endpoint_fact(endpoint, row["state"]) for endpoint in endpoints),
        ports=tuple(PortFact(**port) for port in row["ports"]),
        leftover_ports=tuple(PortFact(**port) for port in row["leftover_ports"]),
    )


def _endpoint_fact(row: Mapping[str, Any], state: str) -> EndpointFact:
    left = row["leftover"]
    if state in WITH_STACK and is_held(left):
        row, left = {**row, **left}, None
    members: Row = {
        **{name: row[name] for name in _OF_ENDPOINT},
        **{name: kind(row[name]) if row[name] else None for name, kind in _ADDRESSES.items()},
        **{name: tuple(row[name]) for name in _LISTS},
    }
    leftover = LeftoverFact(left["docker_id"], _address(left["ipv4"]), _address(left["ipv6"]), left["mac"]) if left else None
    return EndpointFact(network_id=row["network_docker_id"], endpoint_id=row["docker_id"], leftover=leftover, **members)


def _address(text: str) -> Any:
    return ip_address(text) if text else None
