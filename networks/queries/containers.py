"""Containers as their list shows them: the columns of `docker ps -a`, and where they are on the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from networks.engine.docker_names import DONOR_PREFIX, PROJECT_LABEL, WITHOUT_ENDPOINTS
from networks.engine.facts import is_of_swarm
from networks.engine.states import WITH_STACK
from networks.models import Container, Endpoint, Network
from networks.models.container import is_held, is_remnant
from networks.queries.cache.prepared import Prepared, Query
from networks.queries.cache.row_cache import RowCache, gone_since
from networks.queries.donors import held_now, read_donors, stack_state
from networks.queries.engines import read_engine
from networks.queries.networks import asks_protection, group, searched
from networks.queries.rows import AddressRow, ContainerRow, EngineRow, PortRow

# What of a row isn't a column of the same name.
_MADE = {"engine_slug", "donor_name", "project", "stack", "held", "ports", "addresses"}
_MADE |= {"search", "asks_protection", "remnants", "lost_mode"}
_SAME = tuple(name for name in ContainerRow.__slots__ if name not in _MADE)
CONTAINER_COLUMNS = (*_SAME, "is_mode_lost", "hostname", "ports", "labels")
ENDPOINT_COLUMNS = (
    "container__docker_id",
    "network_name",
    "network_docker_id",
    "network__docker_id",
    "network__hue",
    "ipv4",
    "ipv4_prefix_length",
    "ipv6",
    "requested_ipv4",
    "requested_ipv6",
    "network__driver",
    "network__is_internal",
    "network__has_ipv6",
    "docker_id",
    "leftover",
    "container__state",
)
ID_LENGTH = 64  # of what an Engine makes itself
# Docker is taking it away, or could not: it takes no change of it but its removal.
# Docker's own names for "what the Engine does by default"
_DEFAULT_MODES = frozenset({"", "default", "bridge"})

Record = Mapping[str, Any]


def container_rows(engine: EngineRow) -> Sequence[ContainerRow]:
    """Return all containers of an Engine, by name. At most four queries, none where nothing changed since."""
    return _KEPT.rows(engine)


def read_container_row(engine_slug: str, docker_id: str) -> ContainerRow | None:
    """Return the row of one container, None where it isn't there. One query, and what `container_rows` asks."""
    engine = read_engine(engine_slug)
    return next((row for row in container_rows(engine) if row.docker_id == docker_id), None) if engine else None


def _containers(engine_slug: str, since: int) -> Query:
    changed: Query = Container.objects.filter(engine__slug=engine_slug, revision__gt=since)
    return changed.order_by().values(*CONTAINER_COLUMNS)


def _endpoints(engine_slug: str, since: int) -> Query:
    changed: Query = Endpoint.objects.filter(container__engine__slug=engine_slug, container__revision__gt=since)
    return changed.order_by("container", "network_name").values(*ENDPOINT_COLUMNS)


_CONTAINERS, _ENDPOINTS = Prepared(_containers, str, int), Prepared(_endpoints, str, int)


def _read(engine_slug: str, since: int) -> list[ContainerRow]:
    # Before the endpoints: these may then be newer than the revision, never older.
    records = _CONTAINERS.rows(engine_slug, since)
    if not records:
        return []
    endpoints_of = group(_ENDPOINTS.rows(engine_slug, since), "container__docker_id")
    donors = read_donors(engine_slug, (record["donor_id"] for record in records))
    return [
        make_container_row(engine_slug, record, endpoints_of[record["docker_id"]], donors.get(record["donor_id"]))
        for record in records
    ]


_KEPT: RowCache[ContainerRow] = RowCache(_read, gone_since("container"))


def make_container_row(engine_slug: str, record: Record, endpoints: Iterable[Record], donor: Record | None) -> ContainerRow:
    """Return the row of a container from its record, its endpoints' and, where it shares another's network, that one's."""
    ports = tuple(make_port_row(port) for port in record["ports"])
    named = [(endpoint, is_remnant(endpoint)) for endpoint in endpoints]
    # A remnant is no place, but for one whose network was removed: it has to be mended before the next start.
    addresses = tuple(_make_address_row(each) for each, is_none in named if not is_none or each["network__docker_id"] is None)
    located = [text for row in addresses for text in (row.network_name, row.ipv4, row.ipv6, row.requested)]
    published = [str(port.public_port) for port in ports if port.public_port]
    return ContainerRow(
        **{name: record[name] for name in _SAME},
        engine_slug=engine_slug,
        donor_name=donor["name"] if donor else "",
        stack=stack_state(record, donor),
        held=held_now(record, donor),
        project=str(record["labels"].get(PROJECT_LABEL, "")),
        ports=ports,
        addresses=addresses,
        search=searched(record["name"], record["image"], *located, *published, labels=record["labels"]),
        asks_protection=asks_protection(record["labels"]),
        remnants=tuple(each["network_name"] for each, is_none in named if is_none),
        lost_mode=record["network_mode"] if record["is_mode_lost"] else "",
    )


def make_port_row(port: Record) -> PortRow:
    """Return a port from how it is stored."""
    return PortRow(
        private_port=port["private_port"],
        protocol=port["protocol"],
        public_port=port.get("public_port"),
        address=port.get("address", ""),
    )


def _make_address_row(record: Record) -> AddressRow:
    return AddressRow(
        network_name=record["network_name"],
        network_id=record["network__docker_id"] or "",
        hue=record["network__hue"] or 0,
        ipv4=record["ipv4"],
        ipv4_prefix_length=record["ipv4_prefix_length"],
        ipv6=record["ipv6"],
        requested="" if record["ipv4"] or record["ipv6"] else record["requested_ipv4"] or record["requested_ipv6"],
        is_lost=is_lost(record),
        driver=record["network__driver"] or "",
        is_internal=bool(record["network__is_internal"]),
        has_ipv6=bool(record["network__has_ipv6"]),
        is_joined=record["container__state"] in WITH_STACK
        and bool(record["docker_id"] or record["ipv4"] or record["ipv6"] or is_held(record["leftover"])),
    )


def is_lost(endpoint: Record) -> bool:
    """Tell whether an endpoint asks for a network by its ID, and that one was removed: Docker looks for no other of its name.

    A name alone may be of a network that is made by then, and a swarm's network, whose ID is shorter, comes when it is needed.
    """
    return endpoint["network__docker_id"] is None and len(endpoint["network_docker_id"]) == ID_LENGTH


def is_missing(endpoint: Record) -> bool:
    """Tell whether an endpoint's network isn't there and no start of its container brings it. One query of a name alone.

    A swarm's comes when it is needed; of which kind one is that is known by its name alone, an Engine in a swarm doesn't tell.
    """
    if endpoint["network__docker_id"] is not None:
        return False
    if network_id := endpoint["network_docker_id"]:
        return not is_of_swarm(network_id)
    return not Network.objects.filter(engine=endpoint["engine_id"], scope="swarm").exists()


def mode_kind(network_mode: str) -> str:
    """Return the kind of a network mode: bridge (the default one), host, none, container (another's), network (a user's)."""
    if network_mode in _DEFAULT_MODES:
        return "bridge"
    if network_mode in WITHOUT_ENDPOINTS:
        return network_mode
    return "container" if network_mode.startswith(DONOR_PREFIX) else "network"
