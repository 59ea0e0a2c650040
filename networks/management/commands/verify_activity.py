"""`manage.py verify_activity`: whether the record that left the machine is whole, and says what the database says."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from networks.audit.destinations import FileDestination
from networks.audit.progress import configured_destination, read_trail
from networks.audit.verifying import VerificationFailed, Verified, verify
from networks.management.prepared import PreparedCommand


class Command(PreparedCommand):
    """Ends with status 0 and one sentence where all is right, else with status 1 and the first line that isn't."""

    help = "Check the chain of a file of NETADMIN_ACTIVITY_LOG, and compare it with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files",
            nargs="*",
            type=Path,
            metavar="FILE",
            help="the file, rotated ones before it, oldest first (default: the setting's)",
        )
        parser.add_argument(
            "--begins-at", type=int, default=1, metavar="NUMBER", help="the first line's number, where older files are gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paths = options["files"] or [_configured_path()]
        try:
            found = verify(paths, read_trail(), begins_at=options["begins_at"])
        except VerificationFailed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from error
        self.stdout.write(_tell(found))


def _configured_path() -> Path:
    destination = configured_destination()
    if not isinstance(destination, FileDestination):
        raise CommandError("Name the file: NETADMIN_ACTIVITY_LOG names none.")
    return destination.path


def _tell(found: Verified) -> str:
    further = [
        f"{found.repeated} stand there twice" if found.repeated else "",
        f"the rows of {found.gone} are gone from the database" if found.gone else "",
        "an unfinished one follows" if found.is_unfinished else "",
    ]
    return (
        "; ".join(filter(None, [f"The record is whole: {found.lines} lines, the last has the number {found.last}", *further]))
        + "."
    )
