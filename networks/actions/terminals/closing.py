"""What is written down when a terminal ends: when, how much went each way, how it ended. Never what was typed or shown."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext as _

from networks.actions.recording import ActionResult, Intent, record_intent, record_outcome
from networks.actions.terminals.asked import Asked, Why
from networks.actions.terminals.ending import Ending, How
from networks.actions.terminals.opening import Opened
from networks.models import OutcomeKind

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Carried:
    """How many bytes went each way."""

    from_person: int = 0
    to_person: int = 0


def record_close(asked: Asked, opened: Opened, why: Why, ending: Ending, carried: Carried) -> None:
    """Write that a terminal is over. A database that can't be written now is logged: the terminal is over all the same."""
    known = {
        "opened_by": opened.action_id,
        "why": str(why),
        "process": str(ending.how),
        "exit_code": ending.exit_code,
        "seconds": round(time.monotonic() - opened.opened_at, 1),
        "bytes_from_person": carried.from_person,
        "bytes_to_person": carried.to_person,
    }
    intent = Intent("close_terminal", asked.container_name, asked.container_id, asked=known)
    try:
        action_id = record_intent(asked.actor, asked.engine.slug, intent)
    except DatabaseError as error:
        log.error("close_not_recorded", engine=asked.engine.slug, container=asked.container_id, error=str(error), **known)
        return
    kind, sentence = _outcome(ending)
    record_outcome(ActionResult(kind, action_id, docker_id=asked.container_id, sentence=sentence))


def _outcome(ending: Ending) -> tuple[OutcomeKind, str]:
    if ending.how is How.LEFT:
        words = _("Its process goes on in the container: it could not be ended from here.")
        return OutcomeKind.FAILED, words
    if ending.how is How.UNKNOWN:
        return OutcomeKind.UNKNOWN, _("The Engine did not say what became of its process.")
    return OutcomeKind.OK, ""
