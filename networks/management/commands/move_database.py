"""`manage.py move_database`: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils.module_loading import import_string

from networks.management.backups.in_place import alone
from networks.management.moving import Differs, NotEmpty, move_everything, open_target
from networks.management.prepared import PreparedCommand
from networks.models.database_trouble import explain_trouble


def _read_target(typed: str) -> str:
    """Return what was typed, or what the file holds that was named: other people see what a command was given."""
    if not typed.startswith("@"):
        return typed
    try:
        return Path(typed[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{typed[1:]} can't be read: {error}") from error


class Command(PreparedCommand):
    """Copies; the old database stays as it is, and nothing uses the new one until DATABASE_URL says so."""

    help = "Copy everything into another, empty database, and compare both row by row. Stop Netadmin first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", help="postgresql://NAME:PASSWORD@db:5432/database, @FILE that holds it, or a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        target = _read_target(str(options["target"]))
        if "://" in target:
            configure = import_string("netadmin.databases.configure_postgresql")
            open_target(configure(target, settings.NETADMIN_DATABASE_CONNECTIONS))
        else:
            open_target(import_string("netadmin.databases.configure_sqlite")(Path(target).absolute()))
        try:
            with alone():
                total = move_everything(lambda table, count: self.stdout.write(f"{count:>9}  {table}"))
        except NotEmpty as error:
            raise CommandError(f"The target isn't empty: {error} has rows. Name a new database.") from error
        except Differs as error:
            raise CommandError(f"What arrived in {error} isn't what was sent. Nothing was kept there.") from error
        except DatabaseError as error:
            raise CommandError(f"The target: {explain_trouble(error)}") from error
        self.stdout.write(f"{total} rows, each compared. Start Netadmin on the new database now; the old one is as it was.")
