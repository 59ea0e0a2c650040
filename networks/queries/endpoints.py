"""Endpoints as the pages of one network and of one container show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.models import Endpoint
from networks.models.container import is_held, is_remnant
from networks.queries.containers import is_lost, is_missing
from networks.queries.rows import EndpointRow

# What of a row is a column of the same name, a list there, a column of its container, or one of a network that may not be there.
_ASSIGNED = ("ipv4", "ipv4_prefix_length", "ipv6", "ipv6_prefix_length", "ipv4_gateway", "mac")
_SAME = ("network_name", *_ASSIGNED, "requested_ipv4", "requested_ipv6", "gateway_priority")
_LISTS = ("dns_names", "aliases", "link_local_ips", "links")
_CONTAINERS = {"container_id": "docker_id", "container_name": "name", "container_state": "state"}
_CONTAINERS |= {"exit_code": "exit_code", "ending": "ending", "revision": "revision"}
_COLUMNS = (*_SAME, *_LISTS, *(f"container__{name}" for name in _CONTAINERS.values()))
_COLUMNS += ("network__docker_id", "network__driver", "network__hue", "network_docker_id", "engine_id", "docker_id")
_COLUMNS += ("driver_options", "leftover")


def endpoint_rows(engine_slug: str, *, network_id: str = "", container_id: str = "") -> tuple[EndpointRow, ...]:
    """Return the endpoints of one network or of one container, by container and network name. One query.

    A container's with those that its record alone names, which are no network's.
    """
    found = Endpoint.objects.filter(container__engine__slug=engine_slug)
    if network_id:
        found = found.filter(network__docker_id=network_id).present()
    if container_id:
        found = found.filter(container__docker_id=container_id)
    records = found.order_by("container__name", "container__docker_id", "network_name").values(*_COLUMNS)
    return tuple(_row_of(engine_slug, record) for record in records)


def _row_of(engine_slug: str, record: Mapping[str, Any]) -> EndpointRow:
    lists: dict[str, Any] = {name: tuple(record[name]) for name in _LISTS}
    return EndpointRow(
        **{name: record[name] for name in _SAME},
        **lists,
        **{name: record[f"container__{column}"] for name, column in _CONTAINERS.items()},
        engine_slug=engine_slug,
        network_id=record["network__docker_id"] or "",
        network_driver=record["network__driver"] or "",
        hue=record["network__hue"] or 0,
        driver_options=tuple(sorted((str(key), str(value)) for key, value in record["driver_options"].items())),
        leftover=_left(record),
        is_remnant=is_remnant(record),
        is_lost=is_lost(record),
        is_awaited=record["network__docker_id"] is None and not is_missing(record),
    )


def _left(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses that the record alone names; what a running one has on a network that isn't there is none."""
    left = {} if is_held(record["leftover"]) else record["leftover"]
    return tuple(address for family in ("ipv4", "ipv6") if (address := str(left.get(family, ""))))
