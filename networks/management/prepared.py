"""What commands share: they make the tables where `serve` hasn't yet, take `--engine SLUG`, and print JSON or columns."""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from networks.management.migrating import file_lock, migrate_if_needed
from networks.management.start_faults import said_at_start
from networks.models import Engine
from networks.sync.engines import ensure_own_engine


def collect_static_if_needed() -> bool:
    """Collect static files when any changed since the last start. Returns whether there was anything to do.

    What was collected beforehand stays as it is. Raises CommandError where nothing was.
    """
    if settings.NETADMIN_STATIC_DIR is not None:
        if not (Path(settings.NETADMIN_STATIC_DIR) / "staticfiles.json").is_file():
            raise CommandError(
                f"NETADMIN_STATIC_DIR={settings.NETADMIN_STATIC_DIR} holds no collected files: "
                "manage.py collectstatic makes them there, or leave the variable out."
            )
        return False
    stamp_path = Path(settings.STATIC_ROOT) / ".stamp"
    stamp = _stamp_of_static_files()
    if _is_stamped(stamp_path, stamp):
        return False
    with file_lock("static.lock"):
        if _is_stamped(stamp_path, stamp):
            return False
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp_path.write_text(stamp)
    return True


def _is_stamped(path: Path, stamp: str) -> bool:
    try:
        return path.read_text() == stamp
    except FileNotFoundError:
        return False


def _stamp_of_static_files() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()


class PreparedCommand(BaseCommand):
    """Brings the tables up to date before it runs."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with said_at_start():
            migrate_if_needed()
        return super().execute(*args, **options)


class EngineCommand(PreparedCommand):
    """A command about one Engine. `json_help`: what `--json` prints, "" where there is no such option."""

    json_help = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--engine", metavar="SLUG", default="", help="which Engine; default: the only one")
        if self.json_help:
            parser.add_argument("--json", action="store_true", help=self.json_help)

    def choose_engine(self, slug: str, *, asks_it: bool = True) -> Engine:
        """Return the Engine named, or the only one. Raises CommandError with the choices otherwise.

        `asks_it` false: the one of DOCKER_HOST isn't added where no server has run yet.
        """
        if asks_it:
            ensure_own_engine()
        engines = list(Engine.objects.all())
        if slug:
            engines = [engine for engine in engines if engine.slug == slug]
        if len(engines) == 1:
            return engines[0]
        known = ", ".join(Engine.objects.values_list("slug", flat=True)) or "none yet: `manage.py serve` makes the first"
        raise CommandError(f"Which Engine? --engine SLUG, one of: {known}")

    def print_json(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))

    def print_columns(self, head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
        """Print lines below their head, each column as wide as what is longest in it."""
        table = [head, *lines]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for line in table:
            self.stdout.write("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
