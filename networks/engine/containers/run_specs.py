"""A container as a person asks for it: what `docker run` knows of networks, and nothing that would reach the Engine's machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from networks.engine.facts import IPAddress

API_OF_SEVERAL = (1, 44)  # several networks, and a MAC address on each, in one create; before, only the first


class Mode(StrEnum):
    """Where a container's network stack comes from. NETWORK: its own, on networks. CONTAINER: another container's."""

    NETWORK = "network"
    HOST = "host"
    NONE = "none"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """One network to be on from the start. Twin of `--network name=…,ip=…`; members as in ConnectSpec.

    `mac`: from API 1.44 on each network's own; before that the container's, which the first network gives.
    `is_elsewhere`: a swarm's, which this Engine doesn't list yet and gets to know when the container starts.
    """

    network_id: str
    network_name: str
    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    aliases: tuple[str, ...] = ()
    link_local_ips: tuple[IPAddress, ...] = ()
    driver_options: Mapping[str, str] = field(default_factory=dict)
    gateway_priority: int = 0
    mac: str = ""
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class PortSpec:
    """A port, or a range of them, to publish. Twin of `-p [address:][host[-host]:]first[-last][/protocol]`.

    `first` to `last`: in the container. `host_first` to `host_last`: on the Engine's machine, as many as in the container, or
    for a single one a range to choose from; 0: any. `address`: of that machine, None for all.
    """

    first: int
    last: int
    protocol: str = "tcp"
    host_first: int = 0
    host_last: int = 0
    address: IPAddress | None = None

    @property
    def pairs(self) -> list[tuple[int, str]]:
        """Each port in the container, with the one on the machine as Docker is told: "8080", "8000-8010", "" for any."""
        if not self.host_first:
            return [(port, "") for port in range(self.first, self.last + 1)]
        if self.first == self.last and self.host_first != self.host_last:
            return [(self.first, f"{self.host_first}-{self.host_last}")]
        return [(port, str(self.host_first + port - self.first)) for port in range(self.first, self.last + 1)]

    @property
    def fixed(self) -> range:
        """The machine's ports that it takes for certain; none where Docker chooses."""
        is_chosen = not self.host_first or (self.first == self.last and self.host_first != self.host_last)
        return range(0) if is_chosen else range(self.host_first, self.host_last + 1)


@dataclass(frozen=True, slots=True)
class RunSpec:
    """A container to create and start. Twin of `docker run -d`; POST /containers/create, /containers/{id}/start.

    `name` "": Docker makes one up. `entrypoint`: None for the image's; as the docker command takes one word, further ones come
    before `command`; () for none at all. `networks`: with Mode.NETWORK, in their order, the first one at least. `donor_id`:
    with Mode.CONTAINER. `has_terminal`: -it, so that a shell waits instead of ending. `extra_hosts`: name to address or
    "host-gateway". `environment`: never stored, logged or shown, so it isn't in the repr. `restart`: "" or "no", "always",
    "unless-stopped", "on-failure" with `restart_most` tries (0: any number). `stop_signal` "": the image's.
    """

    image: str
    name: str = ""
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] = ()
    has_terminal: bool = False
    mode: Mode = Mode.NETWORK
    networks: tuple[EndpointSpec, ...] = ()
    donor_id: str = ""
    donor_name: str = ""
    ports: tuple[PortSpec, ...] = ()
    publishes_all: bool = False
    dns: tuple[IPAddress, ...] = ()
    dns_options: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    extra_hosts: tuple[tuple[str, str], ...] = ()
    hostname: str = ""
    domainname: str = ""
    sysctls: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    restart: str = ""
    restart_most: int = 0
    stop_signal: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What follows the image's name in the command."""
        return (*(self.entrypoint or ())[1:], *self.command)

    @property
    def ordered_networks(self) -> tuple[EndpointSpec, ...]:
        """The networks as they are sent: those that the Engine lists first. Docker 26 finds no other as the first of several."""
        return tuple(sorted(self.networks, key=lambda endpoint: endpoint.is_elsewhere))

    def without_values(self) -> RunSpec:
        """Return it as it may be shown: no value of a variable is in it."""
        return replace(self, environment=dict.fromkeys(self.environment, "…"))
