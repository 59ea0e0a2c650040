"""Triggers that let the tables of actions and outcomes only grow, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from networks.models.action import Action, Outcome

TABLES: tuple[str, ...] = (Action._meta.db_table, Outcome._meta.db_table)
_FUNCTION = "networks_refuse_change"


def make_triggers(connection: BaseDatabaseWrapper) -> None:
    """Make, or make again, the triggers: a table that Django re-makes on SQLite loses its own."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$"
            )
        for table in TABLES:
            for name, statement in _triggers(connection.vendor, table):
                cursor.execute(_drop(connection.vendor, table, name))
                cursor.execute(statement)


def remake_after_migrate(using: str, **_more: Any) -> None:
    """Receive post_migrate."""
    connection = connections[using]
    if set(TABLES) <= set(connection.introspection.table_names()):
        make_triggers(connection)


def drop_triggers(connection: BaseDatabaseWrapper) -> None:
    """Lift the triggers."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for name, _statement in _triggers(connection.vendor, table):
                cursor.execute(_drop(connection.vendor, table, name))


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift the triggers inside one transaction; nobody else ever sees the tables without them."""
    with transaction.atomic(using=connection.alias):
        drop_triggers(connection)
        yield
        make_triggers(connection)


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that the tables should have and don't."""
    catalogue = "pg_trigger" if connection.vendor == "postgresql" else "sqlite_master"
    column = "tgname" if connection.vendor == "postgresql" else "name"
    wanted = [name for table in TABLES for name, _statement in _triggers(connection.vendor, table)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {catalogue}")  # noqa: S608 (two fixed names)
        found = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in found]


def _triggers(vendor: str, table: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each trigger and the statement that makes it."""
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        if vendor == "postgresql":
            yield name, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        else:
            yield name, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    if vendor == "postgresql":
        name = f"{table}_no_truncate"
        yield name, f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"


def _drop(vendor: str, table: str, name: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name} ON {table}" if vendor == "postgresql" else f"DROP TRIGGER IF EXISTS {name}"
