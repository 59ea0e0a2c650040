"""`manage.py salvage`: a fresh database out of what can be read of a damaged one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from networks.management.backups.salvaging import NotSalvaged, salvage_database, tell_salvaged
from networks.management.start_faults import said_at_start


class Command(BaseCommand):
    """Says what was saved, a line each; status 1 and a sentence where nothing could be, having changed nothing."""

    help = "Save what can be read of a damaged database into a fresh one. Stop Netadmin first, and start it again afterwards."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with said_at_start():
                found = salvage_database(self.stdout.write)
        except NotSalvaged as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Saved, and in place:")
        for line in tell_salvaged(found):
            self.stdout.write(f"  {line}")
        self.stdout.write("Networks and containers are read from Docker at the next start. Everybody logs in again.")
