"""Snapshot rows for tests, made without factories: what isn't named gets a plain default, ids are 64 hex digits."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from networks.engine.states import WITH_STACK
from networks.models import Container, Endpoint, Engine, EngineState, EngineStatus, Network, Pool

MORNING = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def make_id(text: str) -> str:
    """Return a docker id that is always the same for the same text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_engine(slug: str = "local", *, state: str = EngineState.LIVE.value, revision: int = 1, **status: Any) -> Engine:
    """Make an Engine with its status row, which nobody can reach; what is told to be live was read just now."""
    as_of = datetime.now(UTC) if state in (EngineState.LIVE, EngineState.LAGGING) else MORNING
    engine = Engine.objects.create(slug=slug, name=slug, url=f"unix:///nonexistent/{slug}/docker.sock")
    EngineStatus.objects.create(
        engine=engine, **{"state": state, "revision": revision, "as_of": as_of, "version": "26.1.5"} | status
    )
    return engine


def make_network(engine: Engine, name: str, subnet: str = "", *, ip_range: str = "", gateway: str = "", **fields: Any) -> Network:
    """Make a network, with one pool where a subnet is named (more: make_pool)."""
    driver = {"host": "host", "none": "null"}.get(name, "bridge")
    plain = {
        "docker_id": make_id(f"network {name}"),
        "driver": driver,
        "scope": "local",
        "created_at": MORNING,
        "hue": 1,
        "revision": 1,
    }
    network = Network.objects.create(engine=engine, name=name, **plain | fields)
    if subnet:
        make_pool(network, subnet, ip_range=ip_range, gateway=gateway)
    return network


def make_pool(network: Network, subnet: str, **fields: Any) -> Pool:
    """Give a network one more pool."""
    return Pool.objects.create(network=network, subnet=subnet, position=network.pools.count(), **fields)


def make_container(engine: Engine, name: str, **fields: Any) -> Container:
    """Make a running container, or another one: `state="exited", exit_code=0`."""
    plain = {
        "docker_id": make_id(f"container {name}"),
        "image": "busybox:latest",
        "command": "sleep 1d",
        "state": "running",
        "created_at": MORNING,
        "started_at": MORNING,
        "network_mode": "bridge",
        "revision": 1,
    }
    return Container.objects.create(engine=engine, name=name, **plain | fields)


def make_endpoint(container: Container, network: Network | None, ipv4: str = "", **fields: Any) -> Endpoint:
    """Put a container on a network (None: one that isn't there; name it by `network_name`)."""
    plain: dict[str, Any] = {"has_detail": True}
    if network is not None:
        plain |= {"network_name": network.name, "network_docker_id": network.docker_id}
        if container.state in WITH_STACK:
            plain |= {"docker_id": make_id(f"endpoint of {container.docker_id} on {network.docker_id}")}
    if ipv4:
        plain |= {"ipv4_prefix_length": 16, "mac": "02:42:ac:48:00:02"}
    return Endpoint.objects.create(engine=container.engine, container=container, network=network, ipv4=ipv4, **plain | fields)


def make_predefined(engine: Engine) -> tuple[Network, Network, Network]:
    """Make bridge, host and none, as every Engine has them."""
    return (
        make_network(engine, "bridge", "172.17.0.0/16", gateway="172.17.0.1"),
        make_network(engine, "host", hue=0),
        make_network(engine, "none", hue=0),
    )
