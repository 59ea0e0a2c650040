"""What people may do to containers: start, stop, restart, kill, pause, let go on, rename, remove."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from networks.actions.actors import Actor, refuse_without
from networks.actions.recording import LASTS_S, ActionResult, Change, Intent, carry_out
from networks.engine.allow_list import Profile
from networks.engine.cli import command_of_order
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed, NotFound, Refused
from networks.engine.facts import ContainerFact
from networks.engine.specs import STOP_WAIT_S
from networks.engine.states import RUNNING_STATES
from networks.models import Action, Container, Engine
from networks.models.stored_sentences import join_said
from networks.models.stored_sentences import say as _
from networks.policy.needed_permissions import permission_to_order
from networks.policy.permissions import Permission
from networks.policy.protection import read_company, refuse_containers, refuse_names
from networks.queries.engine_context import find_network

Act = Callable[[EngineClient, ContainerFact], None]


def start_container(actor: Actor, engine: Engine, container_id: str, *, name: str) -> ActionResult:
    """Start a container. Twin of `docker start`; POST /containers/{id}/start."""

    def act(client: EngineClient, fact: ContainerFact) -> None:
        _require_for_company(actor, engine, fact)
        client.start_container(container_id)

    return _order(actor, engine, "start_container", container_id, name, act)


def stop_container(actor: Actor, engine: Engine, container_id: str, *, name: str, wait_s: int = STOP_WAIT_S) -> ActionResult:
    """Stop a container, and kill it after `wait_s`. Twin of `docker stop -t`; POST /containers/{id}/stop.

    One that takes longer than a moment is under way at first; its outcome is written when the Engine answers.
    """
    begun = threading.Event()

    def act(client: EngineClient, _fact: ContainerFact) -> None:
        begun.set()
        client.stop_container(container_id, wait_s)

    return _order(actor, engine, "stop_container", container_id, name, act, asked={"wait_s": wait_s}, begun=begun)


def restart_container(actor: Actor, engine: Engine, container_id: str, *, name: str, wait_s: int = STOP_WAIT_S) -> ActionResult:
    """Stop a container and start it. Twin of `docker restart -t`; POST /containers/{id}/restart.

    One that shares the stack of a container which doesn't run is left alone: the Engine would stop it and not start it again.
    Where it was ended and then refused, a job's step says so; a page sees it in the snapshot.
    """

    begun = threading.Event()

    def act(client: EngineClient, fact: ContainerFact) -> None:
        _refuse_lost_donor(client, fact)
        _require_for_company(actor, engine, fact)
        begun.set()
        try:
            client.restart_container(container_id, wait_s)
        except Refused as error:
            if actor.journal is not None and fact.state in RUNNING_STATES and _has_ended(client, container_id):
                error.sentence = join_said(
                    error.sentence, _("It had been ended before Docker refused the rest, and doesn't run now.")
                )
            raise

    asked = {"wait_s": wait_s, "was_started_at": started_at_of(engine, container_id)}
    return _order(actor, engine, "restart_container", container_id, name, act, asked=asked, begun=begun)


def kill_container(actor: Actor, engine: Engine, container_id: str, *, name: str) -> ActionResult:
    """End a container at once. Twin of `docker kill`; POST /containers/{id}/kill."""
    return _order(actor, engine, "kill_container", container_id, name)


def pause_container(actor: Actor, engine: Engine, container_id: str, *, name: str) -> ActionResult:
    """Freeze a container. Twin of `docker pause`; POST /containers/{id}/pause."""
    return _order(actor, engine, "pause_container", container_id, name)


def unpause_container(actor: Actor, engine: Engine, container_id: str, *, name: str) -> ActionResult:
    """Let a paused container go on. Twin of `docker unpause`; POST /containers/{id}/unpause."""
    return _order(actor, engine, "unpause_container", container_id, name)


def rename_container(actor: Actor, engine: Engine, container_id: str, *, name: str, new_name: str) -> ActionResult:
    """Give a container another name. Twin of `docker rename`; POST /containers/{id}/rename."""

    def act(client: EngineClient, fact: ContainerFact) -> None:
        for endpoint in fact.endpoints:
            network_id = endpoint.network_id or find_network(engine.slug, endpoint.network_name)
            refuse_names(engine.slug, network_id, endpoint.network_name, (new_name,))
        client.rename_container(container_id, new_name)

    return _order(actor, engine, "rename_container", container_id, name, act, asked={"new_name": new_name})


def remove_container(actor: Actor, engine: Engine, container_id: str, *, name: str) -> ActionResult:
    """Remove a container, running or not, with its anonymous volumes. Twin of `docker rm -f -v`; DELETE /containers/{id}."""
    return _order(actor, engine, "remove_container", container_id, name)


# By the name of the action, which is the verb of a job's step too.
ORDERS: Mapping[str, Callable[..., ActionResult]] = {
    "start_container": start_container,
    "stop_container": stop_container,
    "restart_container": restart_container,
    "kill_container": kill_container,
    "pause_container": pause_container,
    "unpause_container": unpause_container,
    "rename_container": rename_container,
    "remove_container": remove_container,
}


def started_at_of(engine: Engine, container_id: str) -> str:
    """Return when the container was started last, as the snapshot has it (ISO 8601), "" where it doesn't know."""
    rows = Container.objects.filter(engine=engine, docker_id=container_id).values_list("started_at", flat=True)
    started_at = rows.first()
    return started_at.isoformat() if started_at else ""


def is_order_seen(engine: Engine, action: Action) -> bool:
    """Tell whether the snapshot shows that an order was carried out."""
    return _is_seen(engine, action.verb, action.docker_id, action.asked if isinstance(action.asked, dict) else {})


def is_order_done(verb: str, found: ContainerFact | Container | None, asked: Mapping[str, Any]) -> bool:
    """Tell whether a container, None for one that is gone, is as the order wants it. `asked`: as recorded."""
    if found is None:
        return verb in ("stop_container", "kill_container", "remove_container")
    state = found.state
    match verb:
        case "start_container" | "unpause_container":
            return state == "running"
        case "stop_container" | "kill_container":
            return state not in RUNNING_STATES
        case "restart_container":
            started_at = found.started_at.isoformat() if found.started_at else ""
            return state == "running" and bool(started_at) and started_at != asked.get("was_started_at")
        case "pause_container":
            return state == "paused"
        case "rename_container":
            return found.name == asked.get("new_name")
    return False


def _is_seen(engine: Engine, verb: str, container_id: str, asked: Mapping[str, Any]) -> bool:
    return is_order_done(verb, Container.objects.filter(engine=engine, docker_id=container_id).first(), asked)


def _order(
    actor: Actor,
    engine: Engine,
    verb: str,
    container_id: str,
    name: str,
    act: Act | None = None,
    *,
    asked: Mapping[str, Any] | None = None,
    begun: threading.Event | None = None,
) -> ActionResult:
    held = dict(asked or {})
    lasts_s = LASTS_S + int(held.get("wait_s", 0))

    def ask(client: EngineClient) -> str:
        try:
            fact = _same_container(client, container_id, name)
            refuse_containers(engine.slug, [fact])
            _require_for(actor, engine, fact)
            if act is None:  # what the client calls by the same name
                getattr(client, verb)(container_id)
            else:
                act(client, fact)
        except NotFound as error:
            if verb == "remove_container":
                error.sentence = _("The container %(name)s was already removed.") % {"name": name}
            raise
        return container_id

    intent = Intent(verb, name, container_id, command=command_of_order(verb, name, container_id, held), asked=held)
    change = Change(ask, lambda: _is_seen(engine, verb, container_id, held), (container_id,), Profile.RUN, begun, lasts_s)
    return carry_out(actor, engine, intent, Permission.RUN, change)


def _same_container(client: EngineClient, container_id: str, name: str) -> ContainerFact:
    fact = client.inspect_container(container_id)
    if fact.name != name:
        raise NotAllowed(_("This container is called %(name)s now; look again before you change it.") % {"name": fact.name})
    return fact


def _require_for(actor: Actor, engine: Engine, fact: ContainerFact) -> None:
    """Ask the policy once more, now that the mode is known: the host's stack, and another's, need more."""
    permission = permission_to_order(fact.network_mode)
    words = _("%(name)s uses the network of the host or of another container, which needs the permission “%(permission)s”.")
    refuse_without(actor, permission, engine.slug, words, name=fact.name)


def _require_for_company(actor: Actor, engine: Engine, fact: ContainerFact) -> None:
    """Ask the policy where it starts beside: it finds its networks by name, what is there may have changed. Raises NotAllowed.

    It wasn't run from here with these names, so an admin may let it bear them.
    """
    for endpoint in fact.endpoints:
        network_id = endpoint.network_id or find_network(engine.slug, endpoint.network_name)
        own, _borne = read_company(engine.slug, network_id, endpoint.network_name)
        try:
            if own is not None:
                words = _("%(by)s, which Netadmin needs, is on %(network)s.") % {"by": own.by, "network": endpoint.network_name}
                raise NotAllowed(words)
            names = (fact.name, fact.hostname, *endpoint.aliases)
            refuse_names(engine.slug, network_id, endpoint.network_name, names)
        except NotAllowed as error:
            try:
                refuse_without(actor, Permission.SHAPE, engine.slug, _("That needs the permission “%(permission)s”."))
            except NotAllowed as denied:
                raise NotAllowed(join_said(error.sentence, denied.sentence)) from error


def _has_ended(client: EngineClient, container_id: str) -> bool:
    try:
        return client.inspect_container(container_id).state not in RUNNING_STATES
    except EngineError:
        return False


def _refuse_lost_donor(client: EngineClient, fact: ContainerFact) -> None:
    mode, _colon, donor_id = fact.network_mode.partition(":")
    if mode != "container" or fact.state not in RUNNING_STATES:
        return
    try:
        donor = client.inspect_container(donor_id)
    except NotFound as error:
        words = _(
            "The container that %(name)s shares its network with was removed: a restart would stop it, and it could "
            "never start again."
        )
        raise NotAllowed(words % {"name": fact.name}) from error
    if donor.state not in RUNNING_STATES:
        words = _(
            "%(name)s shares the network of %(donor)s, which isn't running: a restart would only stop it. Start %(donor)s first."
        )
        raise NotAllowed(words % {"name": fact.name, "donor": donor.name})
