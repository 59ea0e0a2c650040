"""What differs between memory and what was read, and whose rows that touches. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from networks.engine.facts import ContainerFact, EnginePicture, NetworkFact
from networks.sync.snapshot.memory import Memory, endpoints_of, resolve

DONOR_PREFIX = "container:"
Fact = TypeVar("Fact")


@dataclass(slots=True)
class Update:
    """What was read, by id; None for what isn't there any more. Ids that are missing were not looked at."""

    networks: dict[str, NetworkFact | None] = field(default_factory=dict)
    containers: dict[str, ContainerFact | None] = field(default_factory=dict)


@dataclass(slots=True)
class Changes:
    """What has to be written.

    `relinked`: containers whose endpoints' networks came or went. `touched_*`: ids whose row shows something that changed,
    the saved ones included; each gets the next revision.
    """

    networks_saved: dict[str, NetworkFact] = field(default_factory=dict)
    networks_gone: dict[str, NetworkFact] = field(default_factory=dict)
    containers_saved: dict[str, ContainerFact] = field(default_factory=dict)
    containers_gone: dict[str, ContainerFact] = field(default_factory=dict)
    relinked: set[str] = field(default_factory=set)
    touched_networks: set[str] = field(default_factory=set)
    touched_containers: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.networks_saved or self.networks_gone or self.containers_saved or self.containers_gone or self.relinked)

    def __len__(self) -> int:
        return len(self.networks_saved) + len(self.networks_gone) + len(self.containers_saved) + len(self.containers_gone)


def update_from(picture: EnginePicture, memory: Memory) -> Update:
    """Turn a whole picture into an update: what memory has and the picture hasn't is gone."""
    update = Update(dict.fromkeys(memory.networks), dict.fromkeys(memory.containers))
    update.networks.update((fact.docker_id, fact) for fact in picture.networks)
    update.containers.update((fact.docker_id, fact) for fact in picture.containers)
    return update


def find_changes(memory: Memory, update: Update) -> tuple[Changes, Memory]:
    """Compare, and return what to write with the memory as it will be afterwards. `memory` itself is left alone."""
    changes = Changes()
    after = memory.copy()
    _compare(memory.networks, update.networks, changes.networks_saved, changes.networks_gone, after.networks)
    _compare(memory.containers, update.containers, changes.containers_saved, changes.containers_gone, after.containers)
    if changes.networks_saved or changes.networks_gone:
        _touch_guests(memory, after, changes)
    if changes.containers_saved or changes.containers_gone:
        _touch_networks(memory, after, changes)
        _touch_dependants(memory, after, changes)
    changes.touched_networks |= changes.networks_saved.keys()
    changes.touched_networks &= after.networks.keys()
    changes.touched_containers |= changes.containers_saved.keys()
    changes.touched_containers &= after.containers.keys()
    return changes, after


def _compare(
    known: Mapping[str, Fact],
    read: Mapping[str, Fact | None],
    saved: dict[str, Fact],
    gone: dict[str, Fact],
    after: dict[str, Fact],
) -> None:
    for docker_id, fact in read.items():
        if fact is None:
            if docker_id in known:
                gone[docker_id] = after.pop(docker_id)
        elif known.get(docker_id) != fact:
            saved[docker_id] = after[docker_id] = fact


def _touch_guests(before: Memory, after: Memory, changes: Changes) -> None:
    """Find the containers that are on a network which came, went or changed."""
    changed = changes.networks_saved.keys() | changes.networks_gone.keys()
    names_before, names_after = before.network_names(), after.network_names()
    for docker_id, fact in after.containers.items():
        for endpoint in fact.endpoints:
            old = resolve(endpoint, before.networks, names_before)
            new = resolve(endpoint, after.networks, names_after)
            if old != new:
                changes.relinked.add(docker_id)
                changes.touched_networks |= {old, new}
            if old in changed or new in changed:
                changes.touched_containers.add(docker_id)


def _touch_networks(before: Memory, after: Memory, changes: Changes) -> None:
    """Find the networks whose rows show something of a container that came, went or changed."""
    names_before, names_after = before.network_names(), after.network_names()
    for docker_id in changes.containers_saved.keys() | changes.containers_gone.keys():
        old, new = before.containers.get(docker_id), after.containers.get(docker_id)
        if _face(old) == _face(new):
            continue
        changes.touched_networks.update(resolve(endpoint, before.networks, names_before) for endpoint in endpoints_of(old))
        changes.touched_networks.update(resolve(endpoint, after.networks, names_after) for endpoint in endpoints_of(new))


def _face(fact: ContainerFact | None) -> tuple[object, ...]:
    """What networks' rows and pages show of a container."""
    return (fact.name, fact.state, fact.exit_code, fact.endpoints) if fact else ()


def _touch_dependants(before: Memory, after: Memory, changes: Changes) -> None:
    """Find the containers that share the sandbox of one which came, went or was renamed: their rows show its name."""
    donors = {
        docker_id
        for docker_id in changes.containers_saved.keys() | changes.containers_gone.keys()
        if _name(before, docker_id) != _name(after, docker_id)
    }
    for docker_id, fact in after.containers.items():
        if fact.network_mode.startswith(DONOR_PREFIX) and fact.network_mode.removeprefix(DONOR_PREFIX) in donors:
            changes.touched_containers.add(docker_id)


def _name(memory: Memory, docker_id: str) -> str | None:
    fact = memory.containers.get(docker_id)
    return fact.name if fact else None
