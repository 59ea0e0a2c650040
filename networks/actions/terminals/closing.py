"""What is written down when a terminal ends: when, how much went each way, how it ended. Never what was typed or shown."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError

from networks.actions.actors import Actor
from networks.actions.recording import ActionResult, Intent, record_intent, record_outcome
from networks.actions.terminals.asked import EndReason, TerminalRequest
from networks.actions.terminals.ending import How, ProcessEnding
from networks.actions.terminals.opening import Opened
from networks.models import OutcomeKind
from networks.models.said import say as _

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
