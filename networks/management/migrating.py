"""Tables brought up to date by one process at a time, and never from a database that isn't what it should be."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from networks.models.beside_pool import advisory_lock
from networks.models.installation import Installation, note_version

_LOCK = 7_238_461  # any number that no other program locks
# Its tables stay where sign-on was configured once and is no more.
_LOADED_WHERE_WANTED = {"socialaccount"}
MADE = "database.made"  # in the data directory: here once was a database with tables
Migrations = dict[str, list[str]]  # names by app label, in order


def migrate_if_needed() -> bool:
    """Bring the tables up to date; at a second start these are two queries. Returns whether there was anything to do.

    One process does it while others wait, and find it done. Raises CommandError, before anything is changed, where the database
    is newer than this version, or empty where there was one.
    """
    with migration_lock(connection):
        executor = MigrationExecutor(connection)
        refuse_newer(connection, executor.loader)
        refuse_emptied(connection, executor.loader)
        is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if is_behind:
            make_tables(connection)
            note_version(settings.NETADMIN_VERSION)
        _mark_made(connection)
    return is_behind


def make_tables(database: BaseDatabaseWrapper) -> None:
    """Make all tables, or bring them up to date."""
    if database.vendor == "sqlite":
        call_command("migrate", database=database.alias, interactive=False, verbosity=0)
        return
    with database.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        if (encoding := cursor.fetchone()[0]) != "UTF8":
            raise CommandError(
                f"The database's encoding is {encoding}, which has no signs for most names. Make it anew: createdb --template "
                "template0 --encoding UTF8 --locale C.UTF-8 (docs/postgresql.md)."
            )
        cursor.execute("SET statement_timeout = 0")
    call_command("migrate", database=database.alias, interactive=False, verbosity=0)
    # Several processes count guesses together.
    call_command("createcachetable", settings.NETADMIN_CACHE_TABLE, database=database.alias, verbosity=0)
    with database.cursor() as cursor:
        cursor.execute("RESET statement_timeout")


@contextmanager
def migration_lock(opened: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold the right to change the tables of a database, waiting for it; freed when its holder dies."""
    if opened.vendor != "sqlite":
        with advisory_lock(opened, _LOCK):
            yield
        return
    # Before the first statement: even the switch to the write-ahead log fails beside another that does it.
    with file_lock("migrations.lock"):
        yield


@contextmanager
def file_lock(name: str) -> Iterator[None]:
    """Hold a lock of the data directory, waiting for it; freed when its holder dies."""
    path = Path(settings.NETADMIN_DATA_DIR) / name
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def applied_migrations(loader: MigrationLoader) -> Migrations:
    """Return what the database says was applied."""
    found: Migrations = {}
    for app, name in sorted(loader.applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def unknown_migrations(applied: Migrations, loader: MigrationLoader) -> list[str]:
    """Return those of them that this version doesn't have, as "app.name"; what was squashed since is known."""
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    return [
        f"{app}.{name}"
        for app, names in applied.items()
        for name in names
        if (app, name) not in known and app not in _LOADED_WHERE_WANTED - loader.migrated_apps
    ]


def refuse_newer(opened: BaseDatabaseWrapper, loader: MigrationLoader) -> None:
    """Raise CommandError, with both versions, where the database has migrations that this version doesn't know."""
    unknown = unknown_migrations(applied_migrations(loader), loader)
    if unknown:
        raise CommandError(
            f"The database is newer than this Netadmin, {settings.NETADMIN_VERSION}: {_version_in(opened)} has brought its "
            f"tables up to date ({tell_some(unknown)}). Nothing was changed. Start that version or a newer one, or restore a "
            "backup of before (docs/operations.md, Upgrade)."
        )


def tell_some(names: list[str]) -> str:
    """Return the last of some names, and how many more there are."""
    return names[-1] if len(names) == 1 else f"{names[-1]} and {len(names) - 1} more"


def _version_in(opened: BaseDatabaseWrapper) -> str:
    """Return what the database says of the version that it is of; its table may be of any version, or not be there."""
    try:
        with opened.cursor() as cursor:
            cursor.execute(f"SELECT version FROM {Installation._meta.db_table}")  # noqa: S608 (a fixed name)
            row = cursor.fetchone()
    except DatabaseError:
        row = None
    return f"Netadmin {row[0]}" if row and row[0] else "another Netadmin"


def refuse_emptied(opened: BaseDatabaseWrapper, loader: MigrationLoader) -> None:
    """Raise CommandError where the database has no tables, and something tells that it had."""
    if opened.vendor != "sqlite" or loader.applied_migrations:
        return
    signs = find_signs(Path(settings.NETADMIN_DATA_DIR))
    if signs and not opened.introspection.table_names():
        raise CommandError(
            f"The database {opened.settings_dict['NAME']} is empty, or was deleted, and there was one: {signs[0].name} says so. "
            "Nothing was changed. Restore a backup (manage.py restore, docs/operations.md). To begin anew without people and "
            f"records, remove {' and '.join(sign.name for sign in signs)} from the data directory."
        )


def find_signs(data_dir: Path) -> list[Path]:
    """Return the files that are there only where a server has worked: the mark, and the locks of followers."""
    made = data_dir / MADE
    return [*([made] if made.exists() else []), *sorted(data_dir.glob("follower-*.lock"))]


def _mark_made(opened: BaseDatabaseWrapper) -> None:
    path = Path(settings.NETADMIN_DATA_DIR) / MADE
    if opened.vendor == "sqlite" and not path.exists():
        path.touch(0o600)
