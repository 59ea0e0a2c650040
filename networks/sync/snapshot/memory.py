"""What the follower holds in memory: the facts as the snapshot has them, so that a difference needs no query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from networks.engine.docker_names import PREDEFINED
from networks.engine.facts import ContainerFact, EndpointFact, NetworkFact

DONOR_PREFIX = "container:"
_FULL_ID, _SHORT_ID = 64, 12  # characters; a swarm's ids are shorter than full ones


@dataclass(slots=True)
class Memory:
    """Networks and containers by Docker id. Owned by one thread."""

    networks: dict[str, NetworkFact] = field(default_factory=dict)
    containers: dict[str, ContainerFact] = field(default_factory=dict)

    def copy(self) -> Memory:
        """Return a shallow copy: facts are frozen."""
        return Memory(dict(self.networks), dict(self.containers))

    def network_names(self) -> dict[str, str]:
        """Return name to id; where two share a name, the smaller id, so that the answer doesn't depend on the order."""
        return {self.networks[docker_id].name: docker_id for docker_id in sorted(self.networks, reverse=True)}


def resolve(endpoint: EndpointFact, networks: Mapping[str, NetworkFact], names: Mapping[str, str]) -> str:
    """Return the id of the network that an endpoint is on, "" when that network isn't there.

    By name where Docker gives no id (joined while not running) and for predefined networks: the default bridge has a new id
    after each start of the Engine, while stopped containers keep the old one. Any other id that is gone stays gone: Docker
    stores it by id.
    """
    if endpoint.network_id in networks:
        return endpoint.network_id
    if endpoint.network_id == "" or endpoint.network_name in PREDEFINED:
        return names.get(endpoint.network_name, "")
    return ""


def is_mode_lost(mode: str, networks: Mapping[str, NetworkFact], names: Mapping[str, str]) -> bool:
    """Tell whether a network mode names a network that isn't there. A swarm's networks may come when they are needed."""
    if mode in ("", "default", *PREDEFINED) or mode.startswith(DONOR_PREFIX) or mode in names or mode in networks:
        return False
    if len(mode) >= _SHORT_ID and any(docker_id.startswith(mode) for docker_id in networks):
        return False
    return len(mode) == _FULL_ID or not any(fact.scope == "swarm" for fact in networks.values())


def endpoints_of(fact: ContainerFact | None) -> Iterator[EndpointFact]:
    """Yield a container's endpoints, none for a container that isn't there."""
    return iter(fact.endpoints if fact else ())
