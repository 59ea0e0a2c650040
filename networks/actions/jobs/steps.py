"""The changes that a job is made of: how each is planned, done, and found to have been done."""

from __future__ import annotations

from networks.actions.actors import Actor
from networks.actions.networks import connect_container, disconnect_container, remove_network
from networks.actions.recording import ActionResult
from networks.engine.client import EngineClient
from networks.engine.errors import NotFound
from networks.engine.facts import ContainerFact
from networks.engine.specs import ConnectSpec, DisconnectSpec
from networks.models import Engine, JobStep


def carry_out_step(actor: Actor, engine: Engine, step: JobStep) -> ActionResult:
    """Do one step by the action of its name, with all that the action checks and records."""
    names = {"network_name": step.network_name, "container_name": step.container_name}
    match step.verb:
        case "remove_network":
            return remove_network(actor, engine, step.network_id, name=step.network_name)
        case "connect_container":
            return connect_container(actor, engine, ConnectSpec(step.network_id, step.container_id), **names)
        case "disconnect_container":
            return disconnect_container(actor, engine, DisconnectSpec(step.network_id, step.container_id), **names)
    raise ValueError(step.verb)


def was_step_done(client: EngineClient, step: JobStep) -> bool:
    """Ask the Engine whether what the step is for is so. Raises EngineError when it can't be asked."""
    if step.verb == "remove_network":
        return not _has_network(client, step.network_id)
    try:
        container = client.inspect_container(step.container_id)
    except NotFound:
        return step.verb == "disconnect_container"
    return _is_on(container, step) == (step.verb == "connect_container")


def _has_network(client: EngineClient, network_id: str) -> bool:
    try:
        client.inspect_network(network_id)
    except NotFound:
        return False
    return True


def _is_on(container: ContainerFact, step: JobStep) -> bool:
    # A container that isn't running knows the networks that it joined since by name only.
    return any(
        endpoint.network_id == step.network_id or (not endpoint.network_id and endpoint.network_name == step.network_name)
        for endpoint in container.endpoints
    )
