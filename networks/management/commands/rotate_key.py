"""`manage.py rotate_key`: another secret key, and everything that the old one sealed sealed anew."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.actions.credentials import KeyFiles, forget_old_keys, rotate_key
from networks.management.backups.in_place import alone
from networks.management.prepared import PreparedCommand


class Command(PreparedCommand):
    """Makes a new key, keeps the old one for what it signed, and seals credentials and second steps anew."""

    help = "Make a new secret key and seal everything anew. Stop Netadmin first, and start it again afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--forget-old", action="store_true", help="make none: forget the keys before this one, which logs out who they let in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.NETADMIN_SECRET_KEY_FILE:
            raise CommandError(
                "The secret key comes from NETADMIN_SECRET_KEY_FILE, which isn't ours to change: put a new one there, name the "
                "old one in NETADMIN_SECRET_KEY_FALLBACKS, and start every server anew."
            )
        with alone():  # a server would go on with the old key
            files = KeyFiles(Path(settings.NETADMIN_DATA_DIR))
            named = set(settings.SECRET_KEY_FALLBACKS) - set(files.old.read_text().split() if files.old.exists() else ())
            result, count = forget_old_keys(files) if options["forget_old"] else rotate_key(files)
        if not result.is_ok:
            raise CommandError(result.sentence)
        done = "The old secret keys are forgotten." if options["forget_old"] else "There is a new secret key."
        if options["forget_old"] and named:
            self.stdout.write("NETADMIN_SECRET_KEY_FALLBACKS names others: they open what they signed until it is changed.")
        self.stdout.write(f"{done} {count} secrets were sealed anew. Recorded as action {result.action_id}.")
