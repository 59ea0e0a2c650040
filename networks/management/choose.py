"""`--engine SLUG` of the commands."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from networks.models import Engine


def add_engine_argument(parser: ArgumentParser) -> None:
    """Add `--engine SLUG`."""
    parser.add_argument("--engine", metavar="SLUG", default="", help="which Engine; default: the only one")


def choose_engine(slug: str) -> Engine:
    """Return the Engine named, or the only one. Raises CommandError with the choices otherwise."""
    engines = list(Engine.objects.all())
    if slug:
        engines = [engine for engine in engines if engine.slug == slug]
    if len(engines) == 1:
        return engines[0]
    known = ", ".join(Engine.objects.values_list("slug", flat=True)) or "none yet: `manage.py serve` makes the first"
    raise CommandError(f"Which Engine? --engine SLUG, one of: {known}")
