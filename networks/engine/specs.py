"""What we ask of an Engine: frozen, typed, free of Django and of Docker's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from networks.engine.facts import IPAddress, IPNetwork


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """One `--subnet` with its `--ip-range`, `--gateway` and `--aux-address`. `subnet` None: let Docker choose."""

    subnet: IPNetwork | None = None
    ip_range: IPNetwork | None = None
    gateway: IPAddress | None = None
    aux_addresses: Mapping[str, IPAddress] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network to create. Twin of `docker network create`; POST /networks/create.

    `enable_ipv4` (API 1.48), `enable_ipv6`: None is not sent, so that the Engine's default holds. `scope`: "" for the
    driver's own. `config_from`: the name of a config-only network, "" for none.
    """

    name: str
    driver: str = "bridge"
    pools: tuple[PoolSpec, ...] = ()
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None
    is_internal: bool = False
    is_attachable: bool = False
    is_ingress: bool = False
    is_config_only: bool = False
    config_from: str = ""
    scope: str = ""
    ipam_driver: str = "default"
    ipam_options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectSpec:
    """A container to put on a network. Twin of `docker network connect`; POST /networks/{id}/connect.

    `links`: "container" or "container:alias". `gateway_priority` (API 1.48): the network with the highest gives the default
    route; older Engines take and ignore it. `mac` (API 1.54, else ignored): "02:42:ac:48:00:0a"; the command has no flag for it.
    """

    network_id: str
    container_id: str
    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    aliases: tuple[str, ...] = ()
    link_local_ips: tuple[IPAddress, ...] = ()
    links: tuple[str, ...] = ()
    driver_options: Mapping[str, str] = field(default_factory=dict)
    gateway_priority: int = 0
    mac: str = ""


@dataclass(frozen=True, slots=True)
class DisconnectSpec:
    """A container to take off a network. Twin of `docker network disconnect`; POST /networks/{id}/disconnect.

    `is_forced`: delete the endpoint even where the container's own network stack no longer knows of it.
    """

    network_id: str
    container_id: str
    is_forced: bool = False
