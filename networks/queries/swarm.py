"""How Engines stand to a swarm, and its nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from networks.addressing.reading import IPAddress
from networks.engine.docker_names import SERVICE_LABEL
from networks.models import Container, EngineStatus, Network
from networks.queries.choices import network_choices
from networks.queries.engine_context import NetworkChoice
from networks.queries.lifecycle.consequences import Consequences, consequences_of

INACTIVE = "inactive"
_COLUMNS = (
    "engine__slug",
    "engine__name",
    "is_swarm_manager",
    "swarm_state",
    "swarm_node_id",
    "swarm_address",
    "swarm_error",
    "swarm_managers",
    "swarm_id",
    "swarm_pools",
    "swarm_subnet_size",
    "data_path_port",
    "swarm_nodes",
)


@dataclass(frozen=True, slots=True)
class EngineRef:
    """An Engine that is known here and that the reader may see."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node of a swarm; members as in NodeFact. `place`: which known Engine it is. `is_own`: the one that told of it."""

    node_id: str
    hostname: str
    role: str
    availability: str
    state: str
    address: str
    version: str
    is_leader: bool
    reachability: str
    place: EngineRef | None = None
    is_own: bool = False

    @property
    def is_removable(self) -> bool:
        """Whether Docker takes it out of the list without force: it is down, and no manager."""
        return self.state == "down" and self.role == "worker" and not self.is_own


@dataclass(frozen=True, slots=True)
class EngineInSwarm:
    """How an Engine stands to a swarm; members as in SwarmStanding. `nodes`: as a manager knows them, empty of a worker."""

    place: EngineRef
    state: str = ""
    node_id: str = ""
    address: str = ""
    error: str = ""
    is_manager: bool = False
    managers: tuple[str, ...] = ()
    swarm_id: str = ""
    pools: tuple[str, ...] = ()
    subnet_size: int = 0
    data_path_port: int = 0
    nodes: tuple[NodeRow, ...] = ()

    @property
    def is_member(self) -> bool:
        """Whether it is in a swarm, however that is."""
        return self.state not in ("", INACTIVE)

    @property
    def role(self) -> str:
        """What it is in its swarm, "" in none."""
        return ("manager" if self.is_manager else "worker") if self.is_member else ""

    @property
    def is_last_manager(self) -> bool:
        """Whether the swarm ends with it."""
        return self.is_manager and sum(node.role == "manager" for node in self.nodes) <= 1


def read_standings(slugs: Iterable[str]) -> dict[str, EngineInSwarm]:
    """Return how these Engines stand, by slug; those that were never read are missing. One query."""
    records = list(EngineStatus.objects.filter(engine__slug__in=list(slugs)).order_by("engine__slug").values(*_COLUMNS))
    places = {
        record["swarm_node_id"]: EngineRef(record["engine__slug"], record["engine__name"])
        for record in records
        if record["swarm_node_id"]
    }
    return {record["engine__slug"]: _standing_of(record, places) for record in records}


def same_swarm(standings: Mapping[str, EngineInSwarm], slug: str) -> tuple[EngineInSwarm, ...]:
    """Return those that are in the same swarm as this Engine, itself included: by what the managers among them know."""
    own = standings.get(slug)
    if own is None or not own.is_member:
        return ()
    for manager in standings.values():
        ids = {node.node_id for node in manager.nodes}
        if own.node_id in ids:
            return tuple(each for each in standings.values() if each.is_member and each.node_id in ids)
    return (own,)


def nodes_of(standings: Mapping[str, EngineInSwarm], slug: str) -> tuple[NodeRow, ...]:
    """Return the nodes of an Engine's swarm: as it knows them itself, or as another one that manages it does."""
    own = standings.get(slug)
    if own is None or not own.is_member:
        return ()
    return next((each.nodes for each in (own, *standings.values()) if own.node_id in {node.node_id for node in each.nodes}), ())


def _standing_of(record: Mapping[str, Any], places: Mapping[str, EngineRef]) -> EngineInSwarm:
    return EngineInSwarm(
        place=EngineRef(record["engine__slug"], record["engine__name"]),
        state=record["swarm_state"],
        node_id=record["swarm_node_id"],
        address=record["swarm_address"],
        error=record["swarm_error"],
        is_manager=record["is_swarm_manager"],
        managers=tuple(map(str, record["swarm_managers"])),
        swarm_id=record["swarm_id"],
        pools=tuple(map(str, record["swarm_pools"])),
        subnet_size=record["swarm_subnet_size"],
        data_path_port=record["data_path_port"],
        nodes=tuple(_node_of(node, places, record["swarm_node_id"]) for node in record["swarm_nodes"]),
    )


def _node_of(node: Mapping[str, Any], places: Mapping[str, EngineRef], own_id: str) -> NodeRow:
    return NodeRow(**node, place=places.get(node["node_id"]), is_own=node["node_id"] == own_id)


def overlays_in_use(engine_slug: str) -> list[Consequences]:
    """Return what becomes of the containers on this Engine's overlay networks, which all go."""
    ids = Network.objects.filter(engine__slug=engine_slug, scope="swarm").order_by("name").values_list("docker_id", flat=True)
    return list(consequences_of(engine_slug, list(ids)))


def count_tasks(engine_slug: str) -> int:
    """Return how many containers here belong to services of the swarm: they are removed. One query."""
    return Container.objects.filter(engine__slug=engine_slug, labels__has_key=SERVICE_LABEL).count()


def with_elsewhere(own: Iterable[NetworkChoice], engine_slug: str, seen: Collection[str]) -> tuple[NetworkChoice, ...]:
    """Return an Engine's networks, then those attachable ones of its swarm that it would know once a container there uses them.

    An address that is in use on another Engine is taken here too: the swarm gives it once. `seen`: slugs of the Engines that the
    reader may view. No query where that is no other Engine, one for an Engine that is in no swarm; else two, and three for each
    other Engine of it.
    """
    here = tuple(own)
    if not set(seen) - {engine_slug}:
        return here
    others = _others(engine_slug, seen)
    if not others:
        return here
    slugs = [each.place.slug for each in others]
    shared = Network.objects.filter(engine__slug__in=slugs, scope="swarm", is_attachable=True, is_config_only=False)
    ids: dict[str, set[str]] = {}
    for slug, docker_id in shared.values_list("engine__slug", "docker_id"):
        ids.setdefault(slug, set()).add(docker_id)
    views = {each: network_choices(each.place.slug, ids[each.place.slug]) for each in others if each.place.slug in ids}
    held: dict[str, dict[IPAddress, str]] = {}
    for other, choices in views.items():
        for choice in choices:
            there = {address: f"{name} · {other.place.name}" for address, name in choice.holders.items()}
            held.setdefault(choice.docker_id, {}).update(there)
    known = {choice.docker_id for choice in here}
    names = {choice.name for choice in here}  # Docker would take its own network of this name
    new: dict[str, NetworkChoice] = {}
    for other, choices in views.items():
        for choice in choices:
            if choice.docker_id not in known and choice.name not in names:
                new.setdefault(choice.docker_id, replace(choice, via=other.place.name, holders={}, wishes={}, macs={}))
    return (*(_held_too(each, held) for each in here), *(_held_too(each, held) for each in new.values()))


def _others(engine_slug: str, seen: Collection[str]) -> list[EngineInSwarm]:
    """Return the other Engines of its swarm, managers first: they list all networks."""
    standings = read_standings({*seen, engine_slug})
    members = (each for each in same_swarm(standings, engine_slug) if each.place.slug != engine_slug)
    return sorted(members, key=lambda each: (not each.is_manager, each.place.slug))


def _held_too(choice: NetworkChoice, held: Mapping[str, Mapping[IPAddress, str]]) -> NetworkChoice:
    return replace(choice, holders={**held.get(choice.docker_id, {}), **choice.holders}) if choice.docker_id in held else choice
