"""What people may do with swarms: begin one, join one, leave it, and let others in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from networks.actions.actors import Actor, require_of
from networks.actions.asking import BackgroundWork, LatestWork
from networks.actions.clients import open_client
from networks.actions.recording import ANSWER_WITHIN_S, ActionResult, Change, Intent, carry_out
from networks.engine.allow_list import Profile
from networks.engine.cli import command_of, init_swarm_lines, join_swarm_lines, leave_swarm_lines, remove_node_lines
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed
from networks.engine.specs import InitSpec, JoinSpec, LeaveSpec, asked_of
from networks.engine.swarm_facts import JoinTokens
from networks.models import Engine, EngineStatus
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Denied, Permission
from networks.policy.protection import protection_of

WORKER, MANAGER = "worker", "manager"
JOIN_SWARM = "join_swarm"


@dataclass(frozen=True, slots=True)
class KnownSwarm:
    """A swarm to join by an Engine that is known here and manages it. `role`: what the new node shall be.

    `remote_addresses`: none means those that the manager names itself.
    """

    manager: Engine
    role: str = WORKER
    advertise_address: str = ""
    listen_address: str = ""
    remote_addresses: tuple[str, ...] = ()

    def spec(self, remote_addresses: tuple[str, ...] = (), token: str = "") -> JoinSpec:
        """Return what to ask for."""
        spec = JoinSpec(remote_addresses or self.remote_addresses, token, self.advertise_address)
        return replace(spec, listen_address=self.listen_address) if self.listen_address else spec


def init_swarm(actor: Actor, engine: Engine, spec: InitSpec) -> ActionResult:
    """Begin a swarm with this Engine as its first manager. Twin of `docker swarm init`; POST /swarm/init."""

    intent = Intent("init_swarm", engine.name, command=command_of(init_swarm_lines(spec)), asked=asked_of(spec))
    return _carry_out(actor, engine, intent, lambda client: client.init_swarm(spec), lambda: _is_member(engine))


def join_swarm(actor: Actor, engine: Engine, spec: JoinSpec) -> ActionResult:
    """Have this Engine join a swarm; the token is sent, and written nowhere. Twin of `docker swarm join`; POST /swarm/join.

    Takes up to 30 s: for a thread of its own.
    """

    intent = _intent_to_join(engine, spec)
    return _carry_out(actor, engine, intent, lambda client: client.join_swarm(spec), lambda: _is_member(engine), patience_s=None)


def join_known_swarm(actor: Actor, engine: Engine, known: KnownSwarm) -> ActionResult:
    """Have this Engine join the swarm that another one manages: the token goes from one to the other, and nowhere else.

    Needs the permission to shape both.
    """

    def ask(client: EngineClient) -> None:
        tokens, managers = _read_from(actor, known.manager)
        token = tokens.manager if known.role == MANAGER else tokens.worker
        client.join_swarm(known.spec(known.remote_addresses or managers, token))

    intent = _intent_to_join(engine, known.spec())
    intent = replace(intent, asked={**intent.asked, "manager": known.manager.slug, "role": known.role})
    return _carry_out(actor, engine, intent, ask, lambda: _is_member(engine))


def leave_swarm(actor: Actor, engine: Engine, node_id: str, spec: LeaveSpec) -> ActionResult:
    """Have this Engine leave its swarm, if it still is that node. Twin of `docker swarm leave`; POST /swarm/leave.

    Its networks go with it: not where one is protected, or where something that is protected is on one.
    """

    def ask(client: EngineClient) -> None:
        if client.info().swarm.node_id != node_id:
            raise NotAllowed(_("This Engine is a different node by now, or none; look again before you change it."))
        if lock := protection_of(engine.slug).lock_on_leaving():
            raise NotAllowed(lock.sentence)
        client.leave_swarm(spec)

    asked = {"node_id": node_id, "is_forced": spec.is_forced}
    intent = Intent("leave_swarm", engine.name, command=command_of(leave_swarm_lines(spec)), asked=asked)
    still = EngineStatus.objects.filter(engine=engine, swarm_node_id=node_id)
    return _carry_out(actor, engine, intent, ask, lambda: not still.exists())


def remove_node(actor: Actor, engine: Engine, node_id: str, *, hostname: str) -> ActionResult:
    """Take a worker that is down out of the list of the swarm that this Engine manages. Twin of `docker node rm`.

    DELETE /nodes/{id}, without force: Docker refuses a node that is back meanwhile, and a manager.
    """
    asked = {"node_id": node_id, "hostname": hostname}
    intent = Intent("remove_node", hostname or node_id, command=command_of(remove_node_lines(node_id)), asked=asked)
    return _carry_out(actor, engine, intent, lambda client: client.remove_node(node_id), lambda: is_node_gone(engine, node_id))


def is_node_gone(engine: Engine, node_id: str) -> bool:
    """Tell whether the list that this manager was last read to have is without the node; a list of none says nothing."""
    nodes = EngineStatus.objects.filter(engine=engine).values_list("swarm_nodes", flat=True).first() or []
    return bool(nodes) and all(node["node_id"] != node_id for node in nodes)


def read_join_token(actor: Actor, engine: Engine, role: str) -> tuple[ActionResult, str]:
    """Return what lets one more Engine in, and write down that it was asked for, without it. GET /swarm.

    Twin of `docker swarm join-token`. The token is "" where the result isn't ok.
    """
    found: list[str] = []

    def ask(client: EngineClient) -> None:
        tokens = client.read_join_tokens()
        found.append(tokens.manager if role == MANAGER else tokens.worker)

    intent = Intent("read_join_token", engine.name, command=f"docker swarm join-token {role}", asked={"role": role})
    result = _carry_out(actor, engine, intent, ask, lambda: False)
    return result, found[0] if result.is_ok and found else ""


def _read_from(actor: Actor, manager: Engine) -> tuple[JoinTokens, tuple[str, ...]]:
    """Return a manager's tokens and where it and the others answer. Raises NotAllowed with the manager's own words."""
    try:
        require_of(actor, Permission.SHAPE, manager.slug)
        with closing(open_client(manager, Profile.SWARM)) as client:
            return client.read_join_tokens(), client.info().swarm.managers
    except Denied as error:
        names = {"permission": error.permission, "engine": manager.name}
        raise NotAllowed(_("This needs the permission “%(permission)s” on %(engine)s as well.") % names) from error
    except EngineError as error:
        names = {"engine": manager.name, "words": error.sentence}
        raise NotAllowed(_("%(engine)s did not give its token: %(words)s") % names) from error


def _carry_out(
    actor: Actor,
    engine: Engine,
    intent: Intent,
    do: Callable[[EngineClient], object],
    is_done: Callable[[], bool],
    *,
    patience_s: float | None = ANSWER_WITHIN_S,
) -> ActionResult:
    def ask(client: EngineClient) -> str:
        do(client)
        return ""  # a node is nothing that has a page, and all of the Engine is to be read again

    change = Change(ask, is_done, profile=Profile.SWARM)
    return carry_out(actor, engine, intent, Permission.SHAPE, change, patience_s=patience_s)


def _intent_to_join(engine: Engine, spec: JoinSpec) -> Intent:
    asked = {
        "remote_addresses": list(spec.remote_addresses),
        "advertise_address": spec.advertise_address,
        "listen_address": spec.listen_address,
    }
    return Intent(JOIN_SWARM, engine.name, command=command_of(join_swarm_lines(spec)), asked=asked)


def _is_member(engine: Engine) -> bool:
    # While it is let in, or fails to be, it is "pending".
    return EngineStatus.objects.filter(engine=engine, swarm_state="active").exists()


@dataclass(slots=True)
class Joining(BackgroundWork[ActionResult]):
    """A join under way, or ended. `spec`: without its token, which only the thread that sends it has."""

    spec: JoinSpec
    user_id: int | None


_joins: LatestWork[Joining] = LatestWork("join")


def last_joining(engine_slug: str, user_id: int | None) -> Joining | None:
    """Return this person's latest join of this Engine in this process."""
    joining = _joins.get(engine_slug)
    return joining if joining is not None and joining.user_id == user_id else None


def begin_joining(actor: Actor, engine: Engine, spec: JoinSpec) -> Joining:
    """Begin to join, or return the join of this Engine that is under way, whoever began it."""
    joining = Joining(replace(spec, token=""), actor.user_id)
    return _joins.begin(engine.slug, joining, lambda _joining: join_swarm(actor, engine, spec))
