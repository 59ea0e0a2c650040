"""What an Engine told us: frozen, typed, free of Django and of Docker's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPNetwork


@dataclass(frozen=True, slots=True)
class SwarmStanding:
    """How an Engine stands to a swarm. Source: GET /info, `Swarm`.

    `state`: "inactive", "pending", "active", "error" or "locked", "" where the Engine doesn't tell. `address`: by which others
    reach it; `error`: in Docker's words. `managers`: where those that it knows answer, such as "192.0.2.1:2377". Only a manager
    tells `swarm_id`, `pools` (of overlay networks, as text), `subnet_size` and `data_path_port`; 0 where it doesn't.
    """

    state: str = ""
    node_id: str = ""
    address: str = ""
    is_manager: bool = False
    error: str = ""
    managers: tuple[str, ...] = ()
    swarm_id: str = ""
    pools: tuple[str, ...] = ()
    subnet_size: int = 0
    data_path_port: int = 0

    @property
    def is_member(self) -> bool:
        """Whether it belongs to a swarm, however that is."""
        return self.state not in ("", "inactive")


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Who answers at the other end. Source: GET /version and GET /info. `default_address_pools`: (base, size) pairs, empty where
    the Engine doesn't tell. `registries`: of its configuration. `is_rootless`: it's in RootlessKit.
    """

    engine_id: str
    name: str
    version: str
    api_version: str
    min_api_version: str
    os: str
    kernel: str
    architecture: str
    network_drivers: tuple[str, ...] = ()
    default_address_pools: tuple[tuple[str, int], ...] = ()
    swarm: SwarmStanding = SwarmStanding()
    is_rootless: bool = False
    registries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolFact(Pool):
    """One IPAM pool of a network, as an Engine tells it: with its subnet."""

    subnet: IPNetwork


@dataclass(frozen=True, slots=True)
class SubnetCount:
    """What an Engine itself counts of a subnet. Both numbers end at 2 ** 64 - 1.

    `in_use`: the addresses that endpoints have, the gateway, aux addresses and the subnet's own; `available`: what is left of the
    ip range. Source: Engine API 1.52, NetworkInspect, Status.IPAM.
    """

    in_use: int
    available: int


@dataclass(frozen=True, slots=True)
class OverlayPeer:
    """An Engine that takes part in an overlay network now. `name`: of its gossip, not its host name. Source: NetworkInspect."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class NetworkFact:
    """A network as `GET /networks` gives it; its endpoints come with the containers. Source: Engine API, NetworkList.

    `counts`: by subnet; None in a list, and of an Engine that doesn't count (before API 1.52). They change with every endpoint
    and are no part of what the network is: two facts that differ in them alone are equal. So it is with `peers`, which only an
    inspect of an overlay network names.
    """

    docker_id: str
    name: str
    driver: str
    scope: str
    created_at: datetime | None
    is_internal: bool = False
    is_attachable: bool = False
    is_ingress: bool = False
    is_config_only: bool = False
    config_from: str = ""
    has_ipv4: bool = True
    has_ipv6: bool = False
    ipam_driver: str = "default"
    ipam_options: Mapping[str, str] = field(default_factory=dict)
    pools: tuple[PoolFact, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[IPNetwork, SubnetCount] | None = field(default=None, compare=False)
    peers: tuple[OverlayPeer, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PortFact:
    """A port that a container exposes (`public_port` None) or publishes. `protocol`: tcp, udp or sctp."""

    private_port: int
    protocol: str
    public_port: int | None = None
    address: str = ""


def is_of_swarm(network_id: str) -> bool:
    """Tell whether a network belongs to a swarm, whose managers give its addresses out: others have an id of 64 digits."""
    return len(network_id) == 25


@dataclass(frozen=True, slots=True)
class LeftoverFact:
    """What a record still names after dockerd was killed with the container, or after a refused connect: nobody has it."""

    endpoint_id: str
    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    mac: str = ""


@dataclass(frozen=True, slots=True)
class EndpointFact:
    """A container's presence on a network.

    *Assigned* (None or empty while the container has no stack, whatever its record says): `endpoint_id`, `ipv4`, `ipv6` with
    their prefix lengths, gateways, `mac` (but of one that was never started: a MAC address that was asked for).
    *Asked for*: `requested_*`, `aliases`, `links`, `link_local_ips`, `driver_options`, `gateway_priority`. On a swarm's network
    an Engine shows the address that a running container got in the place of the one that it asked for: `hides_wishes`.
    `network_id` is "" for a network that the container joined while it wasn't running: join by `network_name` then.
    Only inspect gives aliases, DNS names, links, driver options and link-local addresses: `has_detail` tells.
    """

    network_name: str
    network_id: str
    endpoint_id: str = ""
    ipv4: IPv4Address | None = None
    ipv4_prefix_length: int | None = None
    ipv4_gateway: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    ipv6_prefix_length: int | None = None
    ipv6_gateway: IPv6Address | None = None
    mac: str = ""
    requested_ipv4: IPv4Address | None = None
    requested_ipv6: IPv6Address | None = None
    link_local_ips: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    driver_options: Mapping[str, str] = field(default_factory=dict)
    gateway_priority: int = 0
    leftover: LeftoverFact | None = None
    has_detail: bool = False

    @property
    def hides_wishes(self) -> bool:
        """Tell whether nobody can know which address it asked for: `requested_*` are None then."""
        return bool(self.endpoint_id) and is_of_swarm(self.network_id)


class Ending(StrEnum):
    """Who ended a container, as events tell: somebody sent the signal that its exit code names, nobody did, or the kernel took
    it for want of memory. UNKNOWN: it ended while nobody followed the Engine, or too soon after.
    """

    UNKNOWN = ""
    ASKED = "asked"
    ITSELF = "itself"
    MEMORY = "memory"


class Stopping(StrEnum):
    """What was begun with a container that runs still: it was sent its stop signal, and is killed after a time."""

    NOT = ""
    STOP = "stop"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class ContainerFact:
    """A container. Never holds its environment (secrets). Source: ContainerList, and ContainerInspect where `has_detail`.

    `state`: created, running, paused, restarting, removing, exited or dead. `network_mode` as Docker writes it: "bridge",
    "host", "none", "container:<id>", or a network's name. `exit_code` None while it runs. `pid` 0 when not running.
    `ports`: of a running one; `leftover_ports`: those that the record of one that has ended still names as published.
    `restart_policy`: always, unless-stopped, on-failure, or "" for none; `is_auto_removed`: by `--rm`; `is_out_of_memory`: the
    kernel killed a process of it for want of memory; `stop_wait_s`: its own time between the stop signal and the kill, None for
    Docker's. Only inspect tells them. `ending`, `stopping` and `killed_at` (when the kill is due): only events tell them.
    """

    docker_id: str
    name: str
    image: str
    image_id: str
    command: str
    state: str
    created_at: datetime | None
    network_mode: str
    endpoints: tuple[EndpointFact, ...] = ()
    ports: tuple[PortFact, ...] = ()
    leftover_ports: tuple[PortFact, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    health: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    hostname: str = ""
    pid: int = 0
    restart_policy: str = ""
    is_auto_removed: bool = False
    is_out_of_memory: bool = False
    stop_wait_s: int | None = None
    ending: str = Ending.UNKNOWN.value
    stopping: str = Stopping.NOT.value
    killed_at: datetime | None = None
    has_detail: bool = False


@dataclass(frozen=True, slots=True)
class InterfaceStats:
    """What one interface of a container has counted since it was made, as the container sees it: `rx` is what it got.

    `name`: as the container knows it, "eth0". Docker's API doesn't say which network that is. Source: GET
    /containers/{id}/stats, `networks`; `docker stats`.
    """

    name: str
    rx_bytes: int = 0
    rx_packets: int = 0
    rx_errors: int = 0
    rx_dropped: int = 0
    tx_bytes: int = 0
    tx_packets: int = 0
    tx_errors: int = 0
    tx_dropped: int = 0


@dataclass(frozen=True, slots=True)
class EventFact:
    """What the Engine reported. `verb` is Docker's `Action`, without what follows ": " (that may carry a command line).

    `kind`: "network", "container", … `actor_id`: the network for network events. `attributes`: 20 of 256 characters.
    `time_nano`: the Engine's own clock, nanoseconds since 1970, 0 where it named no time. Source: GET /events.
    """

    kind: str
    verb: str
    actor_id: str
    actor_name: str
    time_nano: int
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def container_id(self) -> str:
        """The container that this event is about, "" where it is about none."""
        return self.actor_id if self.kind == "container" else self.attributes.get("container", "")

    @property
    def network_id(self) -> str:
        """The network that this event is about, "" where it is about none."""
        return self.actor_id if self.kind == "network" else ""


@dataclass(frozen=True, slots=True)
class EnginePicture:
    """Everything at one moment: the two lists. Lists lag events by up to 2 ms."""

    networks: tuple[NetworkFact, ...]
    containers: tuple[ContainerFact, ...]
