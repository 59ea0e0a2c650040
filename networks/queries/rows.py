"""The rows that pages show: frozen, made by queries, drawn by partials. A row holds what its partial needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from networks.addressing.next_address import HIDDEN_GUESTS
from networks.engine.facts import is_of_swarm
from networks.engine.states import WITH_STACK


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool as text. `capacity`: addresses Docker could hand out in range (ip range, else subnet), None for huge IPv6 ones.

    `is_gateway_given`: an address is taken for a gateway that nobody typed.
    """

    subnet: str
    ip_range: str = ""
    gateway: str = ""
    aux_addresses: tuple[tuple[str, str], ...] = ()
    capacity: int | None = None
    used: int = 0
    is_gateway_given: bool = True


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """One line of Networks. `used`/`capacity`: over all IPv4 pools, None where there is no pool.

    `search`: what the filter looks through, casefolded; values of labels whose key looks like a secret are not in it.
    `asks_protection`: it carries the label netadmin.protect=true. `gateway_modes`: of IPv4 and IPv6, "" for Docker's own choice.
    `bridge_name`, `parent`: the links that it has or stands on, "" for none; `is_passthru`: a macvlan that has its parent alone.
    """

    engine_slug: str
    docker_id: str
    name: str
    driver: str
    scope: str
    created_at: datetime | None
    hue: int
    revision: int
    is_internal: bool
    is_attachable: bool
    has_ipv6: bool
    is_predefined: bool
    is_masquerade_off: bool
    is_icc_off: bool
    project: str
    pools: tuple[PoolRow, ...]
    used: int | None
    capacity: int | None
    running: int
    stopped: int
    failed: int
    paused: int = 0
    is_ingress: bool = False
    search: str = ""
    asks_protection: bool = False
    has_ipv4: bool = True
    gateway_modes: tuple[str, ...] = ()
    is_config_only: bool = False
    ipam_driver: str = "default"
    bridge_name: str = ""
    parent: str = ""
    is_passthru: bool = False

    @property
    def is_told(self) -> bool:
        """Tell whether the containers of this Engine tell who is on it (`is_told_by_containers`)."""
        return is_told_by_containers(self.name, self.driver, self.scope)

    @property
    def is_unused(self) -> bool:
        """Tell whether it is known that no container is on it, in whatever state."""
        return self.is_told and not (self.running or self.paused or self.stopped or self.failed)


def is_told_by_containers(name: str, driver: str, scope: str) -> bool:
    """Tell whether the endpoints of this Engine's containers tell who is on a network: nothing of Docker's own, nobody elsewhere.

    One in mode host that was disconnected from host while it was stopped uses the host's network without an endpoint.
    """
    return name not in HIDDEN_GUESTS and scope != "swarm" and driver != "host"


@dataclass(frozen=True, slots=True)
class PortRow:
    """A port as Docker writes it."""

    private_port: int
    protocol: str
    public_port: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint: the network's page names its container, the container's page its network.

    `leftover`: addresses that its record names and that it doesn't have. `is_remnant`: it runs, and isn't on this network.
    Of a network that isn't listed here: `is_lost` as in AddressRow; `is_awaited`: it may come when the container starts.
    """

    engine_slug: str
    network_id: str
    network_name: str
    network_driver: str
    hue: int
    container_id: str
    container_name: str
    container_state: str
    exit_code: int | None
    ipv4: str
    ipv4_prefix_length: int | None
    ipv6: str
    ipv6_prefix_length: int | None
    ipv4_gateway: str
    mac: str
    requested_ipv4: str
    requested_ipv6: str
    dns_names: tuple[str, ...]
    aliases: tuple[str, ...]
    revision: int
    link_local_ips: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    driver_options: tuple[tuple[str, str], ...] = ()
    gateway_priority: int = 0
    ending: str = ""
    leftover: tuple[str, ...] = ()
    is_remnant: bool = False
    is_lost: bool = False
    is_awaited: bool = False

    @property
    def hides_wishes(self) -> bool:
        """Tell whether it can't be known which address it asked for: facts.EndpointFact."""
        return self.container_state in WITH_STACK and is_of_swarm(self.network_id)


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One endpoint in a container's line. `network_id` "" for a network that isn't there; `requested` where none is assigned.

    `is_lost`: it is asked for by the ID of a network that was removed, so that the container can't start.
    `is_joined`: the container has an interface for it now; else it is a wish. `driver`: "" where the network isn't there.
    `has_ipv6`: the network has.
    """

    network_name: str
    network_id: str
    hue: int
    ipv4: str = ""
    ipv4_prefix_length: int | None = None
    ipv6: str = ""
    requested: str = ""
    is_lost: bool = False
    driver: str = ""
    is_internal: bool = False
    is_joined: bool = False
    has_ipv6: bool = False


@dataclass(frozen=True, slots=True)
class ContainerRow:
    """One line of Containers. `search` and `asks_protection` as in NetworkRow. `stack`, `held`: see
    queries.lending.donors, the latter of one that runs and was made to share another's network.

    `lost_mode`: its mode where that names a network that isn't there (models.Container), else "".
    `ending`, `stopping`: see facts.Ending and facts.Stopping; `killed_at`: when one that is being stopped is killed.
    `remnants`: networks that the record of one that runs names, and that it isn't on.
    """

    engine_slug: str
    docker_id: str
    name: str
    image: str
    command: str
    state: str
    exit_code: int | None
    health: str
    created_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    network_mode: str
    donor_id: str
    donor_name: str
    project: str
    revision: int
    ports: tuple[PortRow, ...] = field(default_factory=tuple)
    addresses: tuple[AddressRow, ...] = field(default_factory=tuple)
    search: str = ""
    asks_protection: bool = False
    stack: str = ""
    held: str = "donors"

    @property
    def lost(self) -> tuple[str, ...]:
        """The names of the networks without which it can't start, and that were removed."""
        return tuple(address.network_name for address in self.addresses if address.is_lost)

    @property
    def held_by(self) -> str:
        """The mode that keeps it from starting: on no network at all Docker starts it, whatever became of its own."""
        return self.lost_mode if self.addresses else ""

    @property
    def barred_by(self) -> tuple[str, ...]:
        """The networks that keep it from starting: it starts in the host's stack, where Docker can't put it on a bridge."""
        return barring(self.network_mode, ((address.network_name, address.driver) for address in self.addresses))

    ending: str = ""
    stopping: str = ""
    killed_at: datetime | None = None
    remnants: tuple[str, ...] = ()
    lost_mode: str = ""


def barring(network_mode: str, places: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return which networks keep a container from starting that was made with the host's stack. `places`: names and drivers.

    Docker lets a stopped one leave host and join others. On a bridge its start is refused: the host has a route to its subnet.
    """
    return tuple(name for name, driver in places if driver == "bridge") if network_mode == "host" else ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of Events."""

    id: int
    engine_slug: str
    at: datetime
    kind: str
    verb: str
    actor_id: str
    actor_name: str
    container_id: str
    container_name: str
    network_id: str
    network_name: str


@dataclass(frozen=True, slots=True)
class EngineRow:
    """An Engine and its state, as every page shows them.

    `is_terminal_on`: those who were given one may open terminals. `unprotected`: as in models.Engine. `is_rootless`: as in
    EngineInfo. `has_jobs`: somebody began one of late. `pk`: rises with each Engine that is added, and none has that of another
    again.
    """

    slug: str
    name: str
    url: str
    state: str
    state_since: datetime | None
    as_of: datetime | None
    next_try_at: datetime | None
    version: str
    api_version: str
    last_error: str
    epoch: str
    revision: int
    is_terminal_on: bool = False
    unprotected: frozenset[str] = frozenset()
    is_rootless: bool = False
    has_jobs: bool = False
    pk: int = 0

    @property
    def snapshot_key(self) -> tuple[object, ...]:
        """What is read of its snapshot is right for as long as this is equal; never equal for one that was never read."""
        return (self.slug, self.epoch, self.revision) if self.epoch else (self.slug, object())
