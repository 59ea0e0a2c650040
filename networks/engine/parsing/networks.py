"""Networks out of `GET /networks` and `GET /networks/{id}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.addressing.reading import IPNetwork
from networks.engine.facts import NetworkFact, OverlayPeer, PoolFact, SubnetCount
from networks.engine.parsing.values import (
    child,
    document,
    flag,
    identity,
    objects,
    parse_ip,
    parse_moment,
    parse_text,
    subnet,
    text_map,
)

_MOST_COUNTED = 2**64 - 1
_MOST_PEERS = 1_000


def parse_network_fact(answer: Any) -> NetworkFact:
    """Return one network. Raises ProtocolFault for what isn't one."""
    get = document(answer, "a network").get
    ipam = get("IPAM")
    return NetworkFact(
        docker_id=identity(get("Id"), "network"),
        name=parse_text(get("Name")),
        driver=parse_text(get("Driver")),
        scope=parse_text(get("Scope"), 40),
        created_at=parse_moment(get("Created")),
        is_internal=flag(get("Internal")),
        is_attachable=flag(get("Attachable")),
        is_ingress=flag(get("Ingress")),
        is_config_only=flag(get("ConfigOnly")),
        config_from=parse_text(child(get("ConfigFrom"), "Network")),
        has_ipv4=flag(get("EnableIPv4"), default=True),  # named from API 1.48 on
        has_ipv6=flag(get("EnableIPv6")),
        ipam_driver=parse_text(child(ipam, "Driver")) or "default",
        ipam_options=text_map(child(ipam, "Options")),
        pools=tuple(pool for pool in map(_parse_pool, objects(child(ipam, "Config"))) if pool),
        options=text_map(get("Options")),
        labels=text_map(get("Labels")),
        counts=_parse_counts(child(get("Status"), "IPAM", "Subnets")),
        peers=_parse_peers(get("Peers")) if get("Peers") else (),
    )


def _parse_pool(answer: dict[str, Any]) -> PoolFact | None:
    found = subnet(answer.get("Subnet"))
    if found is None:
        return None
    taken = {name: parse_ip(value) for name, value in text_map(answer.get("AuxiliaryAddresses")).items()}
    return PoolFact(
        subnet=found,
        gateway=parse_ip(answer.get("Gateway")),
        ip_range=subnet(answer.get("IPRange")),
        aux_addresses={name: value for name, value in taken.items() if value is not None},
    )


def _parse_peers(answer: object) -> tuple[OverlayPeer, ...]:
    peers = {OverlayPeer(parse_text(each.get("Name"), 255), parse_text(each.get("IP"), 100)) for each in objects(answer)}
    return tuple(sorted(peers, key=lambda peer: (peer.address, peer.name))[:_MOST_PEERS])


def _parse_counts(answer: object) -> Mapping[IPNetwork, SubnetCount] | None:
    if type(answer) is not dict:
        return None
    counts = {}
    for name, entry in answer.items():
        found, in_use, available = subnet(name), child(entry, "IPsInUse"), child(entry, "DynamicIPsAvailable")
        if found is not None and _is_count(in_use) and _is_count(available):
            counts[found] = SubnetCount(in_use, available)
    return counts


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST_COUNTED
