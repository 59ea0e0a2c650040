"""`manage.py diagnose`: one file for a request for support, without secrets."""

from __future__ import annotations

import json
import os
import re
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from networks.management.diagnosis import here
from networks.management.diagnosis.engines import describe_engine
from networks.management.diagnosis.scrubbing import Scrubber
from networks.models import Engine

_LONG_WORD = re.compile(r"[\w-]{20,}")


class Command(BaseCommand):
    """Changes nothing, and tells of what is broken instead of failing at it: it makes no tables, and needs none."""

    help = "Write one JSON file for a request for support: versions, settings without secrets, what Engines say, timings."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it (mode 0600); default: standard output")
        parser.add_argument("--log", type=Path, metavar="FILE", help="the server's log; default: systemd's journal, if any")

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps(Scrubber(known_secrets()).clean(diagnosis(options["log"])), ensure_ascii=False, indent=1)
        if options["output"] is None:
            self.stdout.write(text)
            return
        try:
            with open(options["output"], "x", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(text + "\n")
        except OSError as error:
            raise CommandError(f"{options['output']} can't be written: {error.strerror}.") from error
        self.stdout.write(f"Written to {options['output']}. Read it before you send it: it names addresses and Engines.")


def diagnosis(log: Path | None = None) -> dict[str, Any]:
    """Return everything, secrets that hide in it included. What can't be told is {"error": …}."""
    return {
        "made_at": datetime.now(UTC),
        "versions": _tried(here.versions),
        "process": _tried(here.process),
        "settings": _tried(here.configuration),
        "data_directory": _tried(here.data_directory),
        "database": _tried(here.database),
        "engines": _tried(lambda: [_tried(partial(describe_engine, engine)) for engine in Engine.objects.all()]),
        "log": _tried(lambda: here.last_lines(log)),
    }


def _tried(tell: Callable[[], Any]) -> Any:
    """Return what is told, or why it can't be: whatever is wrong here is what the file is for."""
    try:
        return tell()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def known_secrets() -> Iterator[str]:
    """Yield the secrets of this installation, as far as they can be read."""
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS
    yield settings.NETADMIN_READYZ_TOKEN
    yield from _LONG_WORD.findall(_text_of(settings.NETADMIN_DATA_DIR / "setup_token"))
    for path in (settings.NETADMIN_ADMIN_PASSWORD_FILE, settings.NETADMIN_BACKUP_PASSPHRASE_FILE):
        if path:
            yield _text_of(Path(path)).strip()
    if settings.NETADMIN_SIGN_ON is not None:
        yield settings.NETADMIN_SIGN_ON.client_secret
    yield str(settings.DATABASES["default"].get("PASSWORD") or "")
    with suppress(DatabaseError):
        yield from Engine.objects.exclude(credentials=None).values_list("credentials__sealed", flat=True)


def _text_of(path: Path) -> str:
    """Return what a file holds, "" where it can't be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
