"""What forms must know before Docker is asked: taken names and subnets, who holds which address, what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

from networks.addressing.host import HostSide
from networks.addressing.pool_checks import Pool, TakenPool
from networks.addressing.reading import IPAddress, IPNetwork
from networks.engine.docker_names import KEPT_BY_DOCKER, OWN_DRIVERS
from networks.hostnet.plugins import IPAM_DRIVER, NETWORK_DRIVER, Plugins
from networks.models import Container, Endpoint, Network
from networks.models.access import url_from_here
from networks.queries.engines import read_engine, read_engine_about
from networks.queries.networks import network_rows
from networks.queries.rows import EngineRow

# From here on the Engine chooses an IPv6 subnet by itself, and knows gateway modes. API 1.46 came with Engine 27.0.
API_OF_ENGINE_27 = (1, 46)
_WISHES = (
    "ipv4",
    "ipv6",
    "requested_ipv4",
    "requested_ipv6",
    "aliases",
    "link_local_ips",
    "links",
    "driver_options",
    "gateway_priority",
    "mac",
    "has_detail",
)
# Forms are drawn anew at every pause in typing, and find the same subnets each time.
subnet_of = lru_cache(1_024)(ip_network)


@dataclass(frozen=True, slots=True)
class EngineContext:
    """An Engine as its snapshot knows it. `api_version`: (1, 45), or (0, 0) where it was never read.

    `parents`: which network has a device, by driver and device; `passthru_parents`: those that a macvlan has for itself.
    `config_networks`: names of config-only networks, and `config_subnets` what others take from them, by name.
    `ipam_drivers`: those that its networks use. `drivers`: those that it lists, which a plugin's is not before a network has
    it. `host`, `plugins`: its machine, which no snapshot knows.
    """

    engine_slug: str
    names: frozenset[str] = frozenset()
    pools: tuple[tuple[str, TakenPool], ...] = ()
    bridge_names: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[tuple[str, str], str] = field(default_factory=dict)
    passthru_parents: frozenset[str] = frozenset()
    config_networks: tuple[str, ...] = ()
    config_subnets: Mapping[str, tuple[IPNetwork, ...]] = field(default_factory=dict)
    ipam_drivers: frozenset[str] = frozenset()
    drivers: tuple[str, ...] = ()
    default_pools: tuple[tuple[str, int], ...] = ()
    version: str = ""
    api_version: tuple[int, int] = (0, 0)
    is_swarm_manager: bool = False
    engine_url: str = ""
    host: HostSide = field(default_factory=HostSide)
    plugins: Plugins = field(default_factory=Plugins)

    @property
    def all_drivers(self) -> tuple[str, ...]:
        """The drivers that it lists, then those of plugins that were found."""
        return (*self.drivers, *sorted(self.plugins.names_of(NETWORK_DRIVER) - set(self.drivers))) if self.drivers else ()

    @property
    def all_ipam_drivers(self) -> frozenset[str]:
        """The IPAM drivers that are known: of its networks, of plugins, and plugins' drivers, which may be both."""
        return self.ipam_drivers | self.plugins.names_of(IPAM_DRIVER) | (frozenset(self.drivers) - OWN_DRIVERS)

    @property
    def is_before_27(self) -> bool:
        """Tell whether this Engine is known to be older than 27."""
        return (0, 0) < self.api_version < API_OF_ENGINE_27

    def pools_beside(self, driver: str) -> list[TakenPool]:
        """Return the subnets that share an address space with a new network of this driver: swarm's is apart from local."""
        scope = "swarm" if driver == "overlay" else "local"
        return [pool for owner_scope, pool in self.pools if owner_scope == scope]

    def pools_elsewhere(self, driver: str) -> list[TakenPool]:
        """Return the others: Docker lets a new network of this driver have the same addresses."""
        scope = "swarm" if driver == "overlay" else "local"
        return [pool for owner_scope, pool in self.pools if owner_scope != scope]


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """Which Engine it is. `text`: "26.1.5"; `api`: (1, 45), or (0, 0) where it was never read."""

    text: str = ""
    api: tuple[int, int] = (0, 0)

    def is_before(self, api: tuple[int, int]) -> bool:
        """Tell whether this Engine is known to be older than the first that speaks this API version."""
        return (0, 0) < self.api < api


@dataclass(frozen=True, slots=True)
class ContainerChoice:
    """A container to connect, with all that tells whether it can be. `networks`: names of those it is on; `lost_mode`:
    as in ContainerRow."""

    docker_id: str
    name: str
    state: str
    network_mode: str
    networks: tuple[str, ...] = ()
    lost_mode: str = ""


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """A network to connect to. `holders`: who has which address; `wishes`: which stopped container asks for which; `macs`: who
    has which MAC address. `scope` and the flags: as in NetworkFact. `via`: the Engine that knows it where this one, a
    worker of a swarm, doesn't list it yet. `let_out`: of docker_gwbridge, whom Docker plugged in there itself."""

    docker_id: str
    name: str
    driver: str
    has_ipv6: bool = False
    hue: int = 0
    scope: str = "local"
    is_attachable: bool = False
    is_ingress: bool = False
    is_config_only: bool = False
    is_internal: bool = False
    pools: tuple[Pool, ...] = ()
    holders: Mapping[IPAddress, str] = field(default_factory=dict)
    wishes: Mapping[IPAddress, str] = field(default_factory=dict)
    macs: Mapping[str, str] = field(default_factory=dict)
    via: str = ""
    let_out: frozenset[str] = frozenset()
    revision: int = field(default=0, compare=False)

    @property
    def is_for_services(self) -> bool:
        """Whether the swarm lets only its services' containers on it, and none that was run or connected by hand."""
        return self.scope == "swarm" and not self.is_attachable


def read_ground(engine_slug: str) -> EngineContext:
    """Return what a new network must get along with. Two queries, and what `network_rows` asks."""
    engine = read_engine(engine_slug)
    if engine is None:
        return EngineContext(engine_slug)
    networks, about = network_rows(engine), read_engine_about(engine_slug)
    taken = [(one, subnet_of(pool.subnet)) for one in networks for pool in one.pools]
    # A configuration holds no addresses: those that take from it do.
    configs = {one.name: tuple(subnet for owner, subnet in taken if owner is one) for one in networks if one.is_config_only}
    return EngineContext(
        engine_slug=engine_slug,
        names=frozenset(one.name for one in networks),
        pools=tuple((one.scope, TakenPool(subnet, one.name, one.docker_id)) for one, subnet in taken if not one.is_config_only),
        bridge_names={one.bridge_name: one.name for one in networks if one.bridge_name},
        parents={(one.driver, one.parent): one.name for one in networks if one.parent},
        passthru_parents=frozenset(one.parent for one in networks if one.parent and one.is_passthru),
        config_networks=tuple(sorted(configs)),
        config_subnets={name: subnets for name, subnets in configs.items() if subnets},
        ipam_drivers=frozenset(one.ipam_driver for one in networks),
        drivers=_all_drivers(about.network_drivers, (one.driver for one in networks)),
        default_pools=about.default_address_pools,
        version=engine.version,
        api_version=_version_pair(engine.api_version),
        is_swarm_manager=about.is_swarm_manager,
        engine_url=url_from_here(engine.slug, engine.url),
    )


def engine_version(engine: EngineRow | None) -> EngineVersion:
    """Return which Engine it is."""
    return EngineVersion(engine.version, _version_pair(engine.api_version)) if engine else EngineVersion()


def read_endpoint(engine_slug: str, network_name: str, container_id: str) -> Mapping[str, Any] | None:
    """Return how a container is on a network, by the columns of models.Endpoint; None where it isn't. One query."""
    found = Endpoint.objects.present().filter(
        engine__slug=engine_slug, network_name=network_name, container__docker_id=container_id
    )
    record: Mapping[str, Any] | None = found.values(*_WISHES).first()
    return record


def is_named_in_record(engine_slug: str, network_name: str, container_id: str) -> bool:
    """Tell whether a container's record names a network, be it on it or not. One query."""
    return Endpoint.objects.filter(
        engine__slug=engine_slug, network_name=network_name, container__docker_id=container_id
    ).exists()


def find_network(engine_slug: str, name: str) -> str:
    """Return the id of the network with this name, "" where there is none. One query."""
    found = Network.objects.filter(engine__slug=engine_slug, name=name).order_by("docker_id")
    return found.values_list("docker_id", flat=True).first() or ""


def find_container(engine_slug: str, name: str) -> str:
    """Return the id of the container with this name, "" where there is none. One query."""
    found = Container.objects.filter(engine__slug=engine_slug, name=name)
    return found.values_list("docker_id", flat=True).first() or ""


def unused_networks(engine_slug: str) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of the networks of one's own on which no container is, running or not. One query."""
    networks = Network.objects.filter(engine__slug=engine_slug, endpoints__isnull=True, is_config_only=False)
    return tuple(networks.exclude(name__in=KEPT_BY_DOCKER).order_by("name").values_list("docker_id", "name"))


def _all_drivers(listed: tuple[str, ...], used: Iterable[str]) -> tuple[str, ...]:
    """Return the drivers that an Engine listed when it was read, and those that its networks got since; () for none known."""
    return (*listed, *sorted(set(used) - {*listed, ""})) if listed else ()


def _version_pair(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)
