"""`manage.py lab up|down`: build the sample lab on an Engine, or take it away."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.actions.actors import CONSOLE
from networks.actions.sample_lab.building import bring_up_lab, list_labelled, take_down_lab
from networks.engine.allow_list import MOST_OF_PREFIX, is_name_prefix
from networks.engine.errors import EngineError
from networks.engine.facts import ContainerFact, NetworkFact
from networks.management.prepared import EngineCommand
from networks.templatetags.wording import spell


class Command(EngineCommand):
    """Tells each step; ends with status 1 and the reason when it can't."""

    help = "Build the sample lab (two networks, seven small containers, all labelled netadmin.lab=1), or take it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("way", choices=["up", "down"])
        parser.add_argument("--prefix", default="", help="before each of its names, where yours are the same: --prefix lab-")
        parser.add_argument("--modes", action="store_true", help="with a shared stack, macvlan and, on a swarm, overlay")
        parser.add_argument("--yes", action="store_true", help="down: remove what is listed without asking")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        engine = self.choose_engine(options["engine"])
        prefix = options["prefix"]
        if not is_name_prefix(prefix):
            raise CommandError(
                f"A prefix begins with a letter or digit and has {MOST_OF_PREFIX} characters at most: a-z, 0-9, _ . -"
            )
        if options["way"] == "up":
            result = bring_up_lab(CONSOLE, engine, self.stdout.write, prefix=prefix, with_modes=options["modes"])
        else:
            try:  # in read-only mode nobody is asked: it is refused below
                things = [] if settings.NETADMIN_READ_ONLY else list_labelled(engine)
            except EngineError as error:
                raise CommandError(error.sentence) from error
            shown = self._confirm(things, is_sure=options["yes"])
            result = take_down_lab(CONSOLE, engine, self.stdout.write, shown=shown)
        if not result.is_ok:
            raise CommandError(f"{result.sentence}\nRecorded as action {result.action_id}.")
        ending = "The lab is up." if options["way"] == "up" else "The lab is gone."
        self.stdout.write(f"{ending} Recorded as action {result.action_id}.")

    def _confirm(self, things: Sequence[NetworkFact | ContainerFact], *, is_sure: bool) -> frozenset[str]:
        """Return the ids of what goes, once somebody has seen it and agreed. Raises CommandError else."""
        for fact in things:
            noun = "network" if isinstance(fact, NetworkFact) else "container"
            self.stdout.write(f"{noun}\t{fact.docker_id[:12]}\t{spell(fact.name)}")
        if things and not is_sure:
            if not sys.stdin.isatty():
                raise CommandError("Nothing was removed. To remove what is listed, add --yes.")
            if input(f"Remove these {len(things)}? Type their number: ").strip() != str(len(things)):
                raise CommandError("Nothing was removed.")
        return frozenset(fact.docker_id for fact in things)
