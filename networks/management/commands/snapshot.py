"""`manage.py snapshot`: what the database remembers of an Engine, as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from networks.management.choose import add_engine_argument, choose_engine
from networks.management.prepared import PreparedCommand
from networks.queries.snapshot import snapshot_of


class Command(PreparedCommand):
    """Prints the snapshot; asks nothing of the Engine."""

    help = "Print what the database remembers of an Engine's networks and containers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_engine_argument(parser)
        parser.add_argument("--json", action="store_true", help="as JSON (the only form, and the default)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(snapshot_of(choose_engine(options["engine"])), ensure_ascii=False, indent=2))
