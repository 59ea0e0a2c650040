"""What the follower holds in memory, and how two reads of a container (the list, and inspect) become one fact. Pure.

The list lacks aliases, DNS names, links, driver options, times of start and end, hostname, pid, restart policy, --rm, the time
until the kill and whether memory ran out; neither tells who ended it, nor that it is being stopped. What a refused connect left
in a running container's record the list has only later, after a pause say, and what a refused start left it may have longer than
the record: leftovers are inspect's. So are ports without a number of the host's that a routed network opens at the container's
own address: Engine 29's list has none of them. Inspect writes image and command in another form. Each field therefore has one
owner, so that reading both ways in turn never looks like a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from networks.engine.docker_names import DONOR_PREFIX, PREDEFINED
from networks.engine.facts import ContainerFact, Ending, EndpointFact, NetworkFact, PortFact, Stopping
from networks.engine.parsing.containers import sort_ports
from networks.engine.states import RUNNING_STATES, WITH_STACK

_FULL_ID, _SHORT_ID = 64, 12  # characters; a swarm's ids are shorter than full ones


@dataclass(slots=True)
class Memory:
    """Networks and containers by Docker id. Owned by one thread."""

    networks: dict[str, NetworkFact] = field(default_factory=dict)
    containers: dict[str, ContainerFact] = field(default_factory=dict)

    def copy(self) -> Memory:
        """Return a shallow copy: facts are frozen."""
        return Memory(dict(self.networks), dict(self.containers))

    def network_names(self) -> dict[str, str]:
        """Return name to id; where two share a name, the smaller id, so that the answer doesn't depend on the order."""
        return {self.networks[docker_id].name: docker_id for docker_id in sorted(self.networks, reverse=True)}


def resolve(endpoint: EndpointFact, networks: Mapping[str, NetworkFact], names: Mapping[str, str]) -> str:
    """Return the id of the network that an endpoint is on, "" when that network isn't there.

    By name where Docker gives no id (joined while not running) and for predefined networks: the default bridge has a new id
    after each start of the Engine, while stopped containers keep the old one. Any other id that is gone stays gone: Docker
    stores it by id.
    """
    if endpoint.network_id in networks:
        return endpoint.network_id
    if endpoint.network_id == "" or endpoint.network_name in PREDEFINED:
        return names.get(endpoint.network_name, "")
    return ""


def is_mode_lost(mode: str, networks: Mapping[str, NetworkFact], names: Mapping[str, str]) -> bool:
    """Tell whether a network mode names a network that isn't there. A swarm's networks may come when they are needed."""
    if mode in ("", "default", *PREDEFINED) or mode.startswith(DONOR_PREFIX) or mode in names or mode in networks:
        return False
    if len(mode) >= _SHORT_ID and any(docker_id.startswith(mode) for docker_id in networks):
        return False
    return len(mode) == _FULL_ID or not any(fact.scope == "swarm" for fact in networks.values())


def endpoints_of(fact: ContainerFact | None) -> Iterator[EndpointFact]:
    """Yield a container's endpoints, none for a container that isn't there."""
    return iter(fact.endpoints if fact else ())


def merge_listed(known: ContainerFact | None, listed: ContainerFact) -> ContainerFact:
    """Return the list's fact with what only inspect tells kept from `known`.

    `has_detail` stays only where nothing happened that could have changed the detail: a start gives new endpoint ids.
    """
    if known is None:
        return listed
    is_one_life = _is_one_life(known, listed)
    endpoints = tuple(_with_detail(endpoint, known, is_one_life=is_one_life) for endpoint in listed.endpoints)
    if kept := _unlisted(known, listed):
        endpoints = tuple(sorted((*endpoints, *kept), key=lambda endpoint: endpoint.network_name))
    was_running, is_running = known.state in RUNNING_STATES, listed.state in RUNNING_STATES
    is_one_end = known.state == listed.state and known.exit_code == listed.exit_code
    is_same = is_one_end and known.endpoints == endpoints
    return replace(
        listed,
        endpoints=endpoints,
        ports=_with_opened(listed.ports, known.ports) if is_one_life else listed.ports,
        hostname=known.hostname,
        restart_policy=known.restart_policy,
        is_auto_removed=known.is_auto_removed,
        started_at=known.started_at if was_running == is_running else (None if is_running else known.started_at),
        finished_at=known.finished_at if was_running == is_running else (known.finished_at if is_running else None),
        pid=known.pid if is_running and was_running else 0,
        is_out_of_memory=known.is_out_of_memory and is_one_end,
        stop_wait_s=known.stop_wait_s,
        ending=known.ending if is_one_end else Ending.UNKNOWN.value,
        stopping=known.stopping if is_running and was_running else Stopping.NOT.value,
        killed_at=known.killed_at if is_running and was_running else None,
        has_detail=known.has_detail and is_same,
    )


def _is_one_life(known: ContainerFact, listed: ContainerFact) -> bool:
    return known.state == listed.state or (known.state in WITH_STACK and listed.state in WITH_STACK)


def _with_opened(listed: tuple[PortFact, ...], known: tuple[PortFact, ...]) -> tuple[PortFact, ...]:
    opened = [port for port in known if port.address and not port.public_port and port not in listed]
    return sort_ports([*listed, *opened]) if opened else listed


def _unlisted(known: ContainerFact, listed: ContainerFact) -> tuple[EndpointFact, ...]:
    """Return what only a running container's record names: the networks of which it has no endpoint, but was to have one."""
    if listed.state not in WITH_STACK or not has_remnants(known):
        return ()
    names = {endpoint.network_name for endpoint in listed.endpoints}
    return tuple(each for each in known.endpoints if not each.endpoint_id and each.network_name not in names)


def has_remnants(fact: ContainerFact) -> bool:
    """Tell whether a running container's record names networks that it isn't on: no event, and no list, tells when that ends."""
    return fact.state in WITH_STACK and any(not endpoint.endpoint_id for endpoint in fact.endpoints)


def _with_detail(listed: EndpointFact, known: ContainerFact, *, is_one_life: bool) -> EndpointFact:
    for endpoint in known.endpoints:
        if endpoint.network_name == listed.network_name:
            return replace(
                listed,
                link_local_ips=endpoint.link_local_ips,
                aliases=endpoint.aliases,
                dns_names=endpoint.dns_names,
                links=endpoint.links,
                driver_options=endpoint.driver_options,
                gateway_priority=endpoint.gateway_priority,
                leftover=endpoint.leftover if is_one_life and not listed.endpoint_id else None,
                has_detail=endpoint.has_detail and endpoint.endpoint_id == listed.endpoint_id,
            )
    return listed


def merge_inspected(known: ContainerFact | None, inspected: ContainerFact) -> ContainerFact:
    """Return inspect's fact with image and command as the list writes them, where they are known."""
    if known is None:
        return inspected
    is_one_end = (known.state, known.exit_code) == (inspected.state, inspected.exit_code)
    is_one_end = is_one_end and known.finished_at in (None, inspected.finished_at)
    is_stopping = inspected.state in RUNNING_STATES and known.started_at == inspected.started_at
    return replace(
        inspected,
        image=known.image,
        command=known.command,
        created_at=known.created_at,
        ending=known.ending if is_one_end else Ending.UNKNOWN.value,
        stopping=known.stopping if is_stopping else Stopping.NOT.value,
        killed_at=known.killed_at if is_stopping else None,
    )
