"""Worlds on a private Engine: so many networks and containers, made by parallel calls of the raw API.

Most containers are only created, which costs 25 ms each and no process; about fifty run. All of them stand in both lists and in
the snapshot. Every tenth has a second network.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.raw import RawEngine
from tests.private_engine import IMAGE, PrivateEngine

MAKERS = 4  # threads: dockerd takes one network at a time, and two cores are two cores
MOST_RUNNING = 50

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is, beside the Engine's own three networks."""

    networks: int
    containers: int

    @property
    def running(self) -> int:
        """How many of the containers run."""
        return min(MOST_RUNNING, self.containers // 5)

    @property
    def endpoints(self) -> int:
        """On how many networks all containers are together."""
        return self.containers + len(range(0, self.containers, 10))


SIZES = {"tiny": Size(3, 10), "small": Size(10, 50), "middle": Size(50, 200), "large": Size(200, 500)}


@dataclass(frozen=True, slots=True)
class World:
    """What was made: full ids, in order. The first `size.running` containers run."""

    size: Size
    networks: tuple[str, ...]
    containers: tuple[str, ...]

    @property
    def running(self) -> tuple[str, ...]:
        """The ids of the containers that run."""
        return self.containers[: self.size.running]


def grow(engine: PrivateEngine, size: Size) -> World:
    """Make the world on an Engine that has only what every Engine has."""
    engine.import_image()
    networks = in_parallel(engine.socket, range(size.networks), make_network)
    containers = in_parallel(engine.socket, range(size.containers), lambda raw, index: _make_container(raw, index, size))
    start(engine.socket, containers[: size.running])
    return World(size, networks, containers)


def make_network(raw: RawEngine, index: int, *, prefix: str = "net") -> str:
    """Create a bridge and return its id."""
    labels = {"com.docker.compose.project": f"project-{index % 20}"}
    made = raw.ask("POST", "/networks/create", {"Name": f"{prefix}-{index:04}", "Driver": "bridge", "Labels": labels})
    return str(made["Id"])


def make_container(raw: RawEngine, name: str, networks: Iterable[str], labels: dict[str, str] | None = None) -> str:
    """Create a container on these networks (names) and return its id."""
    names = list(networks)
    body = {
        "Image": IMAGE,
        "Cmd": ["sleep", "1000000"],
        "StopSignal": "KILL",
        "Labels": labels or {},
        "HostConfig": {"NetworkMode": names[0], "PortBindings": {}},
        "NetworkingConfig": {"EndpointsConfig": {network: {} for network in names}},
    }
    return str(raw.ask("POST", f"/containers/create?name={name}", body)["Id"])


def start(path: str, containers: Iterable[str]) -> None:
    """Start containers."""
    in_parallel(path, containers, lambda raw, docker_id: raw.call("POST", f"/containers/{docker_id}/start") and "")


def _make_container(raw: RawEngine, index: int, size: Size) -> str:
    places = [index % size.networks] + ([(index + 1) % size.networks] if index % 10 == 0 else [])
    labels = {"com.docker.compose.project": f"project-{index % 20}", "com.docker.compose.service": "service"}
    return make_container(raw, f"service-{index:04}", [f"net-{place:04}" for place in places], labels)


def in_parallel(path: str, items: Iterable[Item], make: Callable[[RawEngine, Item], Made]) -> tuple[Made, ...]:
    """Call `make` for each item from a few threads, each with a connection of its own, and return the answers in order."""
    connections = threading.local()
    opened: list[RawEngine] = []

    def work(item: Item) -> Made:
        raw = getattr(connections, "raw", None)
        if raw is None:
            raw = connections.raw = RawEngine(path)
            opened.append(raw)
        return make(raw, item)

    with ThreadPoolExecutor(MAKERS) as makers:
        made = tuple(makers.map(work, items))
    for raw in opened:
        raw.close()
    return made
