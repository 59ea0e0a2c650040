"""`manage.py check_advisories`: whether anything that is locked is known to be vulnerable, by files and without a network."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from networks.management.advisories import Check, locked_packages
from networks.management.locks import ROOT, LockFault
from networks.management.package_records import NotRead, read_records
from networks.management.versions import NPM, PYPI

_UNREADABLE = 2  # status; 1 is that something is vulnerable


class Command(BaseCommand):
    """Reads no table and makes none: it also runs where nothing was ever started."""

    help = "Hold requirements.txt and the vendored browser assets against records of known vulnerabilities in OSV's format. "
    help += "Status 1: one line for each that applies; 2: a file can't be read, or nothing in it is about PyPI or npm."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files",
            nargs="+",
            type=Path,
            metavar="FILE",
            help="a record, a list of records, a zip of them, or a folder of *.json and *.zip",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check = Check(locked_packages(ROOT))
            for path in options["files"]:
                check.read(read_records(path))
        except (NotRead, LockFault) as fault:
            raise CommandError(str(fault), returncode=_UNREADABLE) from fault
        read = f"Read {check.records:,} record{'' if check.records == 1 else 's'}"
        for hit in sorted(check.hits):
            self.stdout.write(str(hit))
        if check.hits:
            sys.exit(1)
        if without := [name for name in (PYPI, NPM) if not check.by_ecosystem[name]]:
            names = " and ".join(without)
            raise CommandError(
                f"{read}, none about a package of {names}: those packages weren't checked.", returncode=_UNREADABLE
            )
        told = ", ".join(f"{check.by_ecosystem[name]:,} about {name}" for name in (PYPI, NPM))
        packages = f"checked {len(check.packages):,} packages: none is known to be vulnerable."
        self.stdout.write(f"{read} ({told}, {check.withdrawn:,} withdrawn) and {packages}")
