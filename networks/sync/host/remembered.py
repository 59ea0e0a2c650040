"""What the snapshot says of containers and networks, as far as links need it; read anew only where a revision is newer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_interface, ip_network
from typing import Any

from networks.addressing.reading import IPNetwork
from networks.engine.docker_names import BRIDGE_NAME, GATEWAY_MODE, INHIBIT_IPV4
from networks.engine.states import WITH_STACK
from networks.hostnet.facts import IPInterface
from networks.models import Container, Endpoint, EngineState, EngineStatus, Network, Pool, Tombstone

# Drivers of the networks that are no network: nobody on them has an endpoint with a link.
# The device that Docker makes where no parent was named, before the first twelve digits of the id.
OWN_PARENTS = {"macvlan": "dm-", "ipvlan": "di-"}
BEFORE_ALL = -1


@dataclass(frozen=True, slots=True)
class NetworkRecord:
    """A network. `bridge`: the name of its Linux bridge, "" where it has none; `parent`: of the link that it stands on.

    `gateways`: the address that its bridge has in each pool, where Docker says it; `subnets`: of all pools. `is_bare`: its bridge
    has no address of its own.
    """

    docker_id: str
    name: str
    driver: str = "bridge"
    hue: int = 0
    bridge: str = ""
    parent: str = ""
    gateways: tuple[IPInterface, ...] = ()
    subnets: tuple[IPNetwork, ...] = ()
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class EndpointRecord:
    """A running container's presence on a network that is there."""

    network_id: str
    network_name: str
    driver: str = "bridge"
    mac: str = ""
    ipv4: str = ""
    ipv6: str = ""


@dataclass(frozen=True, slots=True)
class ContainerRecord:
    """A container. `pid` 0 while it has no process, or none that is known. `donor_id`: whose stack it shares, "" for none."""

    docker_id: str
    name: str
    pid: int = 0
    is_running: bool = True
    donor_id: str = ""
    endpoints: tuple[EndpointRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What another reading found. `is_other`: another Engine's snapshot, or the Engine is back after an absence."""

    containers: frozenset[str] = frozenset()
    has_other_networks: bool = False
    is_other: bool = False

    def __bool__(self) -> bool:
        return bool(self.containers) or self.has_other_networks or self.is_other


@dataclass(slots=True)
class Remembered:
    """Networks and containers of one Engine by id, as of `revision`. One thread's. `kernel`: of the Engine's machine."""

    engine_pk: int
    networks: dict[str, NetworkRecord] = field(default_factory=dict)
    containers: dict[str, ContainerRecord] = field(default_factory=dict)
    epoch: str = ""
    revision: int = BEFORE_ALL
    state: str = ""
    kernel: str = ""

    def refresh(self) -> Difference:
        """Read what is newer. One statement where nothing is, six where something is. Raises DatabaseError."""
        columns = ("epoch", "revision", "state", "kernel")
        status = EngineStatus.objects.filter(engine_id=self.engine_pk).values_list(*columns).first()
        if status is None:
            return Difference()
        epoch, revision, state, self.kernel = status
        is_back = self.state == EngineState.DISCONNECTED.value and state != self.state
        is_other = bool(self.epoch) and self.epoch != epoch
        if is_other:
            self.networks, self.containers, self.revision = {}, {}, BEFORE_ALL
        since, self.epoch, self.state, self.revision = self.revision, epoch, state, revision
        if since == revision:
            return Difference(is_other=is_back)
        changed = self._read_containers(since)
        has_other_networks = self._read_networks(since)
        for kind, docker_id in self._gone(since):
            if kind == "container" and docker_id in self.containers:
                del self.containers[docker_id]
                changed.add(docker_id)
            elif kind == "network" and docker_id in self.networks:
                del self.networks[docker_id]
                has_other_networks = True
        return Difference(frozenset(changed), has_other_networks, is_other or is_back)

    @property
    def pids(self) -> dict[str, int]:
        """The first process of each running container, where it is known."""
        return {one.docker_id: one.pid for one in self.containers.values() if one.is_running and one.pid > 0}

    def _read_containers(self, since: int) -> set[str]:
        newer = Container.objects.filter(engine_id=self.engine_pk, revision__gt=since).order_by()
        found = list(newer.values_list("docker_id", "name", "pid", "state", "donor_id"))
        endpoints: defaultdict[str, list[EndpointRecord]] = defaultdict(list)
        columns = ("container__docker_id", "network__docker_id", "network__name", "network__driver", "mac", "ipv4", "ipv6")
        placed = Endpoint.objects.filter(
            engine_id=self.engine_pk, container__revision__gt=since, container__state__in=WITH_STACK, network__isnull=False
        )
        # A connect that was refused leaves the wish behind, of a running one too: no endpoint, no link.
        placed = placed.exclude(docker_id="", ipv4="", ipv6="", mac="")
        for container_id, *members in placed.order_by("network_name").values_list(*columns):
            endpoints[container_id].append(EndpointRecord(*members))
        changed = set()
        for docker_id, name, pid, state, donor_id in found:
            record = ContainerRecord(docker_id, name, pid, state in WITH_STACK, donor_id, tuple(endpoints[docker_id]))
            if self.containers.get(docker_id) != record:
                self.containers[docker_id] = record
                changed.add(docker_id)
        return changed

    def _read_networks(self, since: int) -> bool:
        pools: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        placed = Pool.objects.filter(network__engine_id=self.engine_pk, network__revision__gt=since).order_by("position")
        for network_id, subnet, gateway in placed.values_list("network__docker_id", "subnet", "gateway"):
            pools[network_id].append((subnet, gateway))
        newer = Network.objects.filter(engine_id=self.engine_pk, revision__gt=since).order_by()
        changed = False
        for row in newer.values("docker_id", "name", "driver", "hue", "options"):
            record = network_record(row, pools[row["docker_id"]])
            if self.networks.get(record.docker_id) != record:
                self.networks[record.docker_id] = record
                changed = True
        return changed

    def _gone(self, since: int) -> list[tuple[str, str]]:
        """Return what went away since; nothing comes back under the id that it had."""
        if since == BEFORE_ALL:
            return []
        return list(Tombstone.objects.filter(engine_id=self.engine_pk, revision__gt=since).values_list("kind", "docker_id"))


def network_record(row: Mapping[str, Any], pools: list[tuple[str, str]]) -> NetworkRecord:
    """Return the record of a network's row and its (subnet, gateway) pairs. Source: `docker network inspect`."""
    options = row["options"] if isinstance(row["options"], dict) else {}
    driver, docker_id = row["driver"], row["docker_id"]
    bridge = str(options.get(BRIDGE_NAME) or f"br-{docker_id[:12]}") if driver == "bridge" else ""
    own_parent = OWN_PARENTS.get(driver, "")
    parent = str(options.get("parent") or own_parent + docker_id[:12]) if own_parent else ""
    subnets = tuple(ip_network(subnet, strict=False) for subnet, _ in pools)
    gateways = tuple(
        ip_interface(f"{gateway}/{subnet.prefixlen}") for subnet, (_, gateway) in zip(subnets, pools, strict=True) if gateway
    )
    is_bare = str(options.get(INHIBIT_IPV4, "")).lower() in ("true", "1") or any(
        options.get(f"{GATEWAY_MODE}{family}") == "isolated" for family in (4, 6)
    )
    return NetworkRecord(docker_id, row["name"], driver, row["hue"], bridge, parent, gateways, subnets, is_bare)
