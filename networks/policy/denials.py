"""Who was refused what, written where the actions are."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from networks.audit.records import write_action, write_outcome
from networks.models import Action, Container, Network, Outcome, OutcomeKind
from networks.models.stored_sentences import join_said
from networks.models.stored_sentences import say as _
from networks.policy.permissions import Denied, Person

logger = structlog.get_logger(__name__)

# Whoever is refused must not fill the disk by asking again: so many are written down an hour, of one person and of all.
MOST_OF_ONE, MOST_OF_ALL = 30, 300


def record_denied(
    person: Person, denied: Denied, *, verb: str, what: str = "", docker_id: str = "", from_address: str = ""
) -> None:
    """Write the intent and, as its outcome, that it wasn't permitted. `verb`: as actions name it, such as "remove_network".

    `what` "": the name that the snapshot has for `docker_id`. The last that an hour has room for says so. A database that can't
    be written now is logged: the refusal stands either way.
    """
    try:
        with transaction.atomic():
            left = _room_for(person)
            if left > 0:
                what = what or _name_of(denied.engine_slug, docker_id)
                words = _("This needs the permission “%(permission)s”.") % {"permission": denied.permission}
                if left == 1:
                    words = join_said(words, _("Further attempts within this hour are not recorded."))
                _write(person, denied, words, verb=verb, what=what, docker_id=docker_id, from_address=from_address)
    except DatabaseError as error:
        logger.error("denial_not_recorded", user=person.pk, verb=verb, engine=denied.engine_slug, error=str(error))


def _room_for(person: Person) -> int:
    """Return how many more refusals may be written down now."""
    newest = Outcome.objects.filter(kind=OutcomeKind.DENIED).order_by("-action_id").values_list("at", "action_id")[:MOST_OF_ALL]
    since = timezone.now() - timedelta(hours=1)
    recent = [action_id for at, action_id in newest if at > since]
    return min(MOST_OF_ALL - len(recent), MOST_OF_ONE - Action.objects.filter(id__in=recent, user_id=person.pk).count())


def _name_of(engine_slug: str, docker_id: str) -> str:
    if not docker_id:
        return ""
    for model in (Network, Container):
        name = model.objects.filter(engine__slug=engine_slug, docker_id=docker_id).values_list("name", flat=True).first()
        if name:
            return str(name)
    return ""


def _write(person: Person, denied: Denied, words: str, *, verb: str, what: str, docker_id: str, from_address: str) -> None:
    now = timezone.now()
    action_id = write_action(
        person.get_username(),
        verb,
        what,
        user_id=person.pk,
        from_address=from_address,
        engine_slug=denied.engine_slug,
        docker_id=docker_id,
        at=now,
    )
    write_outcome(action_id, OutcomeKind.DENIED, words, at=now)
