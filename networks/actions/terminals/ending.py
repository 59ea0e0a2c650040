"""Ending a terminal's process: closing its stream leaves it running, and Docker has no call that ends an exec."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError

from networks.actions.actors import Actor
from networks.actions.recording import ActionResult, Intent, record_intent, record_outcome
from networks.actions.terminals.asked import EndReason, TerminalRequest
from networks.actions.terminals.opening import Begun, Opened
from networks.actions.terminals.sentinel import post_sentinel
from networks.engine.client import EngineClient
from networks.engine.specs import MARK_NAME, ExecSpec
from networks.engine.transport.raw import TerminalStream
from networks.hostnet.ending import prove_process, send_signal, session_of
from networks.models import OutcomeKind
from networks.models.stored_sentences import say as _

# A shell ends at the first signal within milliseconds; what ignores it is killed. A sentinel may have to be posted first.
_HANG_UP_S, _KILL_S, _KEYS_S, _SENTINEL_S = 0.4, 0.8, 0.4, 1.6
_LOOK_EVERY_S = 0.01
Proved = tuple[int, int] | None  # pid, and when it started, in ticks since boot
_INTERRUPT_AND_END = b"\x03\x04"  # Ctrl-C, Ctrl-D


class How(StrEnum):
    """By what a process ended."""

    ITSELF = "by itself"
    HOST = "from the host"
    CONTAINER = "from within the container"
    KEYS = "by keys"
    LEFT = "it goes on"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class ProcessEnding:
    """What became of a terminal's process."""

    how: How
    exit_code: int | None = None


def end_process(begun: Begun, proof: Proved, stream: TerminalStream | None = None) -> ProcessEnding:
    """End what a terminal began, by the surest means that works here, and say by which. Within about 5 s. Raises EngineError.

    `proof`: which process it is, where that can be seen from here. `stream`: to it, where there is one still.
    """
    fact = begun.client.inspect_exec(begun.exec_id)
    if not fact.is_running:
        return ProcessEnding(How.ITSELF, fact.exit_code)
    for how, try_to in _means(begun, proof, stream):
        if try_to():
            return ProcessEnding(how, begun.client.inspect_exec(begun.exec_id).exit_code)
    return ProcessEnding(How.LEFT)


def _means(begun: Begun, proof: Proved, stream: TerminalStream | None) -> list[tuple[How, Callable[[], bool]]]:
    means: list[tuple[How, Callable[[], bool]]] = []
    if proof is not None:
        means.append((How.HOST, partial(_from_host, begun, *proof)))
    means.append((How.CONTAINER, lambda: _from_within(begun)))
    if stream is not None:
        means.append((How.KEYS, lambda: _by_keys(begun, stream)))
    return means


def prove(client: EngineClient, exec_id: str, spec: ExecSpec) -> Proved:
    """Return a terminal's process where it can be seen from here. Raises EngineError."""
    pid = client.inspect_exec(exec_id).pid
    started_at = prove_process(pid, spec.container_id, f"{MARK_NAME}={spec.mark}") if pid else 0
    return (pid, started_at) if started_at else None


def _from_host(begun: Begun, pid: int, started_at: int) -> bool:
    session = session_of(pid, begun.spec.container_id, started_at)
    send_signal(session, signal.SIGHUP)
    _has_ended(begun, _HANG_UP_S)
    send_signal(session, signal.SIGKILL)  # what ignored the first, and what the shell left behind
    return _has_ended(begun, _KILL_S)


def _from_within(begun: Begun) -> bool:
    sentinel = begun.sentinel or post_sentinel(begun.client, begun.spec)
    if sentinel is None:
        return False
    sentinel.release()
    return _has_ended(begun, _SENTINEL_S)


def _by_keys(begun: Begun, stream: TerminalStream) -> bool:
    stream.write(_INTERRUPT_AND_END)
    return _has_ended(begun, _KEYS_S, meanwhile=lambda: stream.read(65_536))


def _has_ended(begun: Begun, within_s: float, meanwhile: Callable[[], object] = lambda: None) -> bool:
    deadline = time.monotonic() + within_s
    while begun.client.inspect_exec(begun.exec_id).is_running:
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
        meanwhile()  # what it still writes has to go somewhere, or it waits for ever
    return True


log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Carried:
    """How many bytes went each way."""

    from_person: int = 0
    to_person: int = 0


def record_close(asked: TerminalRequest, opened: Opened, why: EndReason, ending: ProcessEnding, carried: Carried) -> None:
    """Write that a terminal is over. A database that can't be written now is logged: the terminal is over all the same."""
    known = {
        "seconds": round(time.monotonic() - opened.opened_at, 1),
        "bytes_from_person": carried.from_person,
        "bytes_to_person": carried.to_person,
    }
    what = Closed(asked.actor, asked.engine.slug, asked.container_id, asked.container_name, opened.action_id, why)
    try:
        write_close(what, ending, known, outcome_of(ending))
    except DatabaseError as error:
        log.error("close_not_recorded", engine=what.engine_slug, container=what.container_id, error=str(error), **known)


@dataclass(frozen=True, slots=True)
class Closed:
    """Whose terminal is over, in what, and why. `opened_by`: the number of the action that opened it."""

    actor: Actor
    engine_slug: str
    container_id: str
    container_name: str
    opened_by: int
    why: EndReason


def write_close(closed: Closed, ending: ProcessEnding, known: Mapping[str, Any], outcome: tuple[OutcomeKind, str]) -> None:
    """Write both rows of a terminal that is over. `known`: further members of what is written down. Raises DatabaseError."""
    asked = {
        "opened_by": closed.opened_by,
        "why": str(closed.why),
        "process": str(ending.how),
        "exit_code": ending.exit_code,
        **known,
    }
    intent = Intent("close_terminal", closed.container_name, closed.container_id, asked=asked)
    action_id = record_intent(closed.actor, closed.engine_slug, intent)
    kind, sentence = outcome
    record_outcome(ActionResult(kind, action_id, docker_id=closed.container_id, sentence=sentence))


def outcome_of(ending: ProcessEnding) -> tuple[OutcomeKind, str]:
    """Return what became of a process, as an outcome: its kind and its sentence."""
    if ending.how is How.LEFT:
        words = _("Its process is still running in the container: it could not be ended from here.")
        return OutcomeKind.FAILED, words
    if ending.how is How.UNKNOWN:
        return OutcomeKind.UNKNOWN, _("The Engine did not say what happened to its process.")
    return OutcomeKind.OK, ""
