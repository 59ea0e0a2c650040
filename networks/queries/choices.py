"""What the forms that put containers on networks offer: every container, and networks with who has which address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from networks.addressing.pools import Pool
from networks.addressing.reading import IPAddress
from networks.models import Container, Endpoint, Network
from networks.models import Pool as PoolRecord
from networks.queries.cache.prepared import Prepared, Query
from networks.queries.engine_context import MOST_PARSED, ContainerChoice, NetworkChoice, subnet_of

GATEWAY_BRIDGE = "docker_gwbridge"


def let_out_by_docker(engine_slug: str) -> frozenset[str]:
    """Return the ids of containers on an overlay network whose way out it is, as libnetwork decides it. One query.

    It gives them one unless a network that isn't internal gave them a gateway. An overlay that is internal asks for none.
    """
    endpoints = Endpoint.objects.present().filter(engine__slug=engine_slug, network__is_internal=False)
    columns = ("container__docker_id", "network__driver", "ipv4", "ipv4_gateway")
    inward, outward = set(), set()
    for docker_id, driver, address, gateway in endpoints.values_list(*columns):
        if gateway:
            outward.add(docker_id)
        elif driver == "overlay" and address:
            inward.add(docker_id)
    return frozenset(inward - outward)


_POOL = ("network__docker_id", "subnet", "ip_range", "gateway", "aux_addresses")
_HELD = ("network__docker_id", "container__name", "mac", "ipv4", "ipv6", "requested_ipv4", "requested_ipv6")
# What of a NetworkChoice is a column, and of a ContainerChoice.
_CHOICE = (
    "docker_id",
    "name",
    "driver",
    "has_ipv6",
    "hue",
    "scope",
    "is_attachable",
    "is_ingress",
    "is_config_only",
    "is_internal",
)
_CONTAINER = ("docker_id", "name", "state", "network_mode", "is_mode_lost")
_address = lru_cache(MOST_PARSED)(ip_address)


def _places(engine_slug: str) -> Query:
    endpoints: Query = Endpoint.objects.present().filter(engine__slug=engine_slug)
    return endpoints.order_by("network_name").values("container__docker_id", "network_name")


def _containers(engine_slug: str) -> Query:
    containers: Query = Container.objects.filter(engine__slug=engine_slug)
    return containers.order_by("name").values(*_CONTAINER)


def _networks(engine_slug: str, *docker_ids: str) -> Query:
    networks: Query = Network.objects.filter(engine__slug=engine_slug)
    return networks.filter(docker_id__in=docker_ids) if docker_ids else networks


def _pools(engine_slug: str, *docker_ids: str) -> Query:
    pools: Query = PoolRecord.objects.filter(network__in=_networks(engine_slug, *docker_ids))
    return pools.values(*_POOL)


def _held(engine_slug: str, *docker_ids: str) -> Query:
    endpoints: Query = Endpoint.objects.present().filter(network__in=_networks(engine_slug, *docker_ids))
    return endpoints.values(*_HELD)


def _choices(engine_slug: str, *docker_ids: str) -> Query:
    return _networks(engine_slug, *docker_ids).order_by("name", "docker_id").values(*_CHOICE)


_PLACES, _CONTAINERS = Prepared(_places, str), Prepared(_containers, str)
_PARTS = (_pools, _held, _choices)
_OF_ALL = tuple(Prepared(part, str) for part in _PARTS)
_OF_ONE = tuple(Prepared(part, str, str) for part in _PARTS)


def container_choices(engine_slug: str) -> tuple[ContainerChoice, ...]:
    """Return every container by name. Two queries."""
    on: dict[str, list[str]] = {}
    for endpoint in _PLACES.rows(engine_slug):
        on.setdefault(endpoint["container__docker_id"], []).append(endpoint["network_name"])
    found = []
    for record in _CONTAINERS.rows(engine_slug):
        docker_id, name, state, mode, is_lost = record.values()
        found.append(ContainerChoice(docker_id, name, state, mode, tuple(on.get(docker_id, ())), mode if is_lost else ""))
    return tuple(found)


def network_choices(engine_slug: str, docker_ids: Iterable[str] = ()) -> tuple[NetworkChoice, ...]:
    """Return networks by name, all of them or those with these ids. Three queries, and a fourth for docker_gwbridge."""
    asked = (engine_slug, *docker_ids)
    if len(asked) <= 2:
        pool_records, endpoints, records = (prepared.rows(*asked) for prepared in (_OF_ALL, _OF_ONE)[len(asked) - 1])
    else:
        pool_records, endpoints, records = (list(part(*asked)) for part in _PARTS)
    pools: dict[str, list[Pool]] = {}
    for record in pool_records:
        pools.setdefault(record["network__docker_id"], []).append(_pool_of(record))
    held: dict[str, dict[IPAddress, str]] = {}
    wished: dict[str, dict[IPAddress, str]] = {}
    macs: dict[str, dict[str, str]] = {}
    for endpoint in endpoints:
        docker_id, name, mac, ipv4, ipv6, asked4, asked6 = endpoint.values()
        held.setdefault(docker_id, {}).update({_address(text): name for text in (ipv4, ipv6) if text})
        wished.setdefault(docker_id, {}).update({_address(text): name for text in (asked4, asked6) if text})
        macs.setdefault(docker_id, {}).update({mac: name} if mac else {})
    return tuple(
        NetworkChoice(
            **record,
            pools=tuple(pools.get(record["docker_id"], ())),
            holders=(holders := held.get(record["docker_id"], {})),
            wishes={each: name for each, name in wished.get(record["docker_id"], {}).items() if each not in holders},
            macs=macs.get(record["docker_id"], {}),
            let_out=let_out_by_docker(engine_slug) if record["name"] == GATEWAY_BRIDGE else frozenset(),
        )
        for record in records
    )


def _pool_of(record: Mapping[str, Any]) -> Pool:
    return Pool(
        subnet=subnet_of(record["subnet"]),
        ip_range=subnet_of(record["ip_range"]) if record["ip_range"] else None,
        gateway=_address(record["gateway"]) if record["gateway"] else None,
        aux_addresses={name: _address(text) for name, text in record["aux_addresses"].items()},
    )
