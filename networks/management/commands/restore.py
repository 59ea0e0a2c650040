"""`manage.py restore`: a backup in the place of the database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from networks.management.backups.archive import NoBackup, read_backup, read_passphrase
from networks.management.backups.restoring import restore_backup
from networks.management.start_faults import said_at_start


class Command(BaseCommand):
    """Looks at everything first; ends with status 1 and a sentence where something is in the way, having changed nothing."""

    help = "Put a backup in the place of the database. Stop Netadmin first, and start it again afterwards."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the backup's folder, netadmin-…")
        parser.add_argument("--with-key", action="store_true", help="put the backup's secret key in the place of this one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = read_backup(options["path"].absolute())
            passphrase = read_passphrase(settings.NETADMIN_BACKUP_PASSPHRASE_FILE)
            with said_at_start():
                restore_backup(backup, passphrase=passphrase, with_key=options["with_key"], say=self.stdout.write)
        except NoBackup as error:
            raise CommandError(str(error)) from error
        if settings.NETADMIN_ACTIVITY_LOG:
            self.stdout.write(
                "NETADMIN_ACTIVITY_LOG: move a file of it away before the start; it tells of what the backup doesn't know."
            )
        self.stdout.write("Restored. Rights that were taken away since then are back: look at People. Everybody logs in again.")
