"""Where containers are on the network, and who else is there: what an order takes from them, and who takes it up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from networks.addressing.port_conflicts import is_same_socket
from networks.addressing.reading import IPAddress, to_address
from networks.engine.docker_names import HOST_BINDING
from networks.engine.facts import is_of_swarm
from networks.engine.states import RUNNING_STATES
from networks.models import Container, Endpoint, Network
from networks.queries.rows import is_told_by_containers

Record = Mapping[str, Any]
_WISHES = ("requested_ipv4", "requested_ipv6")


@dataclass(frozen=True, slots=True)
class HeldAddress:
    """An address that a container has. `is_asked`: it asked for this very one, which says nothing of its other family.

    `takers`: names of stopped containers that get an address of the same family and network by themselves when they start.
    `lower`: the one that Docker would give it now instead, as the lowest that is free; `is_open`: which one can't be known.
    """

    address: str
    is_asked: bool
    takers: tuple[str, ...] = ()
    lower: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class EndpointPlace:
    """Where a container is on the network. `held`: what it has there, IPv4 first.

    `is_by_swarm`: a swarm's managers give it, and whether it asked for it isn't told while it runs (facts.EndpointFact).
    `is_alone`: it is known that no other running container is. `wishes`: the addresses that it asked for.
    """

    network_id: str
    network_name: str
    held: tuple[HeldAddress, ...]
    is_alone: bool
    is_user_defined: bool
    is_by_swarm: bool = False
    wishes: tuple[str, ...] = ()
    driver: str = ""

    @property
    def moving(self) -> tuple[HeldAddress, ...]:
        """Those that it may come back without, as far as is known."""
        open_ = (one for one in self.held if not one.is_asked)
        return tuple(one for one in open_ if one.takers or one.lower or one.is_open or self.is_by_swarm)

    @property
    def is_returning(self) -> bool:
        """Tell whether Docker chose an address of it, and chooses anew at its next start."""
        return not self.is_by_swarm and any(not one.is_asked for one in self.held)


@dataclass(frozen=True, slots=True)
class Others:
    """Who else is on the networks: ids of those on which somebody runs; by id and wish, who would take an address there."""

    running: set[str] = field(default_factory=set)
    takers: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))


def read_others(engine_slug: str, wanted: list[str], endpoints: Mapping[str, list[Record]]) -> Others:
    """Return who but the wanted is where those are: one statement."""
    ids = {one["network__docker_id"] for mine in endpoints.values() for one in mine} - {None}
    found = Endpoint.objects.present().filter(engine__slug=engine_slug, network__docker_id__in=ids)
    columns = ("network__docker_id", "container__name", "container__state", *_WISHES)
    others = Others()
    for record in found.exclude(container__docker_id__in=wanted).order_by("container__name").values(*columns):
        network_id = record["network__docker_id"]
        if record["container__state"] in RUNNING_STATES:
            others.running.add(network_id)
            continue
        for wish in _WISHES:
            if not record[wish]:
                others.takers[network_id, wish].append(record["container__name"])
    return others


def read_endpoints(engine_slug: str, wanted: list[str]) -> Iterable[Record]:
    """Return the endpoints of containers, by the network's name."""
    known = ("network_name", "network_docker_id", "network__docker_id", "ipv4", "ipv6", *_WISHES)
    columns = (*known, "engine_id", "docker_id", "leftover", "container__state", "network__driver", "network__scope")
    found = Endpoint.objects.filter(engine__slug=engine_slug, container__docker_id__in=wanted)
    records: Iterable[Record] = found.order_by("network_name").values(*columns, "container__docker_id", "dns_names", "aliases")
    return records


def make_place(one: Record, others: Others) -> EndpointPlace:
    """Return the place of an endpoint whose network is there."""
    network_id = one["network__docker_id"]
    held = (
        HeldAddress(one[has], one[has] == one[wish], tuple(others.takers[network_id, wish]))
        for has, wish in zip(("ipv4", "ipv6"), _WISHES, strict=True)
        if one[has]
    )
    is_told = is_told_by_containers(one["network_name"], one["network__driver"], one["network__scope"])
    return EndpointPlace(
        network_id=network_id,
        network_name=one["network_name"],
        held=tuple(held),
        is_alone=is_told and network_id not in others.running,
        is_user_defined=one["network_name"] not in ("bridge", "host", "none"),
        is_by_swarm=is_of_swarm(network_id),
        wishes=tuple(one[wish] for wish in _WISHES if one[wish]),
        driver=one["network__driver"],
    )


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """One port of the machine that a container has. `address`: None for all of the machine's, of both families."""

    port: int
    protocol: str
    address: IPAddress | None
    container_id: str
    container_name: str

    def takes(self, port: int, protocol: str, address: IPAddress | None) -> bool:
        """Tell whether nobody else can have this port at this address, None for all."""
        return (self.port, self.protocol) == (port, protocol) and is_same_socket(self.address, address)


def published_ports(engine_slug: str) -> tuple[PublishedPort, ...]:
    """Return the ports that containers have now. One query."""
    rows = Container.objects.filter(engine__slug=engine_slug).exclude(ports=[]).values_list("docker_id", "name", "ports")
    return tuple(
        PublishedPort(int(port["public_port"]), port["protocol"], to_address(port.get("address", "")), docker_id, name)
        for docker_id, name, ports in rows
        for port in ports
        if port.get("public_port")
    )


def read_bindings(engine_slug: str, network_ids: Iterable[str]) -> tuple[str, ...]:
    """Return where each of these networks publishes a port that names no address: an address, "" for all. One query."""
    found = Network.objects.filter(engine__slug=engine_slug, docker_id__in=list(network_ids), driver="bridge")
    return tuple(str(options.get(HOST_BINDING, "")) for options in found.values_list("options", flat=True))
