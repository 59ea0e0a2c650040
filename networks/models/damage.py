"""Whether the file of the database is damaged, and in which tables. The other databases look after themselves."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

_WORDS = ("malformed", "not a database")  # of SQLITE_CORRUPT and SQLITE_NOTADB. Source: sqlite3_errstr


def is_damage(error: object) -> bool:
    """Tell whether a DatabaseError (or its words) says that the file is damaged."""
    return any(part in str(error).lower() for part in _WORDS)


def damaged_tables(opened: BaseDatabaseWrapper, tables: Iterable[str], *, is_thorough: bool) -> list[str]:
    """Return those of these tables that can't be read as they should, their indexes included.

    `is_thorough`: compare each index with its table as well, which takes several times as long.
    Raises DatabaseError where even the list of tables can't be read. Source: SQLite, PRAGMA integrity_check(TABLE).
    """
    if opened.vendor != "sqlite":
        return []
    pragma = "integrity_check" if is_thorough else "quick_check"
    return [table for table in tables if not _is_whole(opened, f"PRAGMA {pragma}({table})")]


def _is_whole(opened: BaseDatabaseWrapper, statement: str) -> bool:
    try:
        with opened.cursor() as cursor:
            cursor.execute(statement)
            return [row[0] for row in cursor.fetchall()] == ["ok"]
    except DatabaseError as error:
        if not is_damage(error):
            raise
        with opened.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master")  # damaged as well: then it is no single table's
        return False
