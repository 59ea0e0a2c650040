"""What the Engine in memory does when a container is ordered to restart, end, freeze, go on, or be called otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from networks.engine.errors import NotAllowed
from networks.engine.specs import API_OF_SEVERAL, CONTAINER_NAME, ConnectSpec, ContainerSpec, Mode, RunSpec
from tests.fake_addresses import refuse

if TYPE_CHECKING:
    from tests.fake_engine import FakeEngine


def create(engine: FakeEngine, spec: RunSpec) -> str:
    """Create a container on its networks; it doesn't run."""
    first = spec.networks[0].network_name if spec.networks else str(spec.mode)
    mode = f"container:{spec.donor_id}" if spec.mode is Mode.CONTAINER else first
    name = spec.name or f"made_up_{len(engine.containers)}"
    container_id = engine.create(ContainerSpec(name, spec.image, mode, spec.words, spec.labels))
    if tuple(map(int, engine.api_version.split("."))) >= API_OF_SEVERAL:
        for endpoint in spec.networks[1:]:
            engine.connect(ConnectSpec(endpoint.network_id, container_id, ipv4=endpoint.ipv4))
    return container_id


def start(engine: FakeEngine, container_id: str) -> None:
    """Start a container; one that runs stays as it is. Its donor has to run."""
    container = engine.container(container_id)
    if container.state == "paused":
        refuse(409, "cannot start a paused container, try unpause instead")
    donor_id = container.network_mode.partition("container:")[2]
    if donor_id and engine.container(donor_id).state != "running":
        refuse(409, f"cannot join network of a non running container: {donor_id}")
    if container.state != "running":
        engine.start(container_id)


def stop(engine: FakeEngine, container_id: str) -> None:
    """Stop a container, a paused one too."""
    _thaw(engine, container_id)
    engine.stop(container_id)


def restart(engine: FakeEngine, container_id: str) -> None:
    """Stop a container and start it: one that can't start stays stopped."""
    stop(engine, container_id)
    start(engine, container_id)


def kill(engine: FakeEngine, container_id: str) -> None:
    """End a container that runs."""
    container = engine.container(container_id)
    if container.state not in ("running", "paused"):
        refuse(409, f"cannot kill container: {container_id}: container {container_id} is not running")
    stop(engine, container_id)


def pause(engine: FakeEngine, container_id: str) -> None:
    """Freeze a container that runs."""
    container = engine.container(container_id)
    if container.state == "paused":
        refuse(409, f"Container {container_id} is already paused")
    if container.state != "running":
        refuse(409, f"container {container_id} is not running")
    engine.containers[container_id] = replace(container, state="paused")
    engine.emit("container", "pause", container_id, container.name, {"image": container.image})


def unpause(engine: FakeEngine, container_id: str) -> None:
    """Let a paused container go on."""
    container = engine.container(container_id)
    if container.state != "paused":
        refuse(500, f"Container {container_id} is not paused")
    _thaw(engine, container_id)
    engine.emit("container", "unpause", container_id, container.name, {"image": container.image})


def rename(engine: FakeEngine, container_id: str, name: str) -> None:
    """Give a container a name that nobody has."""
    if not re.fullmatch(CONTAINER_NAME, name):
        raise NotAllowed(f"Not a container's name: {name!r:.80}")
    owner = next((one for one in engine.containers.values() if one.name == name), None)
    if owner is not None and owner.docker_id == container_id:
        refuse(400, "Renaming a container with the same name as its current name")
    if owner is not None:
        refuse(409, f'Error when allocating new name: Conflict. The container name "/{name}" is already in use')
    engine.rename(container_id, name)


def _thaw(engine: FakeEngine, container_id: str) -> None:
    container = engine.container(container_id)
    if container.state == "paused":
        engine.containers[container_id] = replace(container, state="running")
