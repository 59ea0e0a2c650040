"""Whether others have written to the database: a question that costs a tenth of asking for what they may have written."""

from __future__ import annotations

import threading

from django.db import connection


class HeardWrites:
    """How many hints of writes this process has heard from PostgreSQL; any thread may ask."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self.is_listening = False

    @property
    def count(self) -> int | None:
        """The number of hints, None while nobody listens: anything may have been written then."""
        return self._count if self.is_listening else None

    def begin(self) -> None:
        """From now on hints are heard; what was written before counts as one."""
        self.is_listening = True
        self.note()

    def end(self) -> None:
        """Nothing is heard any more."""
        self.is_listening = False
        self.note()

    def note(self) -> None:
        """Count a hint, and wake whoever waits for one."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()


heard_writes = HeardWrites()


def count_of_writes() -> int | None:
    """Return a number that another connection's write changes, None where the database has none, or nobody listens.

    Comparable within one connection, hence one thread, only. Source: SQLite, PRAGMA data_version; on PostgreSQL the hints that
    were heard (networks/models/hints.py).
    """
    if connection.vendor != "sqlite":
        return heard_writes.count
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA data_version").fetchone()[0])
