"""How far the trail has come, kept in one row; and, for superusers' pages, since when it can't be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from networks.audit.destinations import Destination, read_destination
from networks.audit.entries import ACTION, LogLine, Reach, count_after
from networks.models import Action, Outcome, Trail
from networks.models.stored_sentences import columns_of
from networks.models.trail import ONLY

MOST_COUNTED = 10_000  # of each table: counting them takes a few milliseconds


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits because it can't be written. `words`: why, in the active language. `waiting`: entries, of each table at most
    MOST_COUNTED.
    """

    destination: str
    since: datetime
    words: str
    waiting: int


def configured_destination() -> Destination | None:
    """Return where the trail goes, None where it is off. The settings' values were checked at the start."""
    return read_destination(settings.NETADMIN_ACTIVITY_LOG, settings.NETADMIN_ACTIVITY_LOG_CA)


def read_trail() -> Trail:
    """Return the one row, making it at the first time."""
    return Trail.objects.get_or_create(pk=ONLY)[0]


def trail_reach(trail: Trail) -> Reach:
    """Return how far it has come."""
    return Reach(trail.action_id, trail.outcome_id)


def reserved(trail: Trail) -> Reach | None:
    """Return how far what is being written goes; None where all of that is written and remembered."""
    until = Reach(max(trail.until_action_id, trail.action_id), max(trail.until_outcome_id, trail.outcome_id))
    return None if until == trail_reach(trail) else until


def reserve(trail: Trail, until: Reach) -> None:
    """Keep how far the lines go that are about to be written. Committed before the first of them leaves."""
    trail.until_action_id, trail.until_outcome_id = until.action_id, until.outcome_id
    trail.save(update_fields=["until_action_id", "until_outcome_id"])


def remember(trail: Trail, lines: Sequence[LogLine]) -> None:
    """Keep that these lines are written, and thereby that it can be written."""
    for line in lines:
        if line.entry["kind"] == ACTION:
            trail.action_id = line.entry["id"]
        else:
            trail.outcome_id = line.entry["id"]
    trail.sequence, trail.hash = lines[-1].sequence, lines[-1].hash
    trail.failing_since, trail.sentence, trail.said = None, "", None
    trail.save()


def note_failing(sentence: str) -> None:
    """Keep why nothing can be written."""
    trail = read_trail()
    told = columns_of(sentence)
    was = trail.failing_since
    if was is None or trail.sentence != told["sentence"]:
        trail.failing_since = was or timezone.now()
        trail.sentence, trail.said = told["sentence"], told["said"]
        trail.save(update_fields=["failing_since", "sentence", "said"])


def read_held() -> Backlog | None:
    """Return what waits, None where the trail is off or can be written. Three statements where it can't, else one."""
    destination = configured_destination()
    trail = Trail.objects.filter(pk=ONLY).first() if destination else None
    if trail is None or trail.failing_since is None:
        return None
    waiting = count_after(trail_reach(trail), at_most=MOST_COUNTED)
    return Backlog(str(destination), trail.failing_since, trail.words, waiting)


def has_unsent(before: datetime) -> bool:
    """Tell whether something from before this moment hasn't left yet; nothing has to where the trail was never on.

    A shell may lack the server's variables, so what was ever begun counts as well.
    """
    trail = Trail.objects.filter(pk=ONLY).first()
    is_begun = trail is not None and (trail.sequence > 0 or trail.failing_since is not None)
    if configured_destination() is None and not is_begun:
        return False
    trail = trail or read_trail()
    old = Action.objects.filter(at__lt=before)
    of_old = Outcome.objects.filter(id__gt=trail.outcome_id, action_id__in=old.values("pk"))
    return old.filter(id__gt=trail.action_id).exists() or of_old.exists()
