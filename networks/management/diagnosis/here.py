"""What a support request is told of this machine: versions, settings, the data directory, the database, the last words."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from packaging.markers import Marker

from networks.management.locks import ROOT, RUNTIME_LOCK, normalize, read_lock, read_project

LAST_LINES = 200
_JOURNAL_WITHIN_S = 10.0
# Settings whose values may be told; of every other one, also of those to come, only whether it is set.
_TOLD = (
    "ADDRESS_HISTORY_DAYS ADMIN_FROM ALLOWED_ORIGINS BIND DATA_DIR DOCKER_HOST FOLLOW MOST_SESSIONS NETNS PORT PREFIX PUBLIC_URL "
    "READ_ONLY SECOND_STEP_DAYS SECOND_STEP_FOR SLOW_ENGINE_MS SLOW_QUERY_MS TRUSTED_PROXIES"
)
TOLD_SETTINGS = frozenset(f"NETADMIN_{name}" for name in _TOLD.split()) | {"DEBUG", "LANGUAGE_CODE", "TIME_ZONE"}


def versions() -> dict[str, Any]:
    """Return what runs here: Netadmin, Python, the system, and which packages aren't those of the lock file."""
    installed = {normalize(each.metadata["Name"]): each.version for each in distributions()}
    pins = read_lock(ROOT, RUNTIME_LOCK)
    locked = {pin.name: pin.version for pin in pins if not pin.marker or Marker(pin.marker).evaluate()}
    return {
        "netadmin": read_project(ROOT).version,
        "python": sys.version,
        "django": django.__version__,
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "packages": dict(sorted(installed.items())),
        "not_as_locked": {
            name: {"locked": version, "installed": installed.get(name)}
            for name, version in sorted(locked.items())
            if installed.get(name) != version
        },
    }


def process() -> dict[str, Any]:
    """Return who asks: the same user as the server's, or what it says of rights is another's."""
    return {
        "user": os.geteuid(),
        "group": os.getegid(),
        "groups": sorted(os.getgroups()),
        "processors": os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def configuration() -> dict[str, Any]:
    """Return every setting of Netadmin's: its value where it may be told, else whether it is set."""
    names = sorted({name for name in dir(settings) if name.startswith("NETADMIN_")} | TOLD_SETTINGS)
    values = {name: getattr(settings, name) for name in names}
    return {name: value if name in TOLD_SETTINGS else {"is_set": bool(value)} for name, value in values.items()}


def data_directory() -> dict[str, Any]:
    """Return the data directory's files: size (bytes), mode, owner, and when they were written; nothing of what is in them."""
    folder = Path(settings.NETADMIN_DATA_DIR)
    usage = shutil.disk_usage(folder)
    return {
        "mode": stat.filemode(folder.stat().st_mode),
        "owner": folder.stat().st_uid,
        "disk_bytes": usage.total,
        "free_bytes": usage.free,
        "files": [_file(path) for path in sorted(folder.iterdir()) if path.is_file()],
    }


def _file(path: Path) -> dict[str, Any]:
    about = path.stat()
    return {
        "name": path.name,
        "bytes": about.st_size,
        "mode": stat.filemode(about.st_mode),
        "owner": about.st_uid,
        "written_at": datetime.fromtimestamp(about.st_mtime, UTC),
    }


def database() -> dict[str, Any]:
    """Return the database's kind, migrations that it lacks or has too many of, rows of each table, and timings (ms).

    Takes the lock of a writer once, and gives it back. Raises DatabaseError.
    """
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    read_ms = _since(began)
    began = time.perf_counter()
    with transaction.atomic():
        transaction.set_rollback(True)
    lock_ms = _since(began)
    loader = MigrationLoader(connection)
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    began = time.perf_counter()
    tables = set(connection.introspection.table_names())
    models = [model for model in apps.get_models() if model._meta.db_table in tables]
    rows = {model._meta.label: model._default_manager.count() for model in models}
    return {
        "kind": connection.vendor,
        "migrations_applied": len(applied),
        "migrations_missing": [".".join(each) for each in sorted(known - applied)],
        "migrations_unknown": [".".join(each) for each in sorted(applied - known)],
        "rows": rows,
        "timings_ms": {"read": read_ms, "write_lock": lock_ms, "count_rows": _since(began)},
    }


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


def last_lines(path: Path | None) -> dict[str, Any]:
    """Return the last lines of a log file, or of the service in systemd's journal; no lines where there is neither."""
    if path is not None:
        with path.open(encoding="utf-8", errors="replace") as file:
            return {"from": path.name, "lines": list(_stripped(deque(file, LAST_LINES)))}
    program = shutil.which("journalctl")
    if program is None:
        return {"from": "", "lines": []}
    command = [program, "--unit=netadmin", f"--lines={LAST_LINES}", "--no-pager", "--quiet", "--output=short-iso"]
    done = subprocess.run(  # noqa: S603 a fixed command
        command, capture_output=True, text=True, errors="replace", timeout=_JOURNAL_WITHIN_S, check=False
    )
    return {"from": "journal", "lines": list(_stripped(done.stdout.splitlines()))}


def _stripped(lines: Any) -> Iterator[str]:
    return (str(line).rstrip("\n") for line in lines)
