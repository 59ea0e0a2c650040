"""An Engine in memory, for speed, scale and faults: the world itself. Its clients are in fake_client.py."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_network

from networks.addressing.reading import IPAddress, IPNetwork
from networks.engine.calls import Profile
from networks.engine.errors import EngineError
from networks.engine.facts import ContainerFact, EndpointFact, EventFact, NetworkFact, PoolFact
from networks.engine.specs import ConnectSpec, ContainerSpec, DisconnectSpec, NetworkSpec
from tests.fake_addresses import check_connection, counted, refuse, released, with_addresses
from tests.fake_client import Execs, FakeClient, FakeStream, Stats
from tests.fake_swarm import IN_NO_SWARM

PREDEFINED = {"bridge": "bridge", "host": "host", "none": "null"}
DEFAULT_POOLS = ip_network("10.201.0.0/16")
KEPT_EVENTS = 256


@dataclass
class FakeEngine:
    """Networks, containers, images and events, with Docker's rules as far as the contract asks for them.

    Faults: `is_down` lets nobody in and ends the streams, `next_error` is raised once. `is_silent` drops events. From API 1.52
    on it counts addresses; `hidden` more of each pool are in use than it tells of.
    """

    api_version: str = "1.45"
    hidden: int = 0
    is_down: bool = False
    is_silent: bool = False
    next_error: EngineError | None = None

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.networks: dict[str, NetworkFact] = {}
        self.containers: dict[str, ContainerFact] = {}
        self.images: dict[str, str] = {}
        self.history: list[EventFact] = []
        self.streams: list[FakeStream] = []
        self.calls: list[tuple[str, str]] = []
        self.stats: Stats = {}
        self.swarm, self.execs = IN_NO_SWARM, Execs()
        self._numbers, self._last_nano = itertools.count(1), 0
        for name in PREDEFINED:
            self._add_network(NetworkSpec(name, PREDEFINED[name]))

    def client(self, profile: Profile, *, is_read_only: bool = False) -> FakeClient:
        """Return a client of this Engine."""
        return FakeClient(self, profile, is_read_only=is_read_only)

    def close(self) -> None:
        """End all streams."""
        for stream in list(self.streams):
            stream.close()

    def now_nano(self) -> int:
        """Return a time that grows with every look at it."""
        self._last_nano = max(time.time_ns(), self._last_nano + 1)
        return self._last_nano

    def add_image(self, reference: str) -> str:
        """Have an image, and return its reference."""
        self.images[reference] = f"sha256:{self._new_id()}"
        return reference

    def remove_image(self, image_id: str) -> None:
        if image_id not in self.images.values():
            refuse(404, f"No such image: {image_id}")
        self.images = {reference: known for reference, known in self.images.items() if known != image_id}

    def network(self, name_or_id: str) -> NetworkFact:
        """Return a network by id or name."""
        found = [network for network in self.networks.values() if name_or_id in (network.docker_id, network.name)]
        if not found:
            refuse(404, f"network {name_or_id} not found")
        return found[0]

    def inspected(self, network_id: str) -> NetworkFact:
        """Return a network with what is counted of its pools, where this Engine counts."""
        network = self.network(network_id)
        if int(self.api_version.removeprefix("1.")) < 52:
            return network
        return replace(network, counts=counted(network, self._taken(network), self.hidden))

    def container(self, container_id: str) -> ContainerFact:
        """Return a container by id."""
        if container_id not in self.containers:
            refuse(404, f"No such container: {container_id}")
        return self.containers[container_id]

    def create_network(self, spec: NetworkSpec) -> str:
        if any(network.name == spec.name for network in self.networks.values()):
            refuse(409, f"network with name {spec.name} already exists")
        for pool in spec.pools:
            if pool.subnet and any(pool.subnet.overlaps(other) for other in self._subnets()):
                refuse(403, "Pool overlaps with other one on this address space")
        network = self._add_network(spec)
        self.emit("network", "create", network.docker_id, network.name, {"type": network.driver})
        return network.docker_id

    def remove_network(self, network_id: str) -> None:
        network = self.network(network_id)
        if network.name in PREDEFINED:
            refuse(403, f"{network.name} is a pre-defined network and cannot be removed")
        if any(
            container.state == "running" and any(point.network_id == network_id for point in container.endpoints)
            for container in self.containers.values()
        ):
            refuse(403, f"error while removing network: network {network.name} has active endpoints")
        del self.networks[network_id]
        self.emit("network", "destroy", network_id, network.name, {"type": network.driver})

    def connect(self, spec: ConnectSpec) -> None:
        network, container = self.network(spec.network_id), self.container(spec.container_id)
        check_connection(network, container, spec, self._taken(network))
        endpoint = EndpointFact(
            network.name,
            "",
            requested_ipv4=spec.ipv4,
            requested_ipv6=spec.ipv6,
            aliases=spec.aliases,
            link_local_ips=tuple(map(str, spec.link_local_ips)),
            links=spec.links,
            driver_options=dict(spec.driver_options),
            has_detail=True,
        )
        if container.state == "running":
            endpoint = self._assigned(endpoint, network, container)
        self._put(container, endpoint)
        if container.state == "running":
            self._emit_endpoint("connect", network, container)

    def disconnect(self, spec: DisconnectSpec) -> None:
        network, container = self.network(spec.network_id), self.container(spec.container_id)
        if network.name == "host":
            refuse(400, "container cannot be disconnected from host network or connected to host network")
        kept = tuple(point for point in container.endpoints if point.network_name != network.name)
        if len(kept) == len(container.endpoints):
            refuse(500, f"container {container.docker_id} is not connected to network {network.name}")
        self.containers[container.docker_id] = replace(container, endpoints=kept)
        if container.state == "running":
            self._emit_endpoint("disconnect", network, container)

    def run(self, spec: ContainerSpec) -> str:
        container_id = self.create(spec)
        try:
            self.start(container_id)
        except EngineError:
            self.remove_container(container_id)
            raise
        return container_id

    def create(self, spec: ContainerSpec) -> str:
        if spec.name in {container.name for container in self.containers.values()}:
            refuse(409, f'Conflict. The container name "/{spec.name}" is already in use')
        if spec.image not in self.images:
            refuse(404, f"No such image: {spec.image}")
        container_id = self._new_id()
        donor = spec.network.partition("container:")[2]
        mode = f"container:{self.container(donor).docker_id}" if donor else spec.network
        self.containers[container_id] = ContainerFact(
            docker_id=container_id,
            name=spec.name,
            image=spec.image,
            image_id=self.images[spec.image],
            command=" ".join(spec.command),
            state="created",
            created_at=datetime.now(UTC).replace(microsecond=0),
            network_mode=mode,
            endpoints=() if mode.startswith("container:") else (EndpointFact(mode, "", has_detail=True),),
            labels=dict(spec.labels),
            hostname=container_id[:12],
            has_detail=True,
        )
        self.emit("container", "create", container_id, spec.name, {"image": spec.image})
        return container_id

    def start(self, container_id: str) -> None:
        """Start a container, giving it addresses. Raises NotFound for a network that isn't there."""
        container = self.container(container_id)
        joined = [(point, self.network(point.network_name)) for point in container.endpoints]
        self.containers[container_id] = container = replace(
            container, state="running", exit_code=None, pid=next(self._numbers), started_at=datetime.now(UTC)
        )
        for point, network in joined:
            container = self._put(container, self._assigned(point, network, container))
            self._emit_endpoint("connect", network, container)
        self.emit("container", "start", container_id, container.name, {"image": container.image})

    def stop(self, container_id: str, exit_code: int = 137) -> None:
        """Stop a container; one that doesn't run stays as it is."""
        container = self.container(container_id)
        if container.state != "running":
            return
        points = tuple(released(point) for point in container.endpoints)
        self.containers[container_id] = replace(
            container, state="exited", exit_code=exit_code, pid=0, endpoints=points, finished_at=datetime.now(UTC)
        )
        for point in container.endpoints:
            if point.network_id in self.networks:
                self._emit_endpoint("disconnect", self.networks[point.network_id], container)
        self.emit("container", "die", container_id, container.name, {"exitCode": str(exit_code)})

    def remove_container(self, container_id: str) -> None:
        self.stop(container_id)
        container = self.container(container_id)
        del self.containers[container_id]
        self.emit("container", "destroy", container_id, container.name, {"image": container.image})

    def rename(self, container_id: str, name: str) -> None:
        """Rename a container."""
        container = self.container(container_id)
        self.containers[container_id] = replace(container, name=name)
        self.emit("container", "rename", container_id, name, {"oldName": f"/{container.name}"})

    def emit(self, kind: str, verb: str, actor_id: str, name: str, attributes: Mapping[str, str]) -> None:
        """Report something to the open streams, and keep it for a replay."""
        if self.is_silent:
            return
        event = EventFact(kind, verb, actor_id, name, self.now_nano(), {"name": name, **attributes})
        self.history = [*self.history, event][-KEPT_EVENTS:]
        for stream in list(self.streams):
            stream.put(event)

    def _emit_endpoint(self, verb: str, network: NetworkFact, container: ContainerFact) -> None:
        attributes = {"container": container.docker_id, "type": network.driver}
        self.emit("network", verb, network.docker_id, network.name, attributes)

    def _add_network(self, spec: NetworkSpec) -> NetworkFact:
        asked = tuple(
            PoolFact(pool.subnet, pool.gateway or pool.subnet[1], pool.ip_range, dict(pool.aux_addresses))
            for pool in spec.pools
            if pool.subnet
        )
        if not asked and spec.driver not in ("host", "null"):
            free = (s for s in DEFAULT_POOLS.subnets(new_prefix=26) if not any(s.overlaps(other) for other in self._subnets()))
            subnet = next(free, None)
            if subnet is None:
                refuse(404, "could not find an available, non-overlapping IPv4 address pool among the defaults")
            asked = (PoolFact(subnet, subnet[1]),)
        network = NetworkFact(
            docker_id=self._new_id(),
            name=spec.name,
            driver=spec.driver,
            scope="local",
            created_at=datetime.now(UTC),
            is_internal=spec.is_internal,
            is_attachable=spec.is_attachable,
            has_ipv6=bool(spec.enable_ipv6),
            pools=asked,
            options=dict(spec.options),
            labels=dict(spec.labels),
        )
        self.networks[network.docker_id] = network
        return network

    def _assigned(self, point: EndpointFact, network: NetworkFact, container: ContainerFact) -> EndpointFact:
        names = (container.name, *point.aliases, container.docker_id[:12]) if network.name not in PREDEFINED else ()
        point = replace(point, network_id=network.docker_id, endpoint_id=self._new_id(), dns_names=names)
        return with_addresses(point, network, self._taken(network))

    def _taken(self, network: NetworkFact) -> set[IPAddress | None]:
        points: Iterable[EndpointFact] = (
            point
            for container in self.containers.values()
            for point in container.endpoints
            if point.network_id == network.docker_id
        )
        return {address for point in points for address in (point.ipv4, point.ipv6)}

    def _put(self, container: ContainerFact, point: EndpointFact) -> ContainerFact:
        others = [other for other in container.endpoints if other.network_name != point.network_name]
        ordered = tuple(sorted([*others, point], key=lambda other: other.network_name))
        changed = self.containers[container.docker_id] = replace(container, endpoints=ordered)
        return changed

    def _subnets(self) -> list[IPNetwork]:
        return [pool.subnet for network in self.networks.values() for pool in network.pools]

    def _new_id(self) -> str:
        return hashlib.sha256(str(next(self._numbers)).encode()).hexdigest()
