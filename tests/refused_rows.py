"""A database that takes no row into a table, as one on a full disk, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_FUNCTION = (
    "CREATE OR REPLACE FUNCTION tests_full_disk() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'disk is full' USING ERRCODE = '53100'; END $$"
)


@contextmanager
def full_disk(table: str) -> Iterator[None]:
    """Refuse every new row of a table while it is entered."""
    on_table = ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
            how, on_table = "FOR EACH ROW EXECUTE FUNCTION tests_full_disk()", f" ON {table}"
        else:
            how = "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        cursor.execute(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} {how}")
        yield
        cursor.execute(f"DROP TRIGGER full_disk{on_table}")
