"""Connections to PostgreSQL beside Django's pool: for what lasts as long as the process, or must hang alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_NOT_LIBPQ = ("context", "cursor_factory", "pool", "prepare_threshold")


def connect_beside_pool(opened: BaseDatabaseWrapper) -> Any:
    """Return a connection of the driver's own, committing each statement. Raises DatabaseError."""
    import psycopg  # SQLite needs none of it

    found = opened.get_connection_params()
    with opened.wrap_database_errors:
        return psycopg.connect(**{name: value for name, value in found.items() if name not in _NOT_LIBPQ}, autocommit=True)


@contextmanager
def advisory_lock(opened: BaseDatabaseWrapper, number: int) -> Iterator[None]:
    """Hold a lock of the server's, waiting for it: in one long transaction, which a pooler gives one session.

    Raises DatabaseError.
    """
    with opened.wrap_database_errors, closing(connect_beside_pool(opened)) as beside, beside.transaction():
        for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            beside.execute(f"SET LOCAL {limit} = 0")
        beside.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        yield
