"""What a removal or a disconnect would break, said before it is done (rule S14): from the snapshot, stopped ones included."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from networks.models import Endpoint

# States in which a container holds its endpoints, so that Docker refuses to remove the network.
HOLDING_STATES = frozenset({"running", "paused", "restarting"})
# Drivers by which published ports reach a container.
PUBLISHING_DRIVERS = frozenset({"bridge", "overlay", "nat"})
PROJECT_LABEL = "com.docker.compose.project"


@dataclass(frozen=True, slots=True)
class Affected:
    """A container on the network. `is_last`: it has no other network. `closing_ports`: published ports, as Docker writes them,
    that nothing would serve any more. `is_own_network`: it was made with this network (`docker run --network`)."""

    docker_id: str
    name: str
    state: str
    exit_code: int | None
    address: str
    is_running: bool
    is_last: bool
    is_own_network: bool
    project: str
    closing_ports: tuple[str, ...] = ()


def affected_by(engine_slug: str, network_id: str, container_id: str = "") -> tuple[Affected, ...]:
    """Return the containers on a network, by name (or the one with this id): running ones first. Two queries."""
    endpoints = Endpoint.objects.filter(engine__slug=engine_slug, network__docker_id=network_id)
    if container_id:
        endpoints = endpoints.filter(container__docker_id=container_id)
    endpoints = endpoints.select_related("container", "network").order_by("container__name")
    found = list(endpoints)
    others: defaultdict[int, list[bool]] = defaultdict(list)
    beside = Endpoint.objects.filter(container__in=[endpoint.container_id for endpoint in found]).exclude(
        network__docker_id=network_id
    )
    for owner, driver, is_internal in beside.values_list("container_id", "network__driver", "network__is_internal"):
        others[owner].append(driver in PUBLISHING_DRIVERS and not is_internal)
    rows = [_affected(endpoint, others[endpoint.container_id]) for endpoint in found]
    return tuple(sorted(rows, key=lambda row: not row.is_running))


def _affected(endpoint: Endpoint, others: list[bool]) -> Affected:
    container = endpoint.container
    is_running = container.state in HOLDING_STATES
    ports = container.ports if is_running and not any(others) else []
    return Affected(
        docker_id=container.docker_id,
        name=container.name,
        state=container.state,
        exit_code=container.exit_code,
        address=endpoint.ipv4 or endpoint.requested_ipv4 or endpoint.ipv6,
        is_running=is_running,
        is_last=not others,
        is_own_network=container.network_mode in (endpoint.network_name, endpoint.network_id and _docker_id(endpoint)),
        project=container.labels.get(PROJECT_LABEL, ""),
        closing_ports=tuple(dict.fromkeys(_port(port) for port in ports if port.get("public_port"))),
    )


def _docker_id(endpoint: Endpoint) -> str:
    return endpoint.network.docker_id if endpoint.network else ""


def _port(port: dict[str, object]) -> str:
    address = str(port.get("address") or "")
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port['public_port']}->{port['private_port']}/{port['protocol']}".removeprefix(":")
