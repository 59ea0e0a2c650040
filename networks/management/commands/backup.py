"""`manage.py backup`: a copy of everything that Docker can't tell again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.management.backups.archive import NoBackup, make_backup, read_passphrase
from networks.management.backups.dumps import give_way
from networks.management.prepared import PreparedCommand


class Command(PreparedCommand):
    """Works beside a server. Ends with status 0 and the backup's path, or with status 1 and a sentence, having made none."""

    help = "Make a backup of the database, and of the secret key where NETADMIN_BACKUP_PASSPHRASE_FILE names a passphrase."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to",
            type=Path,
            metavar="PATH",
            help="folder to put it into (default: NETADMIN_BACKUP_DIR, else data directory/backups)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        default = settings.NETADMIN_BACKUP_DIR or Path(settings.NETADMIN_DATA_DIR) / "backups"
        folder = Path(options["to"] or default).absolute()
        give_way()
        try:
            backup = make_backup(folder, passphrase=read_passphrase(settings.NETADMIN_BACKUP_PASSPHRASE_FILE))
        except NoBackup as error:
            raise CommandError(str(error)) from error
        made = backup.manifest
        self.stdout.write(f"{backup.path}: {made.size_bytes:,} bytes; people: {made.people}, actions: {made.actions:,}.")
        if made.has_key:
            self.stdout.write("The secret key is in it, sealed: keep the passphrase somewhere else.")
        else:
            self.stdout.write(
                "The secret key isn't in it, and without it second steps and keys of Engines don't open: keep "
                f"{Path(settings.NETADMIN_DATA_DIR) / 'secret_key'} elsewhere, or set NETADMIN_BACKUP_PASSPHRASE_FILE."
            )
