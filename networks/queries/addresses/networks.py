"""Networks with their pools and everybody who has an address of them or asks for one, kept between two looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

from networks.addressing.address_states import AddressClaim
from networks.addressing.blocks import Besides
from networks.addressing.next_address import HandingOut
from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPAddress, to_address, to_subnet
from networks.engine.docker_names import GATEWAY_MODE
from networks.queries.networks import POOL_COLUMNS, keep_networks
from networks.queries.rows import EngineRow

_POOL_COLUMNS = (*POOL_COLUMNS, "besides", "besides_in_range")
_NETWORK_COLUMNS = ("docker_id", "name", "driver", "scope", "hue", "ipam_driver", "options", "revision")
_ENDPOINT_COLUMNS = (
    "network_name",
    "container__docker_id",
    "container__name",
    "ipv4",
    "ipv4_gateway",
    "ipv6",
    "ipv6_gateway",
    "mac",
    "requested_ipv4",
    "requested_ipv6",
)

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class AddressedNetwork:
    """A network, its pools in the Engine's order, and the claims on their addresses. `told`: gateways of its endpoints.

    `counted`: for each pool what the Engine counts besides endpoints, None where it hasn't. `isolated`: families (4, 6) whose
    gateway mode gives the bridge no address.
    """

    docker_id: str
    name: str
    revision: int
    hue: int
    place: HandingOut
    pools: tuple[Pool, ...]
    counted: tuple[Besides | None, ...]
    held: tuple[AddressClaim, ...]
    wished: tuple[AddressClaim, ...]
    told: tuple[IPAddress, ...]
    isolated: frozenset[int] = frozenset()


def addressed_networks(engine: EngineRow) -> Sequence[AddressedNetwork]:
    """Return all networks of an Engine, by name. At most four queries, none where nothing changed since."""
    return _KEPT.rows(engine)


def _make(_engine_slug: str, record: Record, pools: Iterable[Record], endpoints: Iterable[Record]) -> AddressedNetwork:
    claims = [claim for endpoint in endpoints for claim in _claims(endpoint)]
    read = [(pool, each) for each in pools if (pool := _pool(each)) is not None]
    told = {text for endpoint in endpoints for text in (endpoint["ipv4_gateway"], endpoint["ipv6_gateway"]) if text}
    return AddressedNetwork(
        docker_id=record["docker_id"],
        name=record["name"],
        revision=record["revision"],
        hue=record["hue"],
        place=HandingOut(record["name"], record["driver"], record["scope"], record["ipam_driver"]),
        pools=tuple(pool for pool, _record in read),
        counted=tuple(_counted(each) for _pool, each in read),
        held=tuple(claim for is_held, claim in claims if is_held),
        wished=tuple(claim for is_held, claim in claims if not is_held),
        told=tuple(address for address in map(to_address, sorted(told)) if address is not None),
        isolated=frozenset(family for family in (4, 6) if record["options"].get(f"{GATEWAY_MODE}{family}") == "isolated"),
    )


# A configuration hands out none: the networks that take it do.
_KEPT = keep_networks(_make, _NETWORK_COLUMNS, _POOL_COLUMNS, _ENDPOINT_COLUMNS, is_config_only=False)


def _claims(endpoint: Record) -> Iterable[tuple[bool, AddressClaim]]:
    """Yield (whether it has the address, claim) of an endpoint, for both families."""
    for version, family in ((4, "ipv4"), (6, "ipv6")):
        held, requested = endpoint[family], endpoint[f"requested_{family}"]
        if (address := held or requested) and (
            claim := _claim(
                version,
                address,
                endpoint["container__docker_id"],
                endpoint["container__name"],
                endpoint["network__docker_id"],
                endpoint["network_name"],
                endpoint["mac"],
                requested == address,
            )
        ):
            yield bool(held), claim


@lru_cache(4_096)  # of all endpoints of a network that changed, one is new
def _claim(
    version: int,
    address: str,
    container_id: str,
    container_name: str,
    network_id: str,
    network_name: str,
    mac: str,
    is_typed: bool,
) -> AddressClaim | None:
    number = _number(address)
    if number is None:
        return None
    return AddressClaim(version, number, container_id, container_name, network_id, network_name, mac, is_typed)


def _number(text: str) -> int | None:
    # inet_pton: seven times as quick as ipaddress, for every endpoint of every network
    if not text:
        return None
    try:
        return int.from_bytes(inet_pton(AF_INET6 if ":" in text else AF_INET, text))
    except (OSError, ValueError):
        return None


def _pool(record: Record) -> Pool | None:
    subnet, ip_range = to_subnet(record["subnet"]), to_subnet(record["ip_range"])
    if subnet is None or (ip_range is None and record["ip_range"]):
        return None
    aux = ((str(name), to_address(str(text))) for name, text in record["aux_addresses"].items())
    return Pool(subnet, ip_range, to_address(record["gateway"]), {name: found for name, found in aux if found is not None})


def _counted(record: Record) -> Besides | None:
    return None if record["besides"] is None else Besides(record["besides"], record["besides_in_range"])
