"""The changes that a job is made of: how each is planned, done, and found to have been done."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from networks.actions.actors import Actor
from networks.actions.containers import ORDERS, is_order_done
from networks.actions.images import LayerNotes, pull_image
from networks.actions.networks import Look, connect_container, disconnect_container, remove_network
from networks.actions.recording import ActionResult
from networks.actions.swarm import JOIN_SWARM, WORKER, KnownSwarm, join_known_swarm
from networks.engine.client import EngineClient
from networks.engine.errors import NotFound
from networks.engine.facts import ContainerFact, EndpointFact
from networks.engine.specs import ConnectSpec, DisconnectSpec, asked_of
from networks.engine.states import WITH_STACK
from networks.models import Engine, JobStep
from networks.queries.addresses.keeping import DISCONNECT


def carry_out_step(actor: Actor, engine: Engine, step: JobStep, *, before: Look | None = None) -> ActionResult:
    """Do one step by the action of its name, with all that the action checks and records. `before`: as of a disconnect."""
    if step.verb in ORDERS:
        asked = {"wait_s": int(step.spec["wait_s"])} if "wait_s" in step.spec else {}
        return ORDERS[step.verb](actor, engine, step.container_id, name=step.container_name, **asked)
    on, name = step.network_name, step.container_name
    may_none = bool(step.spec.get("moves"))
    match step.verb:
        case "pull_image":
            return pull_image(actor, engine, step.network_name, tell=LayerNotes(step).note)
        case "remove_network":
            return remove_network(actor, engine, step.network_id, name=step.network_name)
        case "connect_container":
            return connect_container(actor, engine, spec_of(step), network_name=on, container_name=name, may_none=may_none)
        case "disconnect_container":
            off, names = DisconnectSpec(step.network_id, step.container_id), {"network_name": on, "container_name": name}
            return disconnect_container(actor, engine, off, before=before, may_none=may_none, **names)
        case "join_swarm":
            return join_known_swarm(actor, engine, _known_swarm(step))
    raise ValueError(step.verb)


def pair_step(
    verb: str,
    spec: ConnectSpec | DisconnectSpec,
    command: str,
    document: Mapping[str, object],
    *,
    network_name: str,
    container_name: str,
) -> JobStep:
    """Return the step that connects or disconnects this pair. `document`: what the step holds."""
    return JobStep(
        verb=verb,
        network_id=spec.network_id,
        network_name=network_name,
        container_id=spec.container_id,
        container_name=container_name,
        command=command,
        spec=dict(document),
    )


def spec_of(step: JobStep) -> ConnectSpec:
    """Return what a step connects with: what it holds, defaults for the rest."""
    held = dict(step.spec)
    return ConnectSpec(
        network_id=step.network_id,
        container_id=step.container_id,
        ipv4=IPv4Address(held["ipv4"]) if held.get("ipv4") else None,
        ipv6=IPv6Address(held["ipv6"]) if held.get("ipv6") else None,
        aliases=tuple(held.get("aliases", ())),
        link_local_ips=tuple(ip_address(text) for text in held.get("link_local_ips", ())),
        links=tuple(held.get("links", ())),
        driver_options=dict(held.get("driver_options", {})),
        gateway_priority=int(held.get("gateway_priority", 0)),
        mac=str(held.get("mac", "")),
    )


def document_of(spec: ConnectSpec) -> dict[str, Any]:
    """Return a spec as a step holds it: without the ids, which are columns, and without what is a default."""
    return {name: value for name, value in asked_of(spec, ("network_id", "container_id")).items() if value}


def was_step_done(client: EngineClient, step: JobStep) -> bool:
    """Ask the Engine whether what the step is for is so. Raises EngineError when it can't be asked."""
    if step.verb == "remove_network":
        return not _has_network(client, step.network_id)
    if step.verb == JOIN_SWARM:
        return client.info().swarm.state == "active"
    if step.verb == "pull_image":
        return client.has_image(step.network_name)
    try:
        container = client.inspect_container(step.container_id)
    except NotFound:
        if step.verb in ORDERS:
            return is_order_done(step.verb, None, step.spec)
        return step.verb == "disconnect_container"
    if step.verb in ORDERS:
        return is_order_done(step.verb, container, step.spec)
    endpoint = _endpoint_on(container, step)
    if step.verb == DISCONNECT or endpoint is None:
        return (endpoint is None) == (step.verb == DISCONNECT)
    asked = spec_of(step)
    told = (endpoint.requested_ipv4, endpoint.requested_ipv6)
    if endpoint.hides_wishes:  # it has at least what was asked for
        told = (endpoint.ipv4, endpoint.ipv6)
    return (asked.ipv4 or told[0], asked.ipv6 or told[1]) == told


def _known_swarm(step: JobStep) -> KnownSwarm:
    """Return whose swarm a step joins; an Engine that was removed meanwhile gives no token, and says so."""
    held, slug = dict(step.spec), str(step.spec.get("manager", ""))
    manager = Engine.objects.filter(slug=slug).first() or Engine(slug=slug, name=slug)
    return KnownSwarm(manager, held.get("role", WORKER), held.get("advertise_address", ""), held.get("listen_address", ""))


def _has_network(client: EngineClient, network_id: str) -> bool:
    try:
        client.inspect_network(network_id)
    except NotFound:
        return False
    return True


def _endpoint_on(container: ContainerFact, step: JobStep) -> EndpointFact | None:
    # A container that isn't running knows the networks that it joined since by name only. One that runs may have a network in
    # its settings and no endpoint there: what a refused connect leaves behind (26.1).
    is_running = container.state in WITH_STACK
    on = (
        endpoint
        for endpoint in container.endpoints
        if endpoint.network_id == step.network_id or (not endpoint.network_id and endpoint.network_name == step.network_name)
        if endpoint.endpoint_id or not is_running
    )
    return next(on, None)
