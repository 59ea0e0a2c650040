"""The one writer of the activity: an action's row, and what is known of its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from networks.models import Action, Outcome, OutcomeKind
from networks.models.action import longest
from networks.models.stored_sentences import columns_of


def write_action(
    who: str,
    verb: str,
    what: str = "",
    *,
    user_id: int | None = None,
    from_address: str = "",
    engine_slug: str = "",
    docker_id: str = "",
    command: str = "",
    asked: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> int:
    """Write what shall be done, or what was done, and return its id. Members as in models.Action; names are cut to their columns.

    Raises DatabaseError. Nothing is committed here: the caller says with what it stands or falls.
    """
    row = Action.objects.create(
        at=at or timezone.now(),
        who=who[: longest("who")],
        user_id=user_id,
        from_address=from_address[: longest("from_address")],
        engine_slug=engine_slug[: longest("engine_slug")],
        verb=verb[: longest("verb")],
        what=what,
        docker_id=docker_id[: longest("docker_id")],
        command=command,
        asked=dict(asked or {}),
    )
    return int(row.pk)


def write_outcome(
    action_id: int,
    kind: OutcomeKind,
    sentence: str = "",
    *,
    status: int = 0,
    duration_ms: float = 0.0,
    at: datetime | None = None,
) -> None:
    """Write one thing that is known of an action's end. Raises DatabaseError."""
    told = columns_of(sentence)
    Outcome.objects.create(
        action_id=action_id, at=at or timezone.now(), kind=kind, status=status, duration_ms=duration_ms, **told
    )
