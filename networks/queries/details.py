"""One network, or one container, with all that its own page shows; and when something went that isn't there any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from networks.engine.states import WITH_STACK
from networks.models import Container, Endpoint, Network, Pool, Tombstone
from networks.queries import containers, networks
from networks.queries.donors import SharedStack, guests_below, held_stack, owner_of, read_donors, read_guests
from networks.queries.endpoints import endpoint_rows
from networks.queries.lifecycle.stacks import Whose, stack_of
from networks.queries.rows import ContainerRow, EndpointRow, NetworkRow, PortRow

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NetworkDetailRow:
    """What a network's page shows besides its row. `options`, `ipam_options`, `labels`: as Docker has them, by key."""

    row: NetworkRow
    ipam_options: Pairs
    options: Pairs
    labels: Pairs
    config_from: str
    endpoints: tuple[EndpointRow, ...]


@dataclass(frozen=True, slots=True)
class Guest:
    """A container that was made to share another's network. `held`: donors.SharedStack, of one that runs."""

    docker_id: str
    name: str
    is_running: bool
    held: SharedStack = SharedStack.DONORS

    @property
    def is_sharing(self) -> bool:
        """Tell whether it is in the other one's stack now."""
        return self.is_running and self.held in (SharedStack.DONORS, SharedStack.HOSTS)


@dataclass(frozen=True, slots=True)
class ContainerDetailRow:
    """What a container's page shows besides its row. `guests`: the containers that were made to share its network, and
    theirs.

    `owner_…`: of the container whose stack it shares, at the end of the chain of donors; empty where it shares none now.

    `pid`: its first process on the Engine's machine, as it was inspected last, 0 for none. `restart_policy`, `is_auto_removed`,
    `leftover_ports`: as in ContainerFact.
    """

    row: ContainerRow
    image_id: str
    hostname: str
    labels: Pairs
    endpoints: tuple[EndpointRow, ...]
    guests: tuple[Guest, ...]
    pid: int = 0
    restart_policy: str = ""
    is_auto_removed: bool = False
    leftover_ports: tuple[PortRow, ...] = ()
    owner_id: str = ""
    owner_name: str = ""
    owner_ports: tuple[PortRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What was here and is no more."""

    name: str
    gone_at: datetime


def read_network_detail(engine_slug: str, docker_id: str) -> NetworkDetailRow | None:
    """Return a network with its endpoints, None where there is none. At most four queries."""
    columns = (*networks.NETWORK_COLUMNS, "ipam_options", "config_from")
    record = Network.objects.filter(engine__slug=engine_slug, docker_id=docker_id).values(*columns).first()
    if record is None:
        return None
    here = {"network__engine__slug": engine_slug, "network__docker_id": docker_id}
    pools = Pool.objects.filter(**here).order_by("position").values(*networks.POOL_COLUMNS)
    counted = Endpoint.objects.present().filter(**here).order_by().values(*networks.ENDPOINT_COLUMNS)
    return NetworkDetailRow(
        row=networks.make_network_row(engine_slug, record, pools, list(counted)),
        config_from=record["config_from"],
        ipam_options=_pairs(record["ipam_options"]),
        options=_pairs(record["options"]),
        labels=_pairs(record["labels"]),
        endpoints=endpoint_rows(engine_slug, network_id=docker_id),
    )


def read_container_detail(engine_slug: str, docker_id: str) -> ContainerDetailRow | None:
    """Return a container with its endpoints, None where there is none. At most five queries."""
    same = ("image_id", "hostname", "pid", "restart_policy", "is_auto_removed")
    columns = (*containers.CONTAINER_COLUMNS, *same, "leftover_ports")
    record = Container.objects.filter(engine__slug=engine_slug, docker_id=docker_id).values(*columns).first()
    if record is None:
        return None
    located = Endpoint.objects.filter(container__engine__slug=engine_slug, container__docker_id=docker_id)
    guests = read_guests(Container.objects.filter(engine__slug=engine_slug))
    donor = read_donors(engine_slug, [record["donor_id"]]).get(record["donor_id"])
    addresses = located.order_by("network_name").values(*containers.ENDPOINT_COLUMNS)
    row = containers.make_container_row(engine_slug, record, addresses, donor)
    return ContainerDetailRow(
        **{name: record[name] for name in same},
        row=row,
        labels=_pairs(record["labels"]),
        endpoints=endpoint_rows(engine_slug, container_id=docker_id),
        guests=tuple(map(_guest, guests_below({**record, "donor": donor}, guests))),
        leftover_ports=tuple(map(containers.make_port_row, record["leftover_ports"])),
        **_owned(row, owner_of(donor)),
    )


def _owned(row: ContainerRow, owner: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what of a detail is about the stack that it shares, by its names."""
    if owner is None or stack_of(row).whose is not Whose.SHARED:
        return {}
    ports = tuple(map(containers.make_port_row, owner["ports"]))
    return {"owner_id": owner["docker_id"], "owner_name": owner["name"], "owner_ports": ports}


def _guest(record: Mapping[str, Any]) -> Guest:
    is_running = record["state"] in WITH_STACK
    return Guest(record["docker_id"], record["name"], is_running, held_stack(record, record["donor"]))


def read_gone(engine_slug: str, kind: str, docker_id: str) -> Gone | None:
    """Return what is known of a network or container that went within the last day. `kind`: "network" or "container"."""
    found = Tombstone.objects.filter(engine__slug=engine_slug, kind=kind, docker_id=docker_id).order_by("-gone_at")
    record = found.values("name", "gone_at").first()
    return Gone(record["name"], record["gone_at"]) if record else None


def _pairs(mapping: dict[str, object]) -> Pairs:
    return tuple(sorted((str(key), str(value)) for key, value in mapping.items()))
