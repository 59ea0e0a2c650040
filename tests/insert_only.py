"""How tests empty a database whose tables of actions and outcomes only grow, and which needs what `migrate` wrote into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import sql
from django.core.management.commands import flush
from django.db import connections

from networks.models.insert_only import lifted

# What Django writes by itself after every migration, the same each time: kept, which is several times faster than made again.
KEPT = ('"django_content_type"', '"auth_permission"')


def without_kept(statement: str) -> str:
    """Return a statement that empties tables without those that are kept, "" where it would empty only one of them.

    SQLite has a statement for each table, PostgreSQL one for all of them.
    """
    verb, _blank, tables = statement.rstrip(";").partition(" ")
    if verb != "TRUNCATE":
        return "" if any(table in statement for table in KEPT) else statement
    return f"TRUNCATE {', '.join(table for table in tables.split(', ') if table not in KEPT)};"


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_triggers() -> Iterator[None]:
    """Lift the triggers while Django empties the database after a test with transactions of its own."""
    handle_all, sql_of_all = flush.Command.handle, sql.sql_flush

    def handle(command: flush.Command, **options: Any) -> str | None:
        with lifted(connections[options["database"]]):
            return handle_all(command, **{**options, "inhibit_post_migrate": True})

    def sql_flush(*arguments: Any, **options: Any) -> list[str]:
        return [kept for sql in sql_of_all(*arguments, **options) if (kept := without_kept(sql))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        patch.setattr(flush, "sql_flush", sql_flush)
        yield
