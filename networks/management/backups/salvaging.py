"""What can still be read of a damaged database, put into a fresh one: people, roles, Engines, records. Docker tells the rest."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from networks.management.backups.dumps import NoDump, check_dump
from networks.management.backups.in_place import alone, database_path, put_in_place
from networks.management.backups.restoring import Say, finish_in_place
from networks.management.migrating import migrate_if_needed
from networks.management.start_faults import MAGIC
from networks.sync.snapshot.rebuilding import SNAPSHOT_TABLES

# Made anew by themselves, or of no use any more: nobody stays logged in.
_LEFT_OUT = {*SNAPSHOT_TABLES, "networks_browsersession", "django_session", "django_migrations", "sqlite_sequence"}
_WORTH_IT = ("auth_user", "networks_grant", "networks_action", "networks_outcome", "networks_event")
_FILLED_BY_MIGRATE = ("auth_permission", "django_content_type", "networks_installation")
_WITHIN_S = 3600
_PAGE = 4096  # bytes: what SQLite takes unless it is told otherwise


class NotSalvaged(Exception):
    """Nothing was saved; in words."""


@dataclass(slots=True)
class Salvaged:
    """What came of it. `rows`: by table, how many are in the fresh database. `dropped`: how many of them were read and don't fit:
    what they refer to is lost. `unplaced`: how many were found of which nobody knows the table."""

    rows: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    unplaced: int = 0


def salvage_database(say: Say) -> Salvaged:
    """Put a fresh database with what can be read in the place of the damaged one, which is kept. Raises NotSalvaged.

    Source: SQLite, `.recover` of its command-line program.
    """
    program = shutil.which("sqlite3")
    if program is None:
        raise NotSalvaged("The program sqlite3 is missing: install your distribution's package sqlite3.")
    with alone():
        path = database_path()
        scratch = path.with_name(f"salvage.{os.getpid()}")
        scratch.mkdir(mode=0o700)
        try:
            read = _recover(program, path, scratch)
            fresh = scratch / "fresh.sqlite3"
            with _fresh_database(fresh, _read_migrations(read)):
                found = _copy_rows(read)
            if not any(found.rows.get(table) for table in _WORTH_IT):
                raise NotSalvaged(
                    "Nothing was saved: neither people nor records can be told apart in it, for the list of its tables is lost. "
                    f"{found.unplaced:,} rows were found of which nobody knows where they belong. Nothing was changed."
                )
            check_dump(fresh)
            kept = put_in_place(fresh, former="damaged")
        except NoDump as error:
            raise NotSalvaged(f"Nothing was saved: {error}.") from error
        except (OSError, sqlite3.Error) as error:
            raise NotSalvaged(f"Nothing was saved: {error}. Nothing was changed.") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        migrate_if_needed()
        finish_in_place("salvage_database", path.name, {"rows": found.rows, "dropped": found.dropped, "unplaced": found.unplaced})
    if kept is not None:
        say(f"The damaged database is kept as {kept.name}; delete it when nothing more is wanted of it.")
    return found


def _recover(program: str, path: Path, scratch: Path) -> Path:
    """Have sqlite3 read a copy of the damaged file, its log included, page by page; return what it wrote."""
    copy, read = scratch / path.name, scratch / "read.sqlite3"
    for suffix in ("", "-wal"):
        if (source := path.with_name(path.name + suffix)).exists():
            shutil.copyfile(source, scratch / source.name)
    _mend_header(copy)
    with (scratch / "read.sql").open("w+b") as text:
        _run([program, str(copy), ".recover --ignore-freelist"], stdout=text)
        text.seek(0)
        # A damaged, or made up, schema stands in this text: no command of the program's own may run from it.
        _run([program, "-safe", str(read)], stdin=text)
    if not read.exists() or not read.stat().st_size:
        raise NotSalvaged("Nothing was saved: nothing in the file can be read. Nothing was changed.")
    return read


def _mend_header(path: Path) -> None:
    """Write the first 100 bytes anew where they aren't a database's: ours are alike but for their length.

    sqlite3 would refuse the file. Source: SQLite, file format, section 1.3.
    """
    with path.open("r+b") as file:
        if file.read(len(MAGIC)) == MAGIC:
            return
        pages = path.stat().st_size // _PAGE
        numbers = struct.pack(">12I", 1, pages, 0, 0, 1, 4, 0, 0, 1, 0, 0, 0)
        file.seek(0)
        file.write(MAGIC + struct.pack(">H6B", _PAGE, 1, 1, 0, 64, 32, 32) + numbers + bytes(20) + struct.pack(">2I", 1, 3046001))


def _run(command: list[str], **streams: object) -> None:
    """Run sqlite3; its status says little, for each row that doesn't fit is an error to it."""
    subprocess.run(command, **streams, stderr=subprocess.DEVNULL, check=False, timeout=_WITHIN_S)  # type: ignore[call-overload]  # noqa: S603


def _read_migrations(read: Path) -> set[tuple[str, str]]:
    try:
        with closing(sqlite3.connect(read)) as database:
            return {(app, name) for app, name in database.execute("SELECT app, name FROM django_migrations")}
    except sqlite3.Error:
        return set()


@contextmanager
def _fresh_database(path: Path, applied: set[tuple[str, str]]) -> Iterator[None]:
    """Work with empty tables as they were when the damaged ones were written, where that can be read, else as they are now.

    Some migrations know no other database than the one of the settings: meanwhile it is this one.
    """
    former = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        executor = MigrationExecutor(connection)
        graph = executor.loader.graph
        # Each that was applied, but for those that another of them needs anyway.
        known = [key for key in graph.nodes if key in applied]
        needed = {parent.key for key in known for parent in graph.node_map[key].parents}
        executor.migrate([key for key in known if key not in needed] or graph.leaf_nodes())
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former


def _copy_rows(read: Path) -> Salvaged:
    """Copy every table that is in both into the database of now, and leave out what belongs to nothing there."""
    found = Salvaged()
    connection.ensure_connection()
    database: sqlite3.Connection = connection.connection
    database.execute("PRAGMA foreign_keys=OFF")
    database.execute("ATTACH ? AS read", [str(read)])
    there = {row[0] for row in database.execute("SELECT name FROM read.sqlite_master WHERE type = 'table'")}
    ours = [row[0] for row in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    database.execute("BEGIN")
    for table in ours:
        if table in there and table not in _LEFT_OUT:
            found.rows[table] = _copy_table(database, table)
    while orphans := {(row[0], row[1]) for row in database.execute("PRAGMA main.foreign_key_check")}:
        for table, rowid in orphans:
            database.execute(f'DELETE FROM main."{table}" WHERE rowid = ?', [rowid])  # noqa: S608 (a table of ours)
            found.dropped[table] = found.dropped.get(table, 0) + 1
            found.rows[table] = found.rows.get(table, 1) - 1
    if "lost_and_found" in there:
        found.unplaced = database.execute("SELECT count(*) FROM read.lost_and_found").fetchone()[0]
    database.execute("COMMIT")
    database.execute("DETACH read")
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    connection.close()
    return found


def _copy_table(database: sqlite3.Connection, table: str) -> int:
    """Copy the rows that fit, of the columns that both have; return how many."""
    columns = [
        f'"{name}"'
        for (name,) in database.execute(
            "SELECT a.name FROM pragma_table_info(?, 'main') a JOIN pragma_table_info(?, 'read') b USING (name)", [table, table]
        )
    ]
    named = ", ".join(columns)
    if table in _FILLED_BY_MIGRATE:
        database.execute(f'DELETE FROM main."{table}"')  # noqa: S608 (a table of ours)
    database.execute(f'INSERT OR IGNORE INTO main."{table}" ({named}) SELECT {named} FROM read."{table}"')  # noqa: S608
    return int(database.execute(f'SELECT count(*) FROM main."{table}"').fetchone()[0])  # noqa: S608


def tell_salvaged(found: Salvaged) -> list[str]:
    """Return what was saved, a line each: what people look for by name, then what is missing."""
    names = {apps.get_model(label)._meta.db_table: words for label, words in _NAMES.items()}
    lines = [f"{found.rows[table]:,} {words}" for table, words in names.items() if table in found.rows]
    lost = [words for table, words in names.items() if table not in found.rows]
    if lost:
        lines.append(f"Nothing could be read of: {', '.join(lost)}")
    if found.dropped:
        lines.append(f"{sum(found.dropped.values()):,} rows were left out, for what they belong to is lost")
    if found.unplaced:
        lines.append(f"{found.unplaced:,} rows were found of which nobody knows where they belong; they are not in it")
    return lines


_NAMES = {
    settings.AUTH_USER_MODEL: "people",
    "networks.Grant": "roles",
    "networks.Engine": "Engines",
    "networks.EngineCredentials": "keys of Engines",
    "networks.Action": "actions",
    "networks.Outcome": "outcomes",
    "networks.Event": "events",
    "networks.AddressAssignment": "addresses of the history",
}
