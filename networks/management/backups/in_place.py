"""Who uses the database's file, and another file put in its place, whole or not at all, while nobody does."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, connections

_held: list[int] = []
# Each process of ours says who it is (netadmin/databases.py).
_OTHERS = (
    "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name LIKE 'netadmin %%' AND application_name <> %s"
)


def hold_database() -> None:
    """Say for the life of this process that it works with the database. Raises CommandError while its file is being replaced."""
    if connection.vendor != "sqlite" or _held:
        return
    descriptor = _open_lock()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise CommandError("The database is being restored by another process. Start again when that is done.") from None
    _held.append(descriptor)


@contextmanager
def alone() -> Iterator[None]:
    """Keep every other process from beginning to work with the database. Raises CommandError where one does.

    On PostgreSQL nobody is kept from beginning: it is told where another Netadmin is connected, one that only serves included.
    """
    if connection.vendor != "sqlite":
        _refuse_connected()
        yield
        return
    descriptor = _open_lock()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in sorted(_data_dir().glob("*.lock")):
            _refuse_held(path)
        yield
    except BlockingIOError:
        raise CommandError("Netadmin is running on this data directory: stop it first. Nothing was changed.") from None
    finally:
        os.close(descriptor)


def _refuse_connected() -> None:
    ours = connection.settings_dict["OPTIONS"]["application_name"]
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, [ours])
        others = [row[0] for row in cursor.fetchall()]
    if others:
        raise CommandError(f"Netadmin is running on this database ({', '.join(others)}): stop it first. Nothing was changed.")


def _refuse_held(path: Path) -> None:
    """Raise BlockingIOError where a process holds a lease: a server of before, or one that nobody started by `serve`."""
    if path.name.startswith(("follower-", "activity-log")):
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _open_lock() -> int:
    return os.open(_data_dir() / "database.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _data_dir() -> Path:
    return Path(settings.NETADMIN_DATA_DIR)


def database_path() -> Path:
    """Return the database's file. Raises CommandError where it is none."""
    if connection.vendor != "sqlite":
        raise CommandError("The database is no file of Netadmin's: use the commands of its own.")
    return Path(connection.settings_dict["NAME"])


def put_in_place(fresh: Path, *, former: str) -> Path | None:
    """Put a database's file in the place of the one that is there, within `alone`; return where that one is kept, if it was any.

    `former`: what its name gets, such as "before-restore". At every moment one of the two, whole, has the database's name.
    """
    path = database_path()
    connections.close_all()
    kept: Path | None = None
    if has_tables(path):
        _fold_log(path)
        kept = path.with_name(f"{path.name}.{former}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        os.link(path, kept)
    for suffix in ("-wal", "-shm"):
        rest = path.with_name(path.name + suffix)
        if rest.exists():
            # What could not be folded in belongs to the former one; beside the fresh one it would be read into it.
            os.rename(rest, kept.with_name(kept.name + suffix)) if kept and suffix == "-wal" else rest.unlink()
    os.chmod(fresh, 0o600)
    os.replace(fresh, path)
    sync_folder(path.parent)
    return kept


def has_tables(path: Path) -> bool:
    """Tell whether a database's file holds anything, or can't say."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            return bool(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.Error:
        return path.exists()


def _fold_log(path: Path) -> None:
    """Have SQLite put its log into the file, where it can."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlive the power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
