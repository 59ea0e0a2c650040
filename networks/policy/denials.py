"""Who was refused what, written where the actions are (rules S2, S6)."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from networks.models import Action, Outcome, OutcomeKind
from networks.policy.permissions import Denied, Person

logger = structlog.get_logger(__name__)


def record_denied(
    person: Person, denied: Denied, *, verb: str, what: str = "", docker_id: str = "", from_address: str = ""
) -> None:
    """Write the intent and, as its outcome, that it wasn't permitted. `verb`: as actions name it, such as "remove_network".

    A database that can't be written now is logged: the refusal stands either way.
    """
    try:
        _write(person, denied, verb=verb, what=what, docker_id=docker_id, from_address=from_address)
    except DatabaseError as error:
        logger.error("denial_not_recorded", user=person.pk, verb=verb, engine=denied.engine_slug, error=str(error))


def _write(person: Person, denied: Denied, *, verb: str, what: str, docker_id: str, from_address: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        action = Action.objects.create(
            at=now,
            who=person.get_username()[:150],
            user_id=person.pk,
            from_address=from_address[:45],
            engine_slug=denied.engine_slug[:40],
            verb=verb[:40],
            what=what,
            docker_id=docker_id[:64],
        )
        Outcome.objects.create(action_id=action.pk, at=now, kind=OutcomeKind.DENIED, sentence=f"needs {denied.permission}")
