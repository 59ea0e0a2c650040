"""How every change is made: intent written, Engine asked once, outcome written, follower asked to look."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from networks.actions.actors import Actor, StepJournalHook, note_begun, note_ended, require_of
from networks.actions.asking import NoSlot, StillAsking, ask_patiently, change_slots
from networks.actions.clients import open_client
from networks.audit.records import write_action, write_outcome
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotAllowed, ProtocolFault, Refused, TimedOut
from networks.models import Engine, OutcomeKind
from networks.models.database_trouble import explain_trouble
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Denied, Permission
from networks.sync.requests import request_sync

log = structlog.get_logger(__name__)

# No request takes over 10 s: up to 3 for the intent (a locked database), until here for the Engine, 3 for the outcome.
ANSWER_WITHIN_S = 5.0
ASKED_WITHIN_S = 6.5
LOOK_WITHIN_S, LOOKED_WITHIN_S = 2.0, 9.0
LASTS_S = 30.0  # what takes no time by itself has ended by then: the deadlines of all calls of one change together


@dataclass(frozen=True, slots=True)
class Intent:
    """What shall be done, as it is written down. Members as in models.Action."""

    verb: str
    what: str
    docker_id: str = ""
    command: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What came of it. `action_id` 0: not even the intent could be written, so nothing was asked.

    `docker_id`: of what was made or changed. `sentence`: the Engine's own words where it spoke, else ours. `request`: method
    and path. `is_seen`: the follower has looked since, so that the pages show the result. `is_under_way`: it was begun, takes its
    time, and its outcome is written when it ends; `kind` is unknown until then, and nobody wrote that down.
    """

    kind: OutcomeKind
    action_id: int
    docker_id: str = ""
    sentence: str = ""
    status: int = 0
    request: str = ""
    duration_ms: float = 0.0
    is_seen: bool = False
    is_under_way: bool = False

    @property
    def is_ok(self) -> bool:
        """Tell whether it was done."""
        return self.kind is OutcomeKind.OK


@dataclass(frozen=True, slots=True)
class Change:
    """How to do it. `ask`: asks the Engine and returns the id of what was made or changed. `is_done`: reads in the snapshot
    whether it happened, for when no answer came. `ids`: what the follower shall look at. `profile`: of the client.

    `begun`: of what takes its time by itself, as a stop does; `ask` sets it when it asks for that. `lasts_s`: when it has ended
    for certain, by the Engine's answer or the client's deadlines.
    """

    ask: Callable[[EngineClient], str]
    is_done: Callable[[], bool]
    ids: tuple[str, ...] = ()
    profile: Profile = Profile.NETWORK
    begun: threading.Event | None = None
    lasts_s: float = LASTS_S


def carry_out(
    actor: Actor,
    engine: Engine,
    intent: Intent,
    permission: Permission,
    change: Change,
    *,
    patience_s: float | None = ANSWER_WITHIN_S,
) -> ActionResult:
    """Do one change and return what came of it; expected trouble comes back as a result, never as an exception.

    Writes an action row first (committed; if that fails nothing is done) and outcome rows after. The Engine is asked exactly
    once, outside any transaction. Then asks the follower to look and waits up to 2 s; a step of a job doesn't wait. In
    read-only mode nothing is written and nothing asked.

    `patience_s`: a request that was sent and has no answer by then is unknown; it goes on in a thread, which writes the outcome
    that comes. One that was not sent by then never is. What takes its time is under way by then, not unknown. None, and a step of
    a job, waits for the client's own deadlines.
    """
    if settings.NETADMIN_READ_ONLY:
        sentence = _("Netadmin is in read-only mode: nothing can be changed.")
        return ActionResult(OutcomeKind.DENIED, 0, docker_id=intent.docker_id, sentence=sentence)
    begun = time.monotonic()
    action_id = begin_action(actor, engine.slug, intent)
    if isinstance(action_id, ActionResult):
        return action_id
    if actor.journal is not None:
        patience_s = None
    is_recorded = threading.Event()

    def finish(result: ActionResult, *, is_late: bool = False) -> ActionResult:
        result = replace(result, action_id=action_id, docker_id=result.docker_id or intent.docker_id)
        if not is_late:
            if not result.is_under_way:
                record_outcome(result, actor.journal)
            is_recorded.set()
        elif result.kind is not OutcomeKind.UNKNOWN or change.begun is not None:  # else that is written already
            is_recorded.wait(LOOKED_WITHIN_S)
            record_outcome(result, actor.journal)
        within_s = LOOK_WITHIN_S if is_late else min(LOOK_WITHIN_S, LOOKED_WITHIN_S - (time.monotonic() - begun))
        return _look(actor, engine, change, result, LOOK_WITHIN_S if patience_s is None else within_s)

    left_s = None if patience_s is None else max(0.0, min(patience_s, ASKED_WITHIN_S - (time.monotonic() - begun)))
    return finish(_ask(actor, engine, permission, change, left_s, partial(finish, is_late=True)))


def begin_action(actor: Actor, engine_slug: str, intent: Intent) -> int | ActionResult:
    """Write an action row and return its id; where it can't be written, return what that means."""
    try:
        return record_intent(actor, engine_slug, intent)
    except DatabaseError as error:
        log.error("intent_not_recorded", verb=intent.verb, engine=engine_slug, error=str(error))
        sentence = _("%(reason)s The action could not be recorded, so nothing was done.") % {"reason": explain_trouble(error)}
        return ActionResult(OutcomeKind.FAILED, 0, docker_id=intent.docker_id, sentence=sentence)


def record_intent(actor: Actor, engine_slug: str, intent: Intent) -> int:
    """Write and commit an action row; return its id. Raises DatabaseError, and RuntimeError inside a transaction."""
    with transaction.atomic(durable=True):
        action_id = write_action(
            actor.name,
            intent.verb,
            intent.what,
            user_id=actor.user_id,
            from_address=actor.from_address,
            engine_slug=engine_slug,
            docker_id=intent.docker_id,
            command=intent.command,
            asked={**intent.asked, **(actor.journal.origin if actor.journal else {})},
        )
        if actor.journal is not None:
            actor.journal.begin(action_id)
    note_begun(action_id)
    return action_id


def record_outcome(result: ActionResult, journal: StepJournalHook | None = None) -> None:
    """Write an outcome row. A database that fails now is logged: what was done is done."""
    try:
        with transaction.atomic():
            write_outcome(result.action_id, result.kind, result.sentence, status=result.status, duration_ms=result.duration_ms)
            if journal is not None:
                journal.end(result.kind, result.sentence, result.status)
    except DatabaseError as error:
        log.error("outcome_not_recorded", action=result.action_id, kind=str(result.kind), error=str(error))
    finally:
        note_ended(result.action_id)


def _ask(
    actor: Actor,
    engine: Engine,
    permission: Permission,
    change: Change,
    patience_s: float | None,
    when_late: Callable[[ActionResult], object],
) -> ActionResult:
    try:
        require_of(actor, permission, engine.slug)
        if actor.journal is not None:
            return _answer(actor.journal.client(change.profile), change)  # which stays open for the job's next step
        client = open_client(engine, change.profile)
    except Denied as error:
        words = _("This needs the permission “%(permission)s” on this Engine.") % {"permission": error.permission}
        return ActionResult(OutcomeKind.DENIED, 0, sentence=words)
    except EngineError as error:
        return _failed(error)

    def answer_and_close() -> ActionResult:
        try:
            return _answer(client, change)
        finally:
            if change.begun is not None:
                change.begun.set()
            client.close()

    if patience_s is None:
        return answer_and_close()
    try:
        place = change_slots.take(actor.user_id or actor.name, engine.slug, change.lasts_s)
    except NoSlot as error:
        client.close()
        return ActionResult(OutcomeKind.FAILED, 0, sentence=error.sentence)
    over = partial(change_slots.give_back, place)
    answer = ask_patiently(
        answer_and_close, client, patience_s=patience_s, when_late=when_late, when_over=over, begun=change.begun
    )
    if not isinstance(answer, StillAsking):
        return answer
    if change.begun is not None and answer.request:
        return ActionResult(OutcomeKind.UNKNOWN, 0, request=answer.request, is_under_way=True)
    return _unanswered(answer, patience_s)


def _answer(client: EngineClient, change: Change) -> ActionResult:
    """Ask, and return what the Engine answered."""
    begun = time.monotonic()
    try:
        docker_id = change.ask(client)
    except EngineError as error:
        return _failed(error)
    except DatabaseError as error:  # read for a check before the change
        return ActionResult(OutcomeKind.FAILED, 0, sentence=explain_trouble(error))
    return ActionResult(OutcomeKind.OK, 0, docker_id=docker_id, duration_ms=(time.monotonic() - begun) * 1000)


def _failed(error: EngineError) -> ActionResult:
    kind, status, request = _kind_of(error), error.status, error.request
    return ActionResult(kind, 0, error.made_id, error.sentence, status, request, error.duration_ms)


def _unanswered(asking: StillAsking, patience_s: float) -> ActionResult:
    """Return the result of a change whose answer is still awaited, or that was given up before it was sent."""
    seconds = {"seconds": f"{patience_s:.0f}"}
    if asking.request:
        words = _("No answer within %(seconds)s s. Netadmin keeps waiting and records what the Engine answers.") % seconds
        return ActionResult(OutcomeKind.UNKNOWN, 0, sentence=words, request=asking.request, duration_ms=patience_s * 1000)
    words = _("The Engine did not answer within %(seconds)s s, so the change was not sent.") % seconds
    return ActionResult(OutcomeKind.FAILED, 0, sentence=words, duration_ms=patience_s * 1000)


def _look(actor: Actor, engine: Engine, change: Change, result: ActionResult, within_s: float) -> ActionResult:
    """Have the follower look where the Engine may have changed; what no answer told, that read may."""
    if result.kind not in (OutcomeKind.OK, OutcomeKind.UNKNOWN, OutcomeKind.REFUSED):
        return result
    # After a refusal too: it often means that what we remember is behind.
    ids = tuple(dict.fromkeys(filter(None, (*change.ids, result.docker_id))))
    if actor.journal is not None:
        actor.journal.look_later(ids)
        return result  # the job settles what is unknown by asking the Engine itself
    try:
        result = replace(result, is_seen=request_sync(engine.slug, ids, timeout_s=max(0.0, within_s)))
        is_open = result.kind is OutcomeKind.UNKNOWN and not result.is_under_way
        return _settle(result, change) if is_open else result
    except DatabaseError as error:  # where the follower is in another process, the request is a row
        log.error("look_not_asked_for", engine=engine.slug, error=str(error))
        return result


def _kind_of(error: EngineError) -> OutcomeKind:
    """Return what an error says of the change: only a lost answer to a written request leaves it open."""
    if isinstance(error, NotAllowed):
        return OutcomeKind.DENIED
    if isinstance(error, Refused):
        return OutcomeKind.REFUSED
    is_change = not error.request.startswith("GET ")
    if is_change and ((isinstance(error, TimedOut) and error.was_sent) or isinstance(error, ProtocolFault)):
        return OutcomeKind.UNKNOWN
    return OutcomeKind.FAILED


def _settle(result: ActionResult, change: Change) -> ActionResult:
    """Add the outcome that the read after it shows; what it doesn't show stays unknown, for it may still happen."""
    if not (result.is_seen and change.is_done()):
        return result
    settled = replace(result, kind=OutcomeKind.OK, sentence=_("Confirmed by the next read of the Engine."))
    record_outcome(settled)
    return settled
