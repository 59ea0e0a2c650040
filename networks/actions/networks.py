"""What people may do to networks: create, remove, connect, disconnect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from networks.actions.actors import Actor
from networks.actions.clients import read_elsewhere
from networks.actions.recording import ActionResult, Change, Intent, carry_out
from networks.engine.cli import command_of, connect_lines, create_network_lines, disconnect_lines, named_command
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed, NotFound
from networks.engine.facts import ContainerFact, NetworkFact
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec, asked_of
from networks.models import Endpoint, Engine, Network
from networks.models.container import EndpointQuerySet
from networks.models.stored_sentences import say as _
from networks.policy.harmful_subnets import (
    harmful_subnets,
    read_config_subnets,
    refuse_dead_plugin,
    refuse_missing_driver,
    refuse_untyped,
    subnets_of,
)
from networks.policy.host_space import subnets_beyond
from networks.policy.needed_permissions import permission_to_create
from networks.policy.permissions import Permission
from networks.policy.protection import permission_to_join, refuse_names, refuse_pair, refuse_removal
from networks.policy.shadowed_names import refuse_shadows
from networks.preflight.pair import check_network, check_stack
from networks.queries.masking import MASK, is_secret_key

Look = Callable[[EngineClient, NetworkFact, ContainerFact], None]


def create_network(actor: Actor, engine: Engine, spec: NetworkSpec, *, typed_subnet: str = "") -> ActionResult:
    """Create a network. Twin of `docker network create`; POST /networks/create.

    One that would cut the Engine's machine off needs the permission to shape, and `typed_subnet`: what it would take, typed.
    """

    def ask(client: EngineClient) -> str:
        refuse_missing_driver(engine, spec.driver)
        taken = read_config_subnets(engine.slug, spec.config_from)
        refuse_untyped(harmful_subnets(engine.slug, spec, taken), typed_subnet)
        return client.create_network(spec)

    def is_done() -> bool:
        return Network.objects.filter(engine=engine, name=spec.name).exists()

    asked = asked_of(_without_secrets(spec), ("name",)) | ({"typed_subnet": typed_subnet} if typed_subnet else {})
    intent = Intent("create_network", spec.name, command=command_of(create_network_lines(_without_secrets(spec))), asked=asked)
    return carry_out(actor, engine, intent, _permission_to_create(engine, spec), Change(ask, is_done))


def remove_network(actor: Actor, engine: Engine, network_id: str, *, name: str) -> ActionResult:
    """Remove a network that is still the one with this name. Twin of `docker network rm`; DELETE /networks/{id}."""

    def ask(client: EngineClient) -> str:
        try:
            fact = _same_network(client, network_id, name)
            refuse_removal(engine.slug, fact)
            client.remove_network(network_id)
        except NotFound as error:
            error.sentence = _("The network %(name)s was already removed.") % {"name": name}
            raise
        return network_id

    def is_done() -> bool:
        return not Network.objects.filter(engine=engine, docker_id=network_id).exists()

    intent = Intent("remove_network", name, network_id, command=named_command("docker network rm", name, network_id))
    return carry_out(actor, engine, intent, Permission.CONNECT, Change(ask, is_done, (network_id,)))


def connect_container(
    actor: Actor,
    engine: Engine,
    spec: ConnectSpec,
    *,
    network_name: str,
    container_name: str,
    may_none: bool = False,
    is_elsewhere: bool = False,
) -> ActionResult:
    """Put a container on a network. Twin of `docker network connect`; POST /networks/{id}/connect.

    `may_none`: put it back on none, too, from where a job took it. `is_elsewhere`: a swarm's network that this Engine doesn't
    list yet.
    """

    def ask(client: EngineClient) -> str:
        network = _same_network(client, spec.network_id, network_name, is_elsewhere=is_elsewhere)
        container = client.inspect_container(spec.container_id)
        refuse_special(network, container, may_none=may_none)
        refuse_pair(engine.slug, network, container)
        refuse_names(engine.slug, spec.network_id, network.name, (container.name, container.hostname), spec.aliases)
        refuse_shadows(engine.slug, network, container, spec.links)
        refuse_dead_plugin(engine, network.driver)
        client.connect_container(spec)
        return spec.network_id

    def is_done() -> bool:
        return _endpoints(engine, spec.container_id, network_name).present().exists()

    recorded = replace(spec, driver_options=_masked(spec.driver_options))
    intent = Intent(
        "connect_container",
        f"{container_name} → {network_name}",
        spec.network_id,
        command=connect_command_of(recorded, network_name=network_name, container_name=container_name),
        asked={"container_id": spec.container_id, **asked_of(recorded, ("network_id",))},
    )
    change = Change(ask, is_done, (spec.network_id, spec.container_id))
    permission = permission_to_join(engine.slug, spec.network_id, spec.driver_options)
    return carry_out(actor, engine, intent, permission, change)


def connect_command_of(spec: ConnectSpec, *, network_name: str, container_name: str) -> str:
    """Return the docker command that does the same, what looks like a secret masked: for the record."""
    masked = replace(spec, driver_options=_masked(spec.driver_options))
    return command_of(connect_lines(masked, network_name=network_name, container_name=container_name))


def disconnect_container(
    actor: Actor,
    engine: Engine,
    spec: DisconnectSpec,
    *,
    network_name: str,
    container_name: str,
    before: Look | None = None,
    may_none: bool = False,
) -> ActionResult:
    """Take a container off a network. Twin of `docker network disconnect`; POST /networks/{id}/disconnect.

    `before`: a further look at both as they are just before it; raises EngineError for no. `may_none`: take it off none, too.
    """

    def ask(client: EngineClient) -> str:
        network = _same_network(client, spec.network_id, network_name)
        container = client.inspect_container(spec.container_id)
        refuse_special(network, container, may_none=may_none, is_leaving=True)
        refuse_pair(engine.slug, network, container)
        if before is not None:
            before(client, network, container)
        client.disconnect_container(spec)
        return spec.network_id

    def is_done() -> bool:
        return not _endpoints(engine, spec.container_id, network_name).exists()

    intent = Intent(
        "disconnect_container",
        f"{container_name} ↛ {network_name}",
        spec.network_id,
        command=command_of(disconnect_lines(spec, network_name=network_name, container_name=container_name)),
        asked={"container_id": spec.container_id, "is_forced": spec.is_forced},
    )
    change = Change(ask, is_done, (spec.network_id, spec.container_id))
    return carry_out(actor, engine, intent, Permission.CONNECT, change)


def refuse_special(network: NetworkFact, container: ContainerFact, *, may_none: bool = False, is_leaving: bool = False) -> None:
    """Refuse what no Engine can do, in words. Raises NotAllowed for host and none, host-mode and `container:` containers.

    `may_none`: none itself is no reason, for a container that moves away from it, or back. `is_leaving`: nor is mode host
    for a container that leaves a network that it is on: it may have joined others while it was stopped.
    """
    if may_none and network.driver == "null" and network.name == "none":
        return
    on = [endpoint.network_name for endpoint in container.endpoints]
    for found in (*check_network(network), *check_stack(container.name, container.network_mode, on)):
        if not (found.key == "container_host" and is_leaving and network.name in on):
            raise NotAllowed(_(found.message) % found.parameters)


def _permission_to_create(engine: Engine, spec: NetworkSpec) -> Permission:
    """Return what a person needs to create it where its subnets are. What comes from a config-only network needs shape anyway."""
    if harmful_subnets(engine.slug, spec) or subnets_beyond(engine.slug, subnets_of(spec)):
        return Permission.SHAPE
    return permission_to_create(spec)


def _same_network(client: EngineClient, network_id: str, name: str, *, is_elsewhere: bool = False) -> NetworkFact:
    fact = read_elsewhere(client, network_id, name) if is_elsewhere else client.inspect_network(network_id)
    if fact.name != name:
        raise NotAllowed(_("This network is called %(name)s now; look again before you change it.") % {"name": fact.name})
    return fact


def _endpoints(engine: Engine, container_id: str, network_name: str) -> EndpointQuerySet:
    return Endpoint.objects.filter(engine=engine, container__docker_id=container_id, network_name=network_name)


def _without_secrets(spec: NetworkSpec) -> NetworkSpec:
    """Return the spec with what looks like a secret masked, for the record."""
    return replace(spec, labels=_masked(spec.labels), options=_masked(spec.options), ipam_options=_masked(spec.ipam_options))


def _masked(pairs: Mapping[str, str]) -> dict[str, str]:
    return {key: MASK if is_secret_key(key) else value for key, value in pairs.items()}
