"""Whether a container can be on a network, before Docker is asked."""

from __future__ import annotations

from collections.abc import Iterator

from networks.addressing.findings import Finding, Level, bad, fine, warn
from networks.engine.states import RUNNING_STATES, WITH_STACK
from networks.queries.addresses.room import Lack
from networks.queries.containers import LEAVING
from networks.queries.engine_context import ContainerChoice, NetworkChoice


def check_network(network: NetworkChoice) -> Iterator[Finding]:
    """Yield why nothing can be connected to this network, if so."""
    if network.name == "host" or network.driver == "host":
        yield bad("network", "network_host")
    elif network.name == "none" or network.driver == "null":
        yield bad("network", "network_none")


def check_joining(network: NetworkChoice) -> Iterator[Finding]:
    """Yield why no container can be put on this network by hand, if so; Docker says so only when the container starts."""
    if network.is_config_only:  # its driver is null, whatever was said
        yield bad("network", "network_config_only", network=network.name)
    elif special := [*check_network(network)]:
        yield special[0]
    elif network.is_ingress:
        yield bad("network", "network_ingress", network=network.name)
    elif network.is_for_services:
        yield bad("network", "network_for_services", network=network.name)


def check_container(container: ContainerChoice) -> Iterator[Finding]:
    """Yield why this container can be connected to nothing, if so."""
    if container.state in LEAVING:
        yield bad("container", "container_leaving", container=container.name)
    elif container.network_mode == "host":
        # A stopped one Docker lets leave host and join others; it starts in the host's stack all the same.
        is_alive = container.state in RUNNING_STATES
        yield bad("container", "container_host" if is_alive else "container_host_idle", container=container.name)
    elif container.network_mode.startswith("container:"):
        yield bad("container", "container_shared", container=container.name)
    elif "none" in container.networks:
        yield bad("container", "container_none", container=container.name)
    elif container.lost_mode and container.state in WITH_STACK:
        yield bad("container", "container_mode_lost", container=container.name, network=container.lost_mode)


def check_parting(network: NetworkChoice, container: ContainerChoice) -> Iterator[Finding]:
    """Yield why this container can't be disconnected from this network, if so; of one that isn't on it, why it never is.

    What it was made with doesn't keep it where it is: one of mode host may have joined others while it was stopped.
    """
    yield from check_network(network)
    for found in check_container(container):
        if found.key == "container_leaving" or network.name not in container.networks:
            yield found


def check_lack(lack: Lack, container: ContainerChoice) -> Iterator[Finding]:
    """Yield that a container gets no address; one that doesn't run gets none before it starts, and may be connected."""
    names = {"network": lack.network_name, "container": container.name, "subnets": lack.subnets, "other": lack.clash}
    if lack.clash:
        idle = container.state not in RUNNING_STATES
        yield warn("container", "subnets_clash_later", **names) if idle else bad("container", "subnets_clash", **names)
        return
    if container.state not in RUNNING_STATES:
        yield warn("container", "pool_full_later", **names)
        return
    key = "pool_full_then" if lack.left else "pool_full"
    yield Finding(Level.BAD, "container", key, names, lack.spare, f"ipv{lack.family}" if lack.spare else "")


def check_pair(network: NetworkChoice, container: ContainerChoice, lack: Lack | None = None) -> Iterator[Finding]:
    """Yield whether this container can be on this network, before Docker is asked. `lack`: the address that it wouldn't get."""
    names = {"network": network.name, "container": container.name}
    why_not = [*check_joining(network), *check_container(container)]
    if why_not:
        yield why_not[0]
    elif network.name in container.networks:
        yield bad("container", "already_connected", **names)
    elif container.docker_id in network.let_out and container.state in WITH_STACK:
        yield bad("container", "let_out_already", **names)
    elif lack is not None and not lack.address:  # one that was typed is looked at where it stands
        yield from check_lack(lack, container)
    elif container.state not in RUNNING_STATES:
        yield warn("container", "container_stopped", **names)
    else:
        yield fine("container", "container_can", **names)
