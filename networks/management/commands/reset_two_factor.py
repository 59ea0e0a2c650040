"""`manage.py reset_two_factor NAME`: the way in for somebody who has lost their second step."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from networks.actions.actors import CONSOLE
from networks.actions.people import reset_two_factor
from networks.management.prepared import PreparedCommand


class Command(PreparedCommand):
    """Takes somebody's app, passkeys and recovery codes away, and writes down that it did."""

    help = "Take away a person's second step (app, passkeys, recovery codes): the password alone logs in afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="whose")

    def handle(self, *args: Any, **options: Any) -> None:
        people = get_user_model()._default_manager
        person = people.filter(username=options["name"]).first()
        if person is None:
            raise CommandError(f"Nobody is called {options['name']!r}.")
        result = reset_two_factor(CONSOLE, person)
        if not result.is_ok:
            raise CommandError(result.sentence)
        self.stdout.write(
            f"{person.get_username()} logs in by the password alone now. The password itself: manage.py changepassword."
        )
