"""`manage.py sync`: read an Engine once, and say what that mended."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from networks.engine.errors import EngineError
from networks.management.prepared import EngineCommand
from networks.models import EngineStatus
from networks.sync.once import sync_once
from networks.sync.requests import request_sync


class Command(EngineCommand):
    """Takes the lease for one pass, or asks the process that holds it."""

    help = "Read an Engine once and say how many rows differed from what it has."

    def handle(self, *args: Any, **options: Any) -> None:
        engine = self.choose_engine(options["engine"])
        try:
            mended = sync_once(engine, settings.NETADMIN_DATA_DIR)
        except EngineError as error:
            raise CommandError(f"{engine.slug} can't be read: {error.sentence}") from error
        if mended is not None:
            self.stdout.write(f"{engine.slug}: {mended} rows mended.")
            return
        before = EngineStatus.objects.get(engine=engine).mended_rows
        if not request_sync(engine.slug, timeout_s=5.0):
            raise CommandError(f"{engine.slug} is followed by another process, which was asked but has not looked yet.")
        after = EngineStatus.objects.get(engine=engine).mended_rows
        self.stdout.write(f"{engine.slug}: read by the process that follows it, {after - before} rows mended.")
