"""The snapshot's tables made anew where the file is damaged in them: Docker is the truth, and fills them again."""

from __future__ import annotations

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from networks.models import Container, Endpoint, EngineStatus, Network, Pool, SyncRequest, Tombstone
from networks.models.damage import damaged_tables
from networks.models.engine import new_epoch

SNAPSHOT_TABLES = tuple(
    model._meta.db_table for model in (Network, Pool, Container, Endpoint, Tombstone, EngineStatus, SyncRequest)
)


def rebuild_damaged(opened: BaseDatabaseWrapper) -> list[str]:
    """Make all tables of the snapshot anew, empty, if one of them is damaged; return those that were. Others stay untouched.

    The caller holds the lease of every Engine, and lets nobody go on with what it remembers of the rows. A damaged table can't be
    dropped, for that walks through it: it is struck from the list of tables instead. Its pages stay unused until the file is
    copied (a backup, VACUUM).
    """
    hit = damaged_tables(opened, SNAPSHOT_TABLES, is_thorough=True)  # before: a transaction that met damage can write nothing
    if hit:
        with transaction.atomic(using=opened.alias):
            _make_anew(opened)
    return hit


def _make_anew(opened: BaseDatabaseWrapper) -> None:
    marks = ", ".join(["%s"] * len(SNAPSHOT_TABLES))
    chosen = f"FROM sqlite_master WHERE tbl_name IN ({marks})"
    with opened.cursor() as cursor:
        # Tables before their indexes. Indexes that SQLite makes by itself have no statement.
        cursor.execute(f"SELECT sql {chosen} AND sql IS NOT NULL ORDER BY type = 'table' DESC", SNAPSHOT_TABLES)
        statements = [row[0] for row in cursor.fetchall()]
        cursor.execute("PRAGMA writable_schema=ON")
        try:
            cursor.execute(f"DELETE {chosen}", SNAPSHOT_TABLES)
        finally:
            cursor.execute("PRAGMA writable_schema=RESET")  # off, and the list is read again
        for statement in statements:
            cursor.execute(statement)


def begin_new_epochs() -> None:
    """Give every Engine a new epoch: what a browser holds of this database as it was can't be compared with it as it is."""
    for pk in EngineStatus.objects.values_list("pk", flat=True):
        EngineStatus.objects.filter(pk=pk).update(epoch=new_epoch())
