"""Actions and outcomes for tests, made without asking anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from networks.models import Action, Outcome
from tests.builders import MORNING

PEOPLE = ("olga", "mina", "root")
ENGINES = ("local", "other", "")
VERBS = ("create_network", "remove_network", "connect_container")
ENDS = (("ok",), ("ok",), ("unknown", "ok"), ("refused",), ())


def make_action(
    what: str, *, at: datetime = MORNING, outcomes: tuple[tuple[str, str], ...] = (("ok", ""),), **fields: Any
) -> Action:
    """Make an action with these outcomes, (kind, sentence) each."""
    plain = {"who": "mina", "user_id": 8, "engine_slug": "local", "verb": "create_network"}
    action = Action.objects.create(at=at, what=what, **plain | fields)
    for kind, sentence in outcomes:
        Outcome.objects.create(action_id=action.pk, at=at, kind=kind, sentence=sentence, duration_ms=12.5 if sentence else 0)
    return action


def make_actions(count: int) -> None:
    """Make so many of all kinds, an hour apart."""
    begun = MORNING - timedelta(hours=count)
    made = Action.objects.bulk_create(
        Action(
            at=begun + timedelta(hours=number),
            who=PEOPLE[number % 3],
            user_id=7 + number % 3,
            engine_slug=ENGINES[number // 3 % 3],
            verb=VERBS[number // 9 % 3],
            what=f"net-{number}",
            command=f"docker network create net-{number}",
        )
        for number in range(count)
    )
    Outcome.objects.bulk_create(
        Outcome(action_id=action.pk, at=action.at, kind=kind)
        for number, action in enumerate(made)
        for kind in ENDS[number % len(ENDS)]
    )
