"""The EngineClient of the Engine in memory: the same guard and allow-list, no bytes."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from networks.engine.calls import AllowList, Profile, is_change
from networks.engine.errors import EngineError, Unreachable
from networks.engine.facts import ContainerFact, EngineInfo, EnginePicture, EventFact, InterfaceStats, NetworkFact
from networks.engine.guard import full_id
from networks.engine.image_facts import ImageFact, LayerFact
from networks.engine.specs import ConnectSpec, ContainerSpec, DisconnectSpec, NetworkSpec, RunSpec
from networks.engine.transport.outgoing import Outgoing
from tests import fake_orders as orders
from tests.fake_swarm import FakeSwarmClient
from tests.fake_terminal import Execs, FakeTerminalClient

if TYPE_CHECKING:
    from tests.fake_engine import FakeEngine

# What interfaces have counted, by container; of those that aren't here, nothing.
Stats = dict[str, tuple[InterfaceStats, ...]]

__all__ = ["Execs", "FakeClient", "FakeStream", "Stats"]
_Result = TypeVar("_Result")


class FakeStream:
    """An open stream of the Engine in memory."""

    def __init__(self, engine: FakeEngine, replayed: Sequence[EventFact]) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[EventFact | None] = queue.SimpleQueue()
        self._is_closed = False
        for event in replayed:
            self._queue.put(event)

    def __iter__(self) -> Iterator[EventFact]:
        return self

    def __next__(self) -> EventFact:
        event = None if self._is_closed and self._queue.empty() else self._queue.get()
        if event is None:
            raise StopIteration
        return event

    def put(self, event: EventFact) -> None:
        self._queue.put(event)

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._queue.put(None)
            with self._engine.lock:
                self._engine.streams.remove(self)


class FakeClient(FakeSwarmClient, FakeTerminalClient):
    """Asks an Engine in memory; see EngineClient."""

    def __init__(self, engine: FakeEngine, profile: Profile, *, is_read_only: bool = False) -> None:
        self._engine = engine
        self._allow_list = AllowList(profile, is_read_only=is_read_only)
        self._outgoing = Outgoing()

    def ping(self) -> None:
        self._ask("GET", "/_ping", lambda: None)

    def negotiate(self) -> str:
        return self._ask("GET", "/version", lambda: self._engine.api_version)

    def info(self) -> EngineInfo:
        drivers = ("bridge", "host", "ipvlan", "macvlan", "null", "overlay")
        swarm = self._engine.swarm
        answer = EngineInfo("fake", "fake", "26.1.5", self._engine.api_version, "1.24", "Linux", "6.1", "x86_64", drivers)
        answer = replace(answer, swarm=swarm, is_swarm_manager=swarm.is_manager)
        return self._ask("GET", "/info", lambda: answer)

    def picture(self) -> EnginePicture:
        networks = self._ask("GET", "/networks", lambda: tuple(self._engine.networks.values()))
        return EnginePicture(networks, self._ask("GET", "/containers/json?all=1", self._all))

    def list_containers(self, ids: Sequence[str]) -> tuple[ContainerFact, ...]:
        wanted = {full_id("container", container_id) for container_id in ids}
        if not wanted:
            return ()
        listed = self._ask("GET", "/containers/json?all=1", self._all)
        return tuple(container for container in listed if container.docker_id in wanted)

    def inspect_container(self, container_id: str) -> ContainerFact:
        wanted = full_id("container", container_id)
        return self._ask("GET", f"/containers/{wanted}/json", lambda: self._engine.container(wanted))

    def inspect_network(self, network_id: str) -> NetworkFact:
        wanted = full_id("network", network_id)
        return self._ask("GET", f"/networks/{wanted}", lambda: self._engine.inspected(wanted))

    def read_stats(self, container_id: str) -> tuple[InterfaceStats, ...]:
        wanted = full_id("container", container_id)
        return self._ask("GET", f"/containers/{wanted}/stats?stream=false&one-shot=true", lambda: self._stats(wanted))

    def events(self, since_nano: int | None = None) -> FakeStream:
        def subscribe() -> FakeStream:
            kept = [] if since_nano is None else [e for e in self._engine.history if e.time_nano >= since_nano]
            stream = FakeStream(self._engine, kept)
            self._engine.streams.append(stream)
            return stream

        return self._ask("GET", "/events", subscribe)

    def create_network(self, spec: NetworkSpec) -> str:
        return self._ask("POST", "/networks/create", lambda: self._engine.create_network(spec))

    def remove_network(self, network_id: str) -> None:
        wanted = full_id("network", network_id)
        self._ask("DELETE", f"/networks/{wanted}", lambda: self._engine.remove_network(wanted))

    def connect_container(self, spec: ConnectSpec) -> None:
        full_id("container", spec.container_id)
        wanted = full_id("network", spec.network_id)
        self._ask("POST", f"/networks/{wanted}/connect", lambda: self._engine.connect(spec))

    def disconnect_container(self, spec: DisconnectSpec) -> None:
        full_id("container", spec.container_id)
        wanted = full_id("network", spec.network_id)
        self._ask("POST", f"/networks/{wanted}/disconnect", lambda: self._engine.disconnect(spec))

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        reference = f"{repository}:{tag}"
        self._ask("POST", "/images/create?fromSrc=-", lambda: self._engine.add_image(reference))
        return self._engine.images[reference]

    def pull_image(self, repository: str, tag: str, tell: Callable[[LayerFact], None] | None = None) -> None:
        self._ask("POST", "/images/create", lambda: self._engine.add_image(f"{repository}:{tag}"))

    def list_images(self) -> tuple[ImageFact, ...]:
        images = self._engine.images
        return self._ask("GET", "/images/json", lambda: tuple(ImageFact(images[each], (each,)) for each in images))

    def has_image(self, reference: str) -> bool:
        return self._ask("GET", "/images/json", lambda: reference in self._engine.images)

    def remove_image(self, image_id: str) -> None:
        wanted = full_id("image", image_id)
        self._ask("DELETE", f"/images/{wanted}", lambda: self._engine.remove_image(wanted))

    def run_container(self, spec: ContainerSpec) -> str:
        return self._ask("POST", "/containers/create", lambda: self._engine.run(spec))

    def create_container(self, spec: RunSpec) -> str:
        self.negotiate()
        return self._ask("POST", "/containers/create", lambda: orders.create(self._engine, spec))

    def start_container(self, container_id: str) -> None:
        self._order(container_id, "start", orders.start)

    def stop_container(self, container_id: str, wait_s: int = 10) -> None:
        self._order(container_id, f"stop?t={wait_s}", orders.stop)

    def restart_container(self, container_id: str, wait_s: int = 10) -> None:
        self._order(container_id, f"restart?t={wait_s}", orders.restart)

    def kill_container(self, container_id: str) -> None:
        self._order(container_id, "kill", orders.kill)

    def pause_container(self, container_id: str) -> None:
        self._order(container_id, "pause", orders.pause)

    def unpause_container(self, container_id: str) -> None:
        self._order(container_id, "unpause", orders.unpause)

    def rename_container(self, container_id: str, name: str) -> None:
        self._order(container_id, f"rename?name={name}", lambda engine, wanted: orders.rename(engine, wanted, name))

    def remove_container(self, container_id: str) -> None:
        wanted = full_id("container", container_id)
        self._ask("DELETE", f"/containers/{wanted}", lambda: self._engine.remove_container(wanted))

    def withdraw(self) -> str:
        return self._outgoing.withdraw()

    def close(self) -> None:
        """Nothing is open but streams, and those end by themselves or with the Engine."""

    def _ask(self, method: str, target: str, act: Callable[[], _Result]) -> _Result:
        self._allow_list.check(method, target)
        if is_change(method):
            self._outgoing.note(f"{method} {target.partition('?')[0]}")
        with self._engine.lock:
            self._engine.calls.append((method, target))
            try:
                if self._engine.is_down:
                    raise Unreachable("Nobody answers")
                error, self._engine.next_error = self._engine.next_error, None
                if error is not None:
                    raise error
                return act()
            except EngineError as error:
                error.request = error.request or f"{method} {target.partition('?')[0]}"
                raise

    def _order(self, container_id: str, order: str, act: Callable[[FakeEngine, str], None]) -> None:
        wanted = full_id("container", container_id)
        self._ask("POST", f"/containers/{wanted}/{order}", lambda: act(self._engine, wanted))

    def _stats(self, container_id: str) -> tuple[InterfaceStats, ...]:
        """Return zeros, unless the Engine's `stats` say otherwise for this container."""
        container = self._engine.container(container_id)
        mode = container.network_mode
        owner = self._engine.container(mode.partition(":")[2]) if mode.startswith("container:") else container
        joined = [point for point in owner.endpoints if point.network_name not in ("host", "none")]
        zeros = tuple(InterfaceStats(f"eth{number}") for number in range(len(joined)))
        return self._engine.stats.get(container_id, zeros) if container.state == "running" else ()

    def _all(self) -> tuple[ContainerFact, ...]:
        return tuple(map(_listed, self._engine.containers.values()))


def _listed(container: ContainerFact) -> ContainerFact:
    points = tuple(
        replace(point, aliases=(), dns_names=(), links=(), driver_options={}, link_local_ips=(), has_detail=False)
        for point in container.endpoints
    )
    return replace(
        container,
        endpoints=points,
        started_at=None,
        finished_at=None,
        hostname="",
        pid=0,
        restart_policy="",
        is_auto_removed=False,
        has_detail=False,
    )
