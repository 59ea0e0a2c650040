"""`manage.py prune_activity`: the only way out of the tables of actions and outcomes."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from networks.actions.actors import CONSOLE
from networks.audit.progress import has_unsent
from networks.audit.records import write_action, write_outcome
from networks.management.prepared import PreparedCommand
from networks.models import Action, Outcome, OutcomeKind
from networks.models.insert_only import lifted


class Command(PreparedCommand):
    """Forgets what is older than a day, and writes down that it did."""

    help = "Delete actions, with their outcomes, from before a day (midnight, UTC). This is recorded as an action itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--before", type=_day, required=True, metavar="YYYY-MM-DD", help="the first day to keep")
        parser.add_argument("--unsent", action="store_true", help="also what has not reached NETADMIN_ACTIVITY_LOG")

    def handle(self, *args: Any, **options: Any) -> None:
        pruned = prune_actions(options["before"], with_unsent=options["unsent"])
        self.stdout.write(f"Deleted {pruned} actions from before {options['before']:%Y-%m-%d}.")


def prune_actions(before: datetime, *, with_unsent: bool = False) -> int:
    """Delete the actions from before this moment and their outcomes; return how many. All of it happens or nothing.

    Raises CommandError where some of them are to leave the machine and haven't yet, unless `with_unsent`.
    """
    with lifted(connection):
        if has_unsent(before) and not with_unsent:
            words = "Some of these entries have not reached NETADMIN_ACTIVITY_LOG yet, so nothing was deleted."
            raise CommandError(f"{words} Where it is off for good, add --unsent.")
        old = Action.objects.filter(at__lt=before)
        Outcome.objects.filter(action_id__in=old.values("pk")).delete()
        pruned = old.delete()[0]
        now = timezone.now()
        day, asked = f"{before:%Y-%m-%d}", {"before": before.isoformat(), "pruned": pruned}
        command = f"manage.py prune_activity --before {day}"
        action_id = write_action(CONSOLE.name, "prune_activity", f"before {day}", command=command, asked=asked, at=now)
        write_outcome(action_id, OutcomeKind.OK, at=now)
    return pruned


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day, such as 2026-01-31") from None
