"""An Engine that tells the facts which a test gave it, for speed, scale and faults. It has no rules: those are Docker's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TypeVar

from networks.engine.errors import EngineError, NotFound, Unreachable
from networks.engine.facts import ContainerFact, EnginePicture, InterfaceStats, NetworkFact

_Fact = TypeVar("_Fact")


@dataclass
class FakeEngine:
    """Networks and containers by id, and a client that reads them as an EngineClient does; who changes one changes the Engine.

    `stats`: what a container's interfaces have counted. `asked`: how often each call was made, by its name. Faults: `is_down`
    lets nobody in, `next_error` is raised once.
    """

    api_version: str = "1.45"
    networks: dict[str, NetworkFact] = field(default_factory=dict)
    containers: dict[str, ContainerFact] = field(default_factory=dict)
    stats: dict[str, tuple[InterfaceStats, ...]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    is_down: bool = False
    next_error: EngineError | None = None

    def have(self, *facts: NetworkFact | ContainerFact) -> None:
        """Have these networks and containers, in the place of what was known by their ids."""
        for fact in facts:
            if isinstance(fact, NetworkFact):
                self.networks[fact.docker_id] = fact
            else:
                self.containers[fact.docker_id] = fact

    def negotiate(self) -> str:
        self._note("negotiate")
        return self.api_version

    def picture(self) -> EnginePicture:
        self._note("picture")
        networks = (replace(network, counts=None) for network in self.networks.values())
        return EnginePicture(tuple(networks), tuple(map(without_detail, self.containers.values())))

    def list_containers(self, ids: list[str]) -> tuple[ContainerFact, ...]:
        self._note("list_containers")
        return tuple(without_detail(self.containers[each]) for each in ids if each in self.containers)

    def inspect_container(self, container_id: str) -> ContainerFact:
        self._note("inspect_container")
        return _found(self.containers, container_id)

    def inspect_network(self, network_id: str) -> NetworkFact:
        self._note("inspect_network")
        return _found(self.networks, network_id)

    def read_stats(self, container_id: str) -> tuple[InterfaceStats, ...]:
        self._note("read_stats")
        return _found(self.stats, container_id)

    def close(self) -> None:
        """Nothing is open."""

    def _note(self, call: str) -> None:
        self.asked[call] += 1
        error, self.next_error = self.next_error, None
        if self.is_down:
            raise Unreachable("Nobody answers")
        if error is not None:
            raise error


def without_detail(container: ContainerFact) -> ContainerFact:
    """Return a container as the list has it, which tells less of one than an inspect; tests/contract holds this to Docker."""
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


def _found(facts: dict[str, _Fact], docker_id: str) -> _Fact:
    if docker_id not in facts:
        raise NotFound(f"No such thing: {docker_id}")
    return facts[docker_id]
