"""Whether others have written to the database, which costs a tenth of asking for what; on PostgreSQL triggers tell it.

A hint carries no state: it is lost with the connection that listens, and doubled at will. On SQLite `PRAGMA data_version` answers
the same question.
"""

from __future__ import annotations

import threading
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from networks.models.access import EngineCredentials
from networks.models.account import BrowserSession, SecondStepDuty
from networks.models.action import Action, Outcome
from networks.models.engine import Engine, EngineStatus, Grant, SyncRequest
from networks.models.job import Job, JobStep
from networks.models.lease import LeaseRow

CHANNEL = "netadmin"
ENGINE, TABLE, BEAT = "engine", "table", "beat"  # the first word of each hint
_ON_TABLE, _ON_STATUS = "networks_hint_of_table", "networks_hint_of_status"

# What is asked again and again whether it was written. Rows of the snapshot are not: their Engine's revision tells of them.
_WATCHED: tuple[type[models.Model], ...] = (
    *(SyncRequest, Engine, EngineCredentials, Grant, Job, JobStep, Action, Outcome),
    *(Session, BrowserSession, SecondStepDuty, LeaseRow),
)


def watched_tables() -> tuple[str, ...]:
    """Return the tables of which each statement that changes them tells."""
    return tuple(model._meta.db_table for model in (*_WATCHED, get_user_model()))


def remake_hints_after_migrate(using: str, **_more: Any) -> None:
    """Receive post_migrate."""
    opened = connections[using]
    if opened.vendor == "postgresql" and {*watched_tables()} <= {*opened.introspection.table_names()}:
        make_hint_triggers(opened)


def make_hint_triggers(opened: BaseDatabaseWrapper) -> None:
    """Make, or make again, the triggers."""
    status = EngineStatus._meta.db_table
    with opened.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_ON_TABLE}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_notify('{CHANNEL}', '{TABLE}:' || TG_TABLE_NAME); RETURN NULL; END $$"
        )
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_ON_STATUS}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM pg_notify('{CHANNEL}', concat_ws(':', '{ENGINE}', NEW.engine_id, NEW.epoch, NEW.revision)); "
            "RETURN NULL; END $$"
        )
        for table in watched_tables():
            # A renewed lease is no news: only one that is free is.
            verbs = "UPDATE OF holder" if table == LeaseRow._meta.db_table else "INSERT OR UPDATE OR DELETE"
            cursor.execute(f"DROP TRIGGER IF EXISTS {_ON_TABLE} ON {table}")
            cursor.execute(
                f"CREATE TRIGGER {_ON_TABLE} AFTER {verbs} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_ON_TABLE}()"
            )
        cursor.execute(f"DROP TRIGGER IF EXISTS {_ON_STATUS} ON {status}")
        cursor.execute(
            f"CREATE TRIGGER {_ON_STATUS} AFTER UPDATE ON {status} FOR EACH ROW WHEN "
            "((OLD.epoch, OLD.revision, OLD.state) IS DISTINCT FROM (NEW.epoch, NEW.revision, NEW.state)) "
            f"EXECUTE FUNCTION {_ON_STATUS}()"
        )


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
