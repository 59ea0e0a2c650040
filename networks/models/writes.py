"""Whether others have written to the database: a question that costs a tenth of asking for what they may have written."""

from __future__ import annotations

from django.db import connection


def count_of_writes() -> int | None:
    """Return a number that another connection's write changes, None where the database has none.

    Comparable within one connection, hence one thread, only. Source: SQLite, PRAGMA data_version.
    """
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA data_version").fetchone()[0])
