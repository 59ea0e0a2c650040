"""A terminal is opened as every change is made: intent, policy, protection, the Engine, outcome."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import DatabaseError

from networks.actions.actors import require_of
from networks.actions.clients import open_client
from networks.actions.recording import ActionResult, Intent, begin_action, record_outcome
from networks.actions.terminals.asked import TerminalRequest
from networks.actions.terminals.sentinel import Sentinel, post_sentinel
from networks.engine.allow_list import Profile
from networks.engine.cli import exec_command
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed, NotFound, Refused
from networks.engine.specs import ExecSpec
from networks.engine.transport.raw import TerminalStream
from networks.models import OutcomeKind
from networks.models.database_trouble import explain_trouble
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Denied, Permission
from networks.policy.protection import refuse_containers


@dataclass(frozen=True, slots=True)
class Begun:
    """What was begun in a container and has to be ended, and who speaks for it with the Engine.

    `sentinel`: what ends it should this process be killed; None where none stands.
    """

    client: EngineClient
    spec: ExecSpec
    exec_id: str
    sentinel: Sentinel | None


@dataclass(frozen=True, slots=True)
class Opened(Begun):
    """An open terminal. `action_id`: of its intent."""

    stream: TerminalStream
    action_id: int
    opened_at: float


def open_terminal(asked: TerminalRequest) -> Opened | ActionResult:
    """Open a terminal, or return what came of it instead; expected trouble is never an exception. No lock is held."""
    if settings.NETADMIN_READ_ONLY:
        sentence = _("Netadmin is in read-only mode: no terminal can be opened.")
        return ActionResult(OutcomeKind.DENIED, 0, docker_id=asked.container_id, sentence=sentence)
    action_id = begin_action(asked.actor, asked.engine.slug, _intent(asked))
    if isinstance(action_id, ActionResult):
        return action_id
    begun = time.monotonic()
    opened = _open(asked, action_id)
    duration_ms = (time.monotonic() - begun) * 1000
    if isinstance(opened, Opened):
        record_outcome(ActionResult(OutcomeKind.OK, action_id, docker_id=asked.container_id, duration_ms=duration_ms))
        return opened
    refused = replace(opened, action_id=action_id, docker_id=asked.container_id, duration_ms=duration_ms)
    record_outcome(refused)
    return refused


def _intent(asked: TerminalRequest) -> Intent:
    """Return what is written down of it: which program, never with which words, for those may be secrets."""
    program = asked.command[0]
    known = {"program": program, "words": len(asked.command), "user": asked.user}
    name = asked.container_name
    command = exec_command(name, asked.container_id, (program, *("…" for _word in asked.command[1:2])), asked.user)
    return Intent("open_terminal", name, asked.container_id, command, known)


def _open(asked: TerminalRequest, action_id: int) -> Opened | ActionResult:
    client: EngineClient | None = None
    try:
        require_of(asked.actor, Permission.TERMINAL, asked.engine.slug)
        client = open_client(asked.engine, Profile.TERMINAL)
        fact = client.inspect_container(asked.container_id)
        refuse_containers(asked.engine.slug, [fact])
        if why_not := why_not_open(fact.name, fact.state):
            raise NotAllowed(why_not)
        spec = ExecSpec(asked.container_id, asked.command, asked.user, secrets.token_hex(16), asked.size)
        exec_id = client.create_exec(spec)
        stream = client.open_terminal(exec_id, asked.size)
        sentinel = post_sentinel(client, spec)
        return Opened(client, spec, exec_id, sentinel, stream, action_id, time.monotonic())
    except Denied as denied:
        words = _("This needs the permission “%(permission)s” on this Engine.") % {"permission": denied.permission}
        result = ActionResult(OutcomeKind.DENIED, 0, sentence=words)
    except EngineError as error:
        result = _failed(error)
    except DatabaseError as error:
        result = ActionResult(OutcomeKind.FAILED, 0, sentence=explain_trouble(error))
    if client is not None:
        client.close()
    return result


def why_not_open(name: str, state: str) -> str:
    """Return in words why nothing can be begun in a container of this state, "" where it can."""
    if state == "paused":
        return _("%(name)s is paused: nothing in it runs until it is unpaused.") % {"name": name}
    if state != "running":
        return _("%(name)s isn't running, so there is nothing to open a terminal in. Start it first.") % {"name": name}
    return ""


def _failed(error: EngineError) -> ActionResult:
    kind = OutcomeKind.FAILED
    if isinstance(error, NotAllowed):
        kind = OutcomeKind.DENIED
    elif isinstance(error, Refused):
        kind = OutcomeKind.REFUSED
    sentence = _("This container no longer exists.") if isinstance(error, NotFound) else error.sentence
    return ActionResult(kind, 0, sentence=sentence, status=error.status, request=error.request)
