"""What we ask of an Engine: frozen, typed, free of Django and of Docker's JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPAddress, IPNetwork


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network to create. Twin of `docker network create`; POST /networks/create.

    `enable_ipv4` (API 1.48), `enable_ipv6`: None is not sent, so that the Engine's default holds. `scope`: "" for the
    driver's own. `config_from`: the name of a config-only network, "" for none.
    """

    name: str
    driver: str = "bridge"
    pools: tuple[Pool, ...] = ()
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
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWishes:
    """What a container shall have on a network, for a connect as for a create.

    `gateway_priority` (API 1.48): the network with the highest gives the default route; older Engines take and ignore it.
    `mac`: "02:42:ac:48:00:0a", "" for Docker's own.
    """

    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    aliases: tuple[str, ...] = ()
    link_local_ips: tuple[IPAddress, ...] = ()
    driver_options: Mapping[str, str] = field(default_factory=dict)
    gateway_priority: int = 0
    mac: str = ""


@dataclass(frozen=True, slots=True)
class ConnectSpec(EndpointWishes):
    """A container to put on a network. Twin of `docker network connect`; POST /networks/{id}/connect.

    `links`: "container" or "container:alias". `mac` is ignored before API 1.54; the command has no flag for it.
    """

    network_id: str
    container_id: str
    links: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class DisconnectSpec:
    """A container to take off a network. Twin of `docker network disconnect`; POST /networks/{id}/disconnect.

    `is_forced`: delete the endpoint even where the container's own network stack no longer knows of it.
    """

    network_id: str
    container_id: str
    is_forced: bool = False


STOP_WAIT_S = 10  # Docker's own, from the signal that asks to the one that kills
MOST_STOP_WAIT_S = 3_600  # what databases ask for is minutes; an answer is waited for as long, and 30 s more
CONTAINER_NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]+"  # Docker's own rule


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """A container of the sample lab. Twin of `docker run -d`. `network` is a mode or a network's name."""

    name: str
    image: str
    network: str
    command: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGKILL"


API_OF_SEVERAL = (1, 44)  # several networks, and a MAC address on each, in one create; before, only the first


class Mode(StrEnum):
    """Where a container's network stack comes from. NETWORK: its own, on networks. CONTAINER: another container's."""

    NETWORK = "network"
    HOST = "host"
    NONE = "none"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class EndpointSpec(EndpointWishes):
    """One network to be on from the start. Twin of `--network name=…,ip=…`.

    `mac`: from API 1.44 on each network's own; before that the container's, which the first network gives.
    `is_elsewhere`: a swarm's, which this Engine doesn't list yet and gets to know when the container starts.
    """

    network_id: str
    network_name: str
    is_elsewhere: bool = field(default=False, kw_only=True)


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


LISTEN_ADDRESS = "0.0.0.0:2377"  # docker swarm init's own default
DATA_PATH_PORT = 4789
SUBNET_SIZE = 24


@dataclass(frozen=True, slots=True)
class InitSpec:
    """A swarm to begin. Twin of `docker swarm init`; POST /swarm/init.

    `advertise_address`: an IP address or a link's name, with or without a port, "" lets Docker choose. `pools`: none means
    Docker's own, 10.0.0.0/8; `subnet_size`: the prefix length of the blocks that overlay networks get of them.
    `data_path_port`: of VXLAN.
    """

    advertise_address: str = ""
    listen_address: str = LISTEN_ADDRESS
    pools: tuple[IPNetwork, ...] = ()
    subnet_size: int = SUBNET_SIZE
    data_path_port: int = DATA_PATH_PORT


@dataclass(frozen=True, slots=True)
class JoinSpec:
    """A swarm to join. Twin of `docker swarm join`; POST /swarm/join. `remote_addresses`: of managers, "192.0.2.1:2377".

    `token`: a secret, which decides the role as well; no text of this shows it.
    """

    remote_addresses: tuple[str, ...]
    token: str = field(repr=False)
    advertise_address: str = ""
    listen_address: str = LISTEN_ADDRESS


@dataclass(frozen=True, slots=True)
class LeaveSpec:
    """A swarm to leave. Twin of `docker swarm leave`; POST /swarm/leave. `is_forced`: a manager leaves only so."""

    is_forced: bool = False


MOST_CELLS = 1000  # columns or rows; beyond it xterm itself gets slow
MARK_NAME = "TERMINAL_MARK"


@dataclass(frozen=True, slots=True)
class ScreenSize:
    """How many characters a terminal shows."""

    columns: int = 80
    rows: int = 24


@dataclass(frozen=True, slots=True)
class ExecSpec:
    """A process to begin in a running container. Twin of `docker exec -it`.

    `command`: its words, the first a program. `user`: as `--user` takes it, "" for the container's own. `mark`: a word that
    the process and all that it begins carry in their environment as TERMINAL_MARK, so that they can be found again.
    """

    container_id: str
    command: tuple[str, ...]
    user: str = ""
    mark: str = ""
    size: ScreenSize = ScreenSize()


def asked_of(spec: NetworkSpec | Pool | ConnectSpec | InitSpec, but: Collection[str] = ()) -> dict[str, Any]:
    """Return what a spec asks for as JSON takes it, by the spec's own names, without those in `but`: for the record."""
    return {each.name: _as_json(each.name, getattr(spec, each.name)) for each in fields(spec) if each.name not in but}


def _as_json(name: str, value: object) -> Any:
    if value is None:
        return None if name.startswith("enable_") else ""  # the Engine's own default; no address
    if isinstance(value, Pool):
        return asked_of(value)
    if isinstance(value, Mapping):
        return {key: _as_json(key, held) for key, held in value.items()}
    if isinstance(value, tuple):
        return [_as_json(name, each) for each in value]
    return value if isinstance(value, str | int) else str(value)
