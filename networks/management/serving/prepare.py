"""What has to be there before the first page: tables, static files, the Engine's row."""

from __future__ import annotations

import hashlib
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate_if_needed() -> bool:
    """Bring the tables up to date; at a second start this is one query. Returns whether there was anything to do."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def collect_static_if_needed() -> bool:
    """Collect static files when any changed since the last start. Returns whether there was anything to do."""
    stamp_path = Path(settings.STATIC_ROOT) / ".stamp"
    stamp = _stamp_of_static_files()
    if stamp_path.is_file() and stamp_path.read_text() == stamp:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp_path.write_text(stamp)
    return True


def _stamp_of_static_files() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()
