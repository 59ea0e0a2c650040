"""What a removal or a disconnect would break, said before it is done: from the snapshot, stopped ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from networks.engine.docker_names import ONEOFF_LABEL, PROJECT_LABEL
from networks.engine.parsing.engines import holds_to_modes
from networks.engine.states import RUNNING_STATES
from networks.models import Container, Endpoint, Network
from networks.queries.donors import guests_below, is_in_stack, read_guests
from networks.queries.rows import is_told_by_containers

# Drivers by which published ports reach a container.
PUBLISHING_DRIVERS = frozenset({"bridge", "overlay", "nat"})
_SHORT_ID = 12

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dependant:
    """A container that was made to share the network of another (`--network container:…`).

    `is_running`: it is in the other one's stack now, and loses with it what that loses. One in an old stack of it loses nothing.
    """

    docker_id: str
    name: str
    state: str
    is_running: bool
    is_alive: bool = False


@dataclass(frozen=True, slots=True)
class Affected:
    """A container on the network. `is_last`: it has no other network that stays. `closing_ports`: published ports, as Docker
    writes them, that nothing would serve any more. `is_own_network`: it was made with this network (`docker run --network`).
    `addresses`: those that it has; of one that doesn't run, those that it asks for. `static_addresses`, `aliases`: what was asked
    for when it was connected. `project`: of Compose; `is_oneoff`: by `docker compose run`, so that `up` leaves it alone.
    """

    docker_id: str
    name: str
    state: str
    exit_code: int | None
    addresses: tuple[str, ...]
    is_running: bool
    is_last: bool
    is_own_network: bool
    project: str
    closing_ports: tuple[str, ...] = ()
    dependants: tuple[Dependant, ...] = ()
    static_addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ending: str = ""
    is_oneoff: bool = False


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would break if one network went, or if some of its containers left it.

    `affected`: running ones first, then by name. `project`: the Compose project that made the network, "" for none.
    `outer_projects`: Compose projects whose containers are on it though another, or nobody, made it: to them it is `external`.
    `config_users`: names of the networks that take their configuration from it; Docker refuses to remove it then.
    `orphans`: (id, name, state) of containers made with it that are on others alone; without it none of them starts. `is_told`:
    none but this Engine's containers may be on it.
    """

    docker_id: str
    name: str
    driver: str
    project: str = ""
    outer_projects: tuple[str, ...] = ()
    affected: tuple[Affected, ...] = ()
    config_users: tuple[str, ...] = ()
    orphans: tuple[tuple[str, str, str], ...] = ()
    is_told: bool = True

    @property
    def running(self) -> tuple[Affected, ...]:
        """Those because of which Docker refuses to remove the network."""
        return tuple(each for each in self.affected if each.is_running and each.state != "restarting")

    @property
    def wavering(self) -> tuple[Affected, ...]:
        """Those that end and are restarted: Docker refuses while one runs, and removes the network between two tries."""
        return tuple(each for each in self.affected if each.state == "restarting")

    @property
    def stopped(self) -> tuple[Affected, ...]:
        """Those that couldn't start any more, of which Docker says nothing."""
        return tuple(each for each in self.affected if not each.is_running)


def consequences_of(
    engine_slug: str, network_ids: Iterable[str], *, container_ids: Collection[str] | None = None
) -> tuple[Consequences, ...]:
    """Return what breaks if these networks are removed together, in the order of the ids; those that aren't there are left out.

    `container_ids`: the networks stay and only these containers leave them. A container's last network, and the ports that
    close, follow from what stays when all of it is done. Five statements at most, however many networks and containers.
    """
    wanted = list(dict.fromkeys(network_ids))
    networks = Network.objects.filter(engine__slug=engine_slug, docker_id__in=wanted)
    leaving = Endpoint.objects.present().filter(network__in=networks)
    if container_ids is not None:
        leaving = leaving.filter(container__docker_id__in=list(container_ids))
    found = {record["docker_id"]: record for record in _networks(networks)}
    others = _networks_that_stay(leaving)
    sharing = read_guests(Container.objects.filter(engine__in=leaving.values("engine")))
    affected: defaultdict[str, list[Affected]] = defaultdict(list)
    for record in _endpoints(leaving):
        container_id = record["container__docker_id"]
        dependants = map(make_dependant, guests_below(_as_lender(record), sharing))
        one = _affected(record, others[container_id], tuple(one for one in dependants if one.is_running or not one.is_alive))
        affected[record["network__docker_id"]].append(one)
    config_users = _config_users(engine_slug, found.values()) if container_ids is None else {}
    owners = [(docker_id, record["name"]) for docker_id, record in found.items()]
    orphans = read_orphans(engine_slug, owners) if container_ids is None else {}
    return tuple(
        replace(
            _consequences(found[docker_id], affected[docker_id], config_users.get(found[docker_id]["name"], ())),
            orphans=orphans.get(docker_id, ()),
        )
        for docker_id in wanted
        if docker_id in found
    )


def affected_by(engine_slug: str, network_id: str, container_id: str = "") -> tuple[Affected, ...]:
    """Return the containers on a network, running ones first, then by name; or the one with this id."""
    found = consequences_of(engine_slug, [network_id], container_ids=[container_id] if container_id else None)
    return found[0].affected if found else ()


def _networks(networks: QuerySet[Network]) -> Iterable[Record]:
    columns = ("docker_id", "name", "driver", "scope", "is_config_only")
    records: Iterable[Record] = networks.order_by().values(*columns, project=KeyTextTransform(PROJECT_LABEL, "labels"))
    return records


def _endpoints(leaving: QuerySet[Endpoint]) -> Iterable[Record]:
    # Labels may be megabytes: the database picks the one that is wanted.
    columns = (
        "network__docker_id",
        "network_name",
        "ipv4",
        "ipv6",
        "requested_ipv4",
        "requested_ipv6",
        "aliases",
        "container__docker_id",
        "container__name",
        "container__state",
        "container__exit_code",
        "container__ending",
        "container__network_mode",
        "container__ports",
        "container__started_at",
        "container__donor_id",
    )
    named = {"project": PROJECT_LABEL, "oneoff": ONEOFF_LABEL}
    of_compose = {name: KeyTextTransform(label, "container__labels") for name, label in named.items()}
    records: Iterable[Record] = leaving.order_by("container__name", "container__docker_id").values(*columns, **of_compose)
    return records


def _networks_that_stay(leaving: QuerySet[Endpoint]) -> defaultdict[str, list[bool]]:
    """Return, by container, for each network that it keeps whether published ports reach it there."""
    staying = Endpoint.objects.present().filter(container__in=leaving.values("container"), network__isnull=False)
    staying = staying.exclude(pk__in=leaving.values("pk")).order_by()
    kept: defaultdict[str, list[bool]] = defaultdict(list)
    for owner, driver, is_internal in staying.values_list("container__docker_id", "network__driver", "network__is_internal"):
        kept[owner].append(driver in PUBLISHING_DRIVERS and not is_internal)
    return kept


def _as_lender(endpoint: Record) -> Record:
    wanted = ("state", "started_at", "network_mode", "donor_id")
    return {"docker_id": endpoint["container__docker_id"], "donor": None} | {one: endpoint[f"container__{one}"] for one in wanted}


def is_oneoff(record: Record) -> bool:
    """Tell whether `docker compose run` made it. `oneoff` of the record: what its label says."""
    return (record["oneoff"] or "").lower() == "true"


def make_dependant(guest: Record) -> Dependant:
    """Return a guest, read with its donor, as one that its donor's loss touches, or not."""
    is_alive = guest["state"] in RUNNING_STATES
    return Dependant(guest["docker_id"], guest["name"], guest["state"], is_alive and is_in_stack(guest), is_alive)


def _config_users(engine_slug: str, networks: Iterable[Record]) -> dict[str, tuple[str, ...]]:
    names = [record["name"] for record in networks if record["is_config_only"]]
    if not names:
        return {}
    users: defaultdict[str, list[str]] = defaultdict(list)
    using = Network.objects.filter(engine__slug=engine_slug, config_from__in=names).order_by("name")
    for config_from, name in using.values_list("config_from", "name"):
        users[config_from].append(name)
    return {name: tuple(found) for name, found in users.items()}


def _consequences(record: Record, affected: list[Affected], config_users: tuple[str, ...]) -> Consequences:
    project = record["project"] or ""
    return Consequences(
        docker_id=record["docker_id"],
        name=record["name"],
        driver=record["driver"],
        project=project,
        outer_projects=tuple(sorted({each.project for each in affected} - {"", project})),
        affected=tuple(sorted(affected, key=lambda each: not each.is_running)),
        config_users=config_users,
        is_told=is_told_by_containers(record["name"], record["driver"], record["scope"]),
    )


def _affected(record: Record, others: list[bool], dependants: tuple[Dependant, ...]) -> Affected:
    docker_id, state = record["container__docker_id"], record["container__state"]
    is_running = state in RUNNING_STATES
    ports = record["container__ports"] if is_running and not any(others) else []
    held = tuple(filter(None, (record["ipv4"], record["ipv6"])))
    asked_for = tuple(filter(None, (record["requested_ipv4"], record["requested_ipv6"])))
    return Affected(
        docker_id=docker_id,
        name=record["container__name"],
        state=state,
        exit_code=record["container__exit_code"],
        ending=record["container__ending"],
        addresses=held if is_running else asked_for,
        is_running=is_running,
        is_last=not others,
        is_own_network=record["container__network_mode"] in (record["network_name"], record["network__docker_id"]),
        project=record["project"] or "",
        closing_ports=tuple(dict.fromkeys(written_port(port) for port in ports if port.get("public_port"))),
        dependants=dependants,
        static_addresses=asked_for,
        # Engines before 25 name the short id among them, which nobody asked for.
        aliases=tuple(alias for alias in record["aliases"] if alias != docker_id[:_SHORT_ID]),
        is_oneoff=is_oneoff(record),
    )


def written_port(port: Record) -> str:
    """Return a published port as Docker writes it."""
    address = str(port.get("address") or "")
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port['public_port']}->{port['private_port']}/{port['protocol']}".removeprefix(":")


def read_orphans(engine_slug: str, networks: Iterable[tuple[str, str]]) -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """Return (id, name, state) of those that aren't on the network that they were made with, by its id. `networks`: (id, name).

    Without it none starts on others, and none that runs is connected to any (measured: 26.1). One query.
    """
    owners = {mode: docker_id for docker_id, name in networks for mode in (docker_id, docker_id[:_SHORT_ID], name)}
    made = Container.objects.filter(engine__slug=engine_slug, network_mode__in=owners)
    columns = ("docker_id", "name", "state", "network_mode", "endpoints__network__docker_id", "engine__status__api_version")
    on: defaultdict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for docker_id, name, state, mode, network_id, api_version in made.order_by("name", "docker_id").values_list(*columns):
        if holds_to_modes(api_version or ""):
            on[docker_id, name, state, owners[mode]].add(network_id)
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for (docker_id, name, state, owner), network_ids in on.items():
        if owner not in network_ids:
            found[owner].append((docker_id, name, state))
    return {owner: tuple(orphans) for owner, orphans in found.items()}
