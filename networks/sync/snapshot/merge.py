"""How a quick read (the list) and a thorough one (inspect) of the same container become one fact. Pure.

The list lacks aliases, DNS names, links, driver options, times of start and end, hostname, pid, restart policy, --rm, the time
until the kill and whether memory ran out; neither tells who ended it, nor that it is being stopped. Inspect writes image and
command in another form. Each field therefore has one owner, so that reading both ways in turn never looks like a change.
"""

from __future__ import annotations

from dataclasses import replace

from networks.engine.facts import ContainerFact, Ending, EndpointFact, Stopping

RUNNING = frozenset({"running", "paused", "restarting"})


def merge_listed(known: ContainerFact | None, listed: ContainerFact) -> ContainerFact:
    """Return the list's fact with what only inspect tells kept from `known`.

    `has_detail` stays only where nothing happened that could have changed the detail: a start gives new endpoint ids.
    """
    if known is None:
        return listed
    endpoints = tuple(_with_detail(endpoint, known) for endpoint in listed.endpoints)
    was_running, is_running = known.state in RUNNING, listed.state in RUNNING
    is_one_end = known.state == listed.state and known.exit_code == listed.exit_code
    is_same = is_one_end and known.endpoints == endpoints
    return replace(
        listed,
        endpoints=endpoints,
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


def _with_detail(listed: EndpointFact, known: ContainerFact) -> EndpointFact:
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
                has_detail=endpoint.has_detail and endpoint.endpoint_id == listed.endpoint_id,
            )
    return listed


def merge_inspected(known: ContainerFact | None, inspected: ContainerFact) -> ContainerFact:
    """Return inspect's fact with image and command as the list writes them, where they are known."""
    if known is None:
        return inspected
    is_one_end = (known.state, known.exit_code) == (inspected.state, inspected.exit_code)
    is_one_end = is_one_end and known.finished_at in (None, inspected.finished_at)
    is_stopping = inspected.state in RUNNING and known.started_at == inspected.started_at
    return replace(
        inspected,
        image=known.image,
        command=known.command,
        created_at=known.created_at,
        ending=known.ending if is_one_end else Ending.UNKNOWN.value,
        stopping=known.stopping if is_stopping else Stopping.NOT.value,
        killed_at=known.killed_at if is_stopping else None,
    )
