"""What differs between memory and what was read, and whose rows that touches. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.facts import ContainerFact, EndpointFact, EnginePicture, NetworkFact
from networks.sync.snapshot.memory import Memory, endpoints_of, is_mode_lost, resolve

Fact = TypeVar("Fact")


@dataclass(slots=True)
class Update:
    """What was read, by id; None for what isn't there any more. Ids that are missing were not looked at."""

    networks: dict[str, NetworkFact | None] = field(default_factory=dict)
    containers: dict[str, ContainerFact | None] = field(default_factory=dict)
    read_nano: dict[str, int] = field(default_factory=dict)  # when a container was read, nanoseconds since 1970; else just now


@dataclass(slots=True)
class Changes:
    """What has to be written.

    `containers_saved`: only those of which more than the endpoints changed. `endpoints_saved`: by container id, those that are
    new, that changed, or whose network came or went; `endpoints_gone`: container id and network name. `touched_*`: ids whose row
    shows something that changed, the saved ones included; each gets the next revision.
    """

    networks_saved: dict[str, NetworkFact] = field(default_factory=dict)
    networks_gone: dict[str, NetworkFact] = field(default_factory=dict)
    containers_saved: dict[str, ContainerFact] = field(default_factory=dict)
    containers_gone: dict[str, ContainerFact] = field(default_factory=dict)
    endpoints_saved: dict[str, list[EndpointFact]] = field(default_factory=dict)
    endpoints_gone: list[tuple[str, str]] = field(default_factory=list)
    touched_networks: set[str] = field(default_factory=set)
    touched_containers: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.networks_saved or self.networks_gone or self.containers_gone or self.touched_containers)

    def containers(self) -> set[str]:
        """Return the ids of the containers that came, went or changed, in themselves or in their endpoints."""
        moved = {docker_id for docker_id, _ in self.endpoints_gone}
        return moved | self.containers_saved.keys() | self.containers_gone.keys() | self.endpoints_saved.keys()

    def __len__(self) -> int:
        """How many networks and containers came, went or changed."""
        return len(self.networks_saved) + len(self.networks_gone) + len(self.containers())


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
    containers: dict[str, ContainerFact] = {}
    _compare(memory.networks, update.networks, changes.networks_saved, changes.networks_gone, after.networks)
    _compare(memory.containers, update.containers, containers, changes.containers_gone, after.containers)
    if changes.networks_saved or changes.networks_gone:
        _touch_guests(memory, after, changes)
        _save_orphans(memory, after, changes)
    if containers or changes.containers_gone:
        _split_endpoints(memory, containers, changes)
        _touch_networks(memory, after, containers.keys() | changes.containers_gone.keys(), changes)
        _touch_dependants(memory, after, containers.keys() | changes.containers_gone.keys(), changes)
    changes.touched_networks |= changes.networks_saved.keys()
    changes.touched_networks &= after.networks.keys()
    changes.touched_containers |= containers.keys()
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


def _split_endpoints(before: Memory, containers: Mapping[str, ContainerFact], changes: Changes) -> None:
    for docker_id, fact in containers.items():
        known = before.containers.get(docker_id)
        if known is None or replace(known, endpoints=fact.endpoints) != fact:
            changes.containers_saved[docker_id] = fact
        old = {endpoint.network_name: endpoint for endpoint in endpoints_of(known)}
        relinked = changes.endpoints_saved.get(docker_id, [])
        saved = [endpoint for endpoint in fact.endpoints if endpoint in relinked or old.get(endpoint.network_name) != endpoint]
        if saved:
            changes.endpoints_saved[docker_id] = saved
        kept = {endpoint.network_name for endpoint in fact.endpoints}
        changes.endpoints_gone += [(docker_id, name) for name in old if name not in kept]


def _touch_guests(before: Memory, after: Memory, changes: Changes) -> None:
    """Find the containers that are on a network which came, went or changed."""
    changed = changes.networks_saved.keys() | changes.networks_gone.keys()
    # Only an endpoint that names a changed network, by id or by name, can lead elsewhere now: most are passed over at once.
    renamed = {known.name for docker_id in changed if (known := before.networks.get(docker_id))}
    renamed |= {fact.name for fact in changes.networks_saved.values()}
    guests = [
        (docker_id, endpoint)
        for docker_id, fact in after.containers.items()
        for endpoint in fact.endpoints
        if endpoint.network_id in changed or endpoint.network_name in renamed
    ]
    if not guests:
        return
    names_before, names_after = before.network_names(), after.network_names()
    for docker_id, endpoint in guests:
        old = resolve(endpoint, before.networks, names_before)
        new = resolve(endpoint, after.networks, names_after)
        if old != new:
            changes.endpoints_saved.setdefault(docker_id, []).append(endpoint)
            changes.touched_networks |= {old, new}
        if old != new or old in changed or new in changed:
            changes.touched_containers.add(docker_id)


def _save_orphans(before: Memory, after: Memory, changes: Changes) -> None:
    """Find the containers whose own network, the one that they were made with, came or went: their rows say so."""
    came_or_went = changes.networks_saved.keys() | changes.networks_gone.keys()
    facts = [known for docker_id in came_or_went for memory in (before, after) if (known := memory.networks.get(docker_id))]
    modes = {fact.network_mode for fact in after.containers.values() if not fact.network_mode.startswith(DONOR_PREFIX)}
    if not any(fact.scope == "swarm" for fact in facts):  # one of a swarm decides about modes that name nothing, too
        names = {fact.name for fact in facts}
        modes = {mode for mode in modes if mode in names or any(docker_id.startswith(mode) for docker_id in came_or_went)}
    if not modes:
        return
    had, has = ((memory.networks, memory.network_names()) for memory in (before, after))
    lost = {mode: is_mode_lost(mode, *has) for mode in modes}
    changed = {mode for mode, is_lost in lost.items() if is_mode_lost(mode, *had) != is_lost}
    for docker_id, fact in after.containers.items() if changed else ():
        if fact.network_mode in changed:
            changes.containers_saved[docker_id] = fact
            changes.touched_containers.add(docker_id)


def _touch_networks(before: Memory, after: Memory, containers: Iterable[str], changes: Changes) -> None:
    """Find the networks whose rows show something of a container that came, went or changed."""
    names_before, names_after = before.network_names(), after.network_names()
    for docker_id in containers:
        old, new = before.containers.get(docker_id), after.containers.get(docker_id)
        if _face(old) == _face(new):
            continue
        changes.touched_networks.update(resolve(endpoint, before.networks, names_before) for endpoint in endpoints_of(old))
        changes.touched_networks.update(resolve(endpoint, after.networks, names_after) for endpoint in endpoints_of(new))


def _face(fact: ContainerFact | None) -> tuple[object, ...]:
    """What networks' rows and pages show of a container."""
    return (fact.name, fact.state, fact.exit_code, fact.ending, fact.endpoints) if fact else ()


def _touch_dependants(before: Memory, after: Memory, containers: Iterable[str], changes: Changes) -> None:
    """Find the containers that share the sandbox of one which came, went, was renamed, or started or ended since: their rows
    show its name, and whether the stack that they are in is still alive."""
    donors = {docker_id for docker_id in containers if _as_donor(before, docker_id) != _as_donor(after, docker_id)}
    if not donors:
        return
    guests: dict[str, list[str]] = {}
    for docker_id, fact in after.containers.items():
        if fact.network_mode.startswith(DONOR_PREFIX):
            guests.setdefault(fact.network_mode.removeprefix(DONOR_PREFIX), []).append(docker_id)
    lenders, passed = list(donors), set(donors)
    for lender in lenders:  # a guest may lend what it shares
        found = guests.get(lender, [])
        changes.touched_containers.update(found)
        lenders += [guest for guest in found if guest not in passed]
        passed.update(found)


def _as_donor(memory: Memory, docker_id: str) -> tuple[object, ...]:
    fact = memory.containers.get(docker_id)
    return (fact.name, fact.state, fact.started_at, fact.hostname) if fact else ()
