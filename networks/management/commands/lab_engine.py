"""`manage.py lab_engine up|down`: a second Engine on this machine, to try the switcher with, or none again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.actions.actors import CONSOLE
from networks.actions.sample_lab.building import bring_up_lab
from networks.management.lab_dockerd import LabEngineTrouble, LabFolder, end, place_in, start
from networks.management.prepared import PreparedCommand
from networks.models import Engine
from networks.sync.engines import ensure_engine

SLUG, TITLE = "lab", "Lab"


class Command(PreparedCommand):
    """Tells each step; ends with status 1 and the reason when it can't."""

    help = "Start a private dockerd beside the machine's own, with the sample lab, as the Engine “lab”; or take it away."
    place: LabFolder | None = None  # where else than in the data directory

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("way", choices=["up", "down"])

    def handle(self, *args: Any, **options: Any) -> None:
        place = self.place or place_in(Path(settings.NETADMIN_DATA_DIR))
        self._refuse_another(place)
        try:
            if options["way"] == "up":
                self._up(place)
            else:
                self._down(place)
        except LabEngineTrouble as trouble:
            raise CommandError(str(trouble)) from trouble

    def _refuse_another(self, place: LabFolder) -> None:
        """Leave alone an Engine of that slug that somebody else added."""
        another = Engine.objects.filter(slug=SLUG).exclude(url=place.url).first()
        if another is not None:
            raise CommandError(f"The Engine “{SLUG}” is another one ({another.url}): rename or remove it first.")

    def _up(self, place: LabFolder) -> None:
        start(place, self.stdout.write)
        engine = ensure_engine(SLUG, TITLE, place.url, place.netns)
        result = bring_up_lab(CONSOLE, engine, self.stdout.write)
        if not result.is_ok:
            raise CommandError(f"The Engine “{SLUG}” is up, and the sample lab on it isn't: {result.sentence}")
        self.stdout.write(f"The Engine “{SLUG}” is up, with the sample lab on it: choose it at the top of any page.")

    def _down(self, place: LabFolder) -> None:
        for engine in Engine.objects.filter(slug=SLUG, url=place.url):
            engine.delete()  # one by one: its receivers write that down
        end(place, self.stdout.write)
        self.stdout.write(f"The Engine “{SLUG}” is gone.")
