"""Whether a container can be on a network, before Docker is asked."""

from __future__ import annotations

from collections.abc import Iterator

from networks.addressing.findings import Finding, bad, fine, warn
from networks.engine.facts import WITH_STACK
from networks.queries.containers import LEAVING
from networks.queries.ground import ContainerChoice, NetworkChoice

RUNNING = frozenset({"running", "paused", "restarting"})


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
        yield bad("container", "container_host", container=container.name)
    elif container.network_mode.startswith("container:"):
        yield bad("container", "container_shared", container=container.name)
    elif "none" in container.networks:
        yield bad("container", "container_none", container=container.name)
    elif container.lost_mode and container.state in WITH_STACK:
        yield bad("container", "container_mode_lost", container=container.name, network=container.lost_mode)


def check_pair(network: NetworkChoice, container: ContainerChoice) -> Iterator[Finding]:
    """Yield whether this container can be on this network, before Docker is asked."""
    names = {"network": network.name, "container": container.name}
    why_not = [*check_joining(network), *check_container(container)]
    if why_not:
        yield why_not[0]
    elif network.name in container.networks:
        yield bad("container", "already_connected", **names)
    elif container.docker_id in network.let_out and container.state in WITH_STACK:
        yield bad("container", "let_out_already", **names)
    elif container.state not in RUNNING:
        yield warn("container", "container_stopped", **names)
    else:
        yield fine("container", "container_can", **names)
