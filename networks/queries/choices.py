"""What the forms that put containers on networks offer: every container, and networks with who has which address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPAddress
from networks.models import Endpoint
from networks.queries.containers import container_rows
from networks.queries.engine_context import ContainerChoice, NetworkChoice, subnet_of
from networks.queries.engines import read_engine
from networks.queries.networks import POOL_COLUMNS, Record, keep_networks

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


_ENDPOINT = ("container__name", "mac", "ipv4", "ipv6", "requested_ipv4", "requested_ipv6")
# What of a NetworkChoice is a column.
_FLAGS = ("is_attachable", "is_ingress", "is_config_only", "is_internal", "has_ipv6")
_SAME = ("docker_id", "name", "driver", "scope", "hue", "revision", *_FLAGS)


def container_choices(engine_slug: str) -> tuple[ContainerChoice, ...]:
    """Return every container by name. One query, and what `container_rows` asks."""
    engine = read_engine(engine_slug)
    rows = sorted(container_rows(engine), key=lambda row: row.name) if engine else ()
    return tuple(
        ContainerChoice(
            row.docker_id, row.name, row.state, row.network_mode, tuple(one.network_name for one in row.addresses), row.lost_mode
        )
        for row in rows
    )


def network_choices(engine_slug: str, docker_ids: Iterable[str] = ()) -> tuple[NetworkChoice, ...]:
    """Return networks by name, all of them or those with these ids. One query, four where something changed since.

    And one more where docker_gwbridge is among them.
    """
    engine, wanted = read_engine(engine_slug), set(docker_ids)
    found = [one for one in _KEPT.rows(engine) if not wanted or one.docker_id in wanted] if engine else []
    return tuple(
        replace(one, let_out=let_out_by_docker(engine_slug)) if one.name == GATEWAY_BRIDGE else one
        for one in sorted(found, key=lambda one: (one.name, one.docker_id))
    )


def _make(_engine_slug: str, record: Record, pools: list[Record], endpoints: list[Record]) -> NetworkChoice:
    holders: dict[IPAddress, str] = {}
    wishes: dict[IPAddress, str] = {}
    macs: dict[str, str] = {}
    for endpoint in endpoints:
        name, mac = endpoint["container__name"], endpoint["mac"]
        holders.update({ip_address(text): name for text in (endpoint["ipv4"], endpoint["ipv6"]) if text})
        wishes.update({ip_address(text): name for text in (endpoint["requested_ipv4"], endpoint["requested_ipv6"]) if text})
        macs.update({mac: name} if mac else {})
    return NetworkChoice(
        **{name: record[name] for name in _SAME},
        pools=tuple(map(_pool_of, pools)),
        holders=holders,
        wishes={each: name for each, name in wishes.items() if each not in holders},
        macs=macs,
    )


_KEPT = keep_networks(_make, _SAME, POOL_COLUMNS, _ENDPOINT)


def _pool_of(record: Mapping[str, Any]) -> Pool:
    return Pool(
        subnet=subnet_of(record["subnet"]),
        ip_range=subnet_of(record["ip_range"]) if record["ip_range"] else None,
        gateway=ip_address(record["gateway"]) if record["gateway"] else None,
        aux_addresses={name: ip_address(text) for name, text in record["aux_addresses"].items()},
    )
