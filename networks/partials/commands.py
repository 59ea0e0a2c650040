"""The docker commands that would make what a page shows, out of what the snapshot knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address, ip_network
from itertools import islice

from networks.addressing.pool_checks import Pool
from networks.addressing.reading import to_address
from networks.engine.cli import Line, command_of, connect_lines, create_network_lines
from networks.engine.docker_names import SINGLE_DRIVERS
from networks.engine.specs import ConnectSpec, NetworkSpec
from networks.queries.addresses.keeping import spec_of_row
from networks.queries.details import NetworkDetailRow
from networks.queries.masking import masked
from networks.queries.rows import EndpointRow, PoolRow

# Stands for a value that is hidden, or too long to be typed or read.
LEFT_OUT = "…"
LONGEST_VALUE = 1_000
MOST_VALUES = 100


def create_command(detail: NetworkDetailRow, *, sees_secrets: bool) -> tuple[str, bool]:
    """Return `docker network create …` for a network like this one, and whether it is shortened: it wouldn't make quite the same.

    It is "" for networks that every Engine has. Values that this person may not see, or that are longer than anybody would type,
    are written as "…"; past a hundred labels or options the rest is left out.
    """
    row = detail.row
    if row.is_predefined or (row.driver in SINGLE_DRIVERS and not detail.row.is_config_only):
        return "", False
    known = (detail.labels, detail.options, detail.ipam_options)
    labels, options, ipam_options = (_shown(pairs, sees_secrets=sees_secrets) for pairs in known)
    # What it took from another network is that one's, and Docker refuses to be told it again.
    is_own = not detail.config_from
    spec = NetworkSpec(
        name=row.name,
        driver="bridge" if detail.row.is_config_only else row.driver,  # Docker keeps "null" for it, whatever was said
        pools=tuple(spec for pool in row.pools if is_own and (spec := _pool_spec(pool)) is not None),
        enable_ipv4=None if row.has_ipv4 or not is_own else False,
        enable_ipv6=True if row.has_ipv6 and is_own else None,
        is_internal=row.is_internal,
        is_attachable=row.is_attachable,
        is_ingress=row.is_ingress,
        is_config_only=detail.row.is_config_only,
        config_from=detail.config_from,
        scope="swarm" if row.scope == "swarm" and row.driver != "overlay" else "",
        ipam_driver=detail.row.ipam_driver if is_own else "default",
        ipam_options=ipam_options if is_own else {},
        labels=labels if is_own else {},
        options=options if is_own else {},
    )
    is_whole = not is_own or (labels, options, ipam_options) == tuple(map(dict, known))
    return _in_lines(create_network_lines(spec)), not is_whole


def _in_lines(lines: Iterable[Line]) -> str:
    return " \\\n  ".join(" ".join(filter(None, line)) for line in lines)


def connect_commands(endpoints: Iterable[EndpointRow], *, sees_secrets: bool) -> tuple[str, ...]:
    """Return `docker network connect …` for each endpoint that can be made by it, with all that was asked for."""
    return tuple(
        command_of(
            connect_lines(_connect_spec(endpoint, sees_secrets=sees_secrets), endpoint.network_name, endpoint.container_name)
        )
        for endpoint in endpoints
        if endpoint.network_id and endpoint.network_driver not in SINGLE_DRIVERS and not endpoint.is_remnant
    )


def _connect_spec(endpoint: EndpointRow, *, sees_secrets: bool) -> ConnectSpec:
    return replace(spec_of_row(endpoint), driver_options=_shown(endpoint.driver_options, sees_secrets=sees_secrets))


def _shown(pairs: Iterable[tuple[str, str]], *, sees_secrets: bool) -> dict[str, str]:
    return {
        pair.key: LEFT_OUT if pair.is_masked or len(pair.value) > LONGEST_VALUE else pair.value
        for pair in masked(islice(pairs, MOST_VALUES), sees_secrets=sees_secrets)
    }


def _pool_spec(pool: PoolRow) -> Pool | None:
    try:
        return Pool(
            subnet=ip_network(pool.subnet, strict=False),
            ip_range=ip_network(pool.ip_range, strict=False) if pool.ip_range else None,
            gateway=to_address(pool.gateway),
            aux_addresses={name: ip_address(address) for name, address in pool.aux_addresses},
        )
    except ValueError:
        return None
