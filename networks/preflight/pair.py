"""Whether a container can be on a network, before Docker is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_noop as _

from networks.addressing.findings import Finding, bad, fine, warn
from networks.engine.docker_names import DONOR_PREFIX
from networks.engine.facts import NetworkFact
from networks.engine.states import LEAVING, RUNNING_STATES, WITH_STACK
from networks.queries.addresses.room import Lack
from networks.queries.engine_context import ContainerChoice, NetworkChoice


def check_network(network: NetworkChoice | NetworkFact) -> Iterator[Finding]:
    """Yield why nothing can be connected to this network, if so."""
    if network.name == "host" or network.driver == "host":
        yield bad("network", "network_host", _("host is a special network: containers join it when they are made, and stay."))
    elif network.name == "none" or network.driver == "null":
        message = _("none is a special network: containers join it when they are made, and leave it for other networks.")
        yield bad("network", "network_none", message)


def check_joining(network: NetworkChoice) -> Iterator[Finding]:
    """Yield why no container can be put on this network by hand, if so; Docker says so only when the container starts."""
    if network.is_config_only:  # its driver is null, whatever was said
        message = _("%(network)s only holds settings for other networks: no container can be on it.")
        yield bad("network", "network_config_only", message, network=network.name)
    elif special := [*check_network(network)]:
        yield special[0]
    elif network.is_ingress:
        message = _("%(network)s brings the published ports of services in: no container of your own can be on it.")
        yield bad("network", "network_ingress", message, network=network.name)
    elif network.is_for_services:
        message = _("%(network)s is for services of the swarm alone: it was not made attachable.")
        yield bad("network", "network_for_services", message, network=network.name)


def check_stack(name: str, network_mode: str, networks: Collection[str]) -> Iterator[Finding]:
    """Yield why the network stack of a container can be connected to nothing, by what it was made with and is on."""
    if network_mode == "host":
        message = _("%(container)s uses the host's own network, so it can't be connected to others.")
        yield bad("container", "container_host", message, container=name)
    if network_mode.startswith(DONOR_PREFIX):
        message = _("%(container)s shares another container's network, so it has no connections of its own.")
        yield bad("container", "container_shared", message, container=name)
    if "none" in networks:
        message = _("%(container)s is on none, and a container on none can be on no other network.")
        yield bad("container", "container_none", message, container=name)


def check_container(container: ContainerChoice) -> Iterator[Finding]:
    """Yield why this container can be connected to nothing, if so."""
    if container.state in LEAVING:
        message = _("Docker is removing %(container)s, or could not: it can't be connected or disconnected.")
        yield bad("container", "container_leaving", message, container=container.name)
    elif container.network_mode == "host" and container.state not in RUNNING_STATES:
        # A stopped one Docker lets leave host and join others; it starts in the host's stack all the same.
        message = _(
            "%(container)s was made with the host's own network and starts in it, whatever it is connected to: Docker would "
            "connect it while it is stopped, and then not start it, or give the new address to the host itself."
        )
        yield bad("container", "container_host_idle", message, container=container.name)
    elif found := next(check_stack(container.name, container.network_mode, container.networks), None):
        yield found
    elif container.lost_mode and container.state in WITH_STACK:
        message = _(
            "While %(container)s runs, Docker connects it to nothing: its own network, %(network)s, isn't there any more."
        )
        yield bad("container", "container_mode_lost", message, container=container.name, network=container.lost_mode)


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
    idle = container.state not in RUNNING_STATES
    free_one = _("Stop or disconnect a container that is on it, or use another network.")
    fills = f"ipv{lack.family}" if lack.spare else ""
    if lack.clash and idle:
        message = _("%(container)s is on %(other)s, which has the same subnet as %(network)s: on both, Docker doesn't start it.")
        yield warn("container", "subnets_clash_later", message, **names)
    elif lack.clash:
        message = _("%(container)s is on %(other)s, which has the same subnet as %(network)s: Docker puts no container on both.")
        yield bad("container", "subnets_clash", message, **names)
    elif idle:
        message = _("%(container)s can join %(network)s, but not start there while every address of %(subnets)s is taken.")
        yield warn("container", "pool_full_later", message, advice=free_one, **names)
    elif lack.left:
        message = _("Docker has no address left for %(container)s on %(network)s once the others have theirs.")
        yield bad("container", "pool_full_then", message, lack.spare, fills=fills, **names)
    else:
        message = _("Docker has no address left for %(container)s on %(network)s: every address of %(subnets)s is taken.")
        fix = _("Request %(suggestion)s, which is free")
        yield bad("container", "pool_full", message, lack.spare, fills=fills, fix=fix, advice=free_one, **names)


def check_pair(network: NetworkChoice, container: ContainerChoice, lack: Lack | None = None) -> Iterator[Finding]:
    """Yield whether this container can be on this network, before Docker is asked. `lack`: the address that it wouldn't get."""
    names = {"network": network.name, "container": container.name}
    why_not = [*check_joining(network), *check_container(container)]
    if why_not:
        yield why_not[0]
    elif network.name in container.networks:
        yield bad("container", "already_connected", _("%(container)s is on %(network)s already."), **names)
    elif container.docker_id in network.let_out and container.state in WITH_STACK:
        message = _("Docker gave %(container)s an interface on %(network)s itself: it is its way out of an overlay network.")
        advice = _("Docker refuses a second one, and a disconnect after that would take the way out away.")
        yield bad("container", "let_out_already", message, advice=advice, **names)
    elif lack is not None and not lack.address:  # one that was typed is looked at where it stands
        yield from check_lack(lack, container)
    elif container.state not in RUNNING_STATES:
        message = _("%(container)s is not running: it joins once it starts, and only if it can.")
        yield warn("container", "container_stopped", message, **names)
    else:
        yield fine("container", "container_can", _("%(container)s can join %(network)s."), **names)
