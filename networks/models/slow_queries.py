"""Statements that take the database longer than their budget, said in the log without the values in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created

from networks.engine.slow_log import SlowLog
from networks.engine.transport.slow_calls import slow_engine_calls

MOST_OF_STATEMENT = 300  # characters: which tables, by what

slow_queries = SlowLog("query_slow")


def watch_budgets() -> None:
    """Take the budgets of the settings for calls of Engines and for statements; a budget of 0 watches nothing."""
    slow_engine_calls.configure(settings.NETADMIN_SLOW_ENGINE_MS)
    slow_queries.configure(settings.NETADMIN_SLOW_QUERY_MS)
    if settings.NETADMIN_SLOW_QUERY_MS:
        connection_created.connect(_watch, dispatch_uid="slow queries")


def _watch(connection: Any, **_more: object) -> None:
    if time_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(time_statement)


def time_statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement up to its first row, waiting for a lock included. Source: Django, database instrumentation."""
    began = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        took_ms = (time.monotonic() - began) * 1000
        if took_ms > slow_queries.budget_ms:
            slow_queries.note(str(sql)[:MOST_OF_STATEMENT], took_ms, slow_queries.budget_ms)
