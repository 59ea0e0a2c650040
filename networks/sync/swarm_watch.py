"""What an Engine tells of its swarm: how it stands to it, its nodes, and who takes part in which overlay network."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import structlog

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.facts import EngineInfo, EventFact, NetworkFact
from networks.engine.swarm_facts import NodeFact
from networks.models import EngineStatus
from networks.sync.snapshot.memory import Memory

log = structlog.get_logger(__name__)

# An event of an overlay network is the only sign of a swarm that came or went; several come together.
CALM_S = 0.3
# Peers are told by an inspect alone, 2 ms each; a swarm with more overlay networks than this is asked for the rest in turn.
MOST_INSPECTED = 20
_TOLD = ("network_drivers", "default_address_pools", "is_rootless", "registries")
# By column: the member of what is told of the swarm.
_SWARM = {
    "is_swarm_manager": "is_manager",
    "swarm_state": "state",
    "swarm_node_id": "node_id",
    "swarm_address": "address",
    "swarm_error": "error",
    "swarm_managers": "managers",
    "swarm_id": "swarm_id",
    "swarm_pools": "pools",
    "swarm_subnet_size": "subnet_size",
    "data_path_port": "data_path_port",
}
_COLUMNS = (*_TOLD, *_SWARM, "swarm_nodes", "overlay_peers")


def info_columns(info: EngineInfo) -> dict[str, Any]:
    """Return what `GET /info` tells, for as long as it lasts: drivers come with plugins, and swarms with a command."""
    of_swarm = {column: _as_json(getattr(info.swarm, name)) for column, name in _SWARM.items()}
    return {**{name: _as_json(getattr(info, name)) for name in _TOLD}, **of_swarm}


def _as_json(value: Any) -> Any:
    return [_as_json(each) for each in value] if isinstance(value, tuple) else value


class SwarmWatch:
    """One connection's reading of it, with every resync and soon after an overlay network came, went or was used.

    Nothing else tells of it: no event says that another Engine joined, or began to take part in a network. Used by the worker's
    thread alone.
    """

    def __init__(self, client: EngineClient, engine_pk: int) -> None:
        self._client = client
        self._engine_pk = engine_pk
        self._due_at = 0.0
        self._turn = 0
        self._known: dict[str, Any] = {}

    def wake(self) -> None:
        """Have it read at the next turn."""
        self._due_at = 0.0

    def note(self, events: Iterable[EventFact]) -> None:
        """Have it read soon, where one of these speaks of a swarm."""
        if any(event.attributes.get("type") == "overlay" or event.actor_name == "docker_gwbridge" for event in events):
            self._due_at = min(self._due_at, time.monotonic() + CALM_S)

    def is_due(self) -> bool:
        return time.monotonic() >= self._due_at

    def next_due_s(self) -> float:
        """Return in how many seconds it is to be read; large when that isn't known."""
        return max(0.0, self._due_at - time.monotonic())

    def read(self, memory: Memory) -> dict[str, Any]:
        """Read what there is, and return the columns of EngineStatus that are others than before. One to three calls and more.

        An Engine that doesn't answer is found out elsewhere: what it told last stays.
        """
        self._due_at = float("inf")
        if not self._known:
            self._known = dict(EngineStatus.objects.filter(engine_id=self._engine_pk).values(*_COLUMNS).get())
        try:
            info = self._client.info()
            found = info_columns(info)
            found["swarm_nodes"] = [_node(each) for each in self._client.list_nodes()] if info.swarm.is_manager else []
            found["overlay_peers"] = self._peers(memory) if info.swarm.is_member else {}
        except EngineError as error:
            log.debug("swarm_not_read", error=error.sentence)
            return {}
        changed = {name: value for name, value in found.items() if self._known[name] != value}
        self._known |= changed
        return changed

    def _peers(self, memory: Memory) -> dict[str, list[list[str]]]:
        """Return (name, address) pairs by the id of an overlay network; those that aren't asked for now stay as they were."""
        overlays = sorted(docker_id for docker_id, network in memory.networks.items() if _has_peers(network))
        if len(overlays) > MOST_INSPECTED:
            self._turn = (self._turn + MOST_INSPECTED) % len(overlays)
        asked = (overlays[self._turn :] + overlays[: self._turn])[:MOST_INSPECTED]
        peers = {docker_id: self._known["overlay_peers"].get(docker_id, []) for docker_id in overlays}
        for docker_id in asked:
            try:
                fact = self._client.inspect_network(docker_id)
            except EngineError as error:  # it may be gone by now
                log.debug("peers_not_read", network_id=docker_id, error=error.sentence)
            else:
                peers[docker_id] = [[peer.name, peer.address] for peer in fact.peers]
        return {docker_id: found for docker_id, found in peers.items() if found}


def _has_peers(network: NetworkFact) -> bool:
    return network.driver == "overlay" and network.scope == "swarm"


def _node(fact: NodeFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in NodeFact.__slots__}
