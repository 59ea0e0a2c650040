"""The thread that looks whether the snapshot's tables are damaged, and has them made anew by the process that follows."""

from __future__ import annotations

import time
from pathlib import Path

import structlog
from django.db import DatabaseError, connection

from networks.models import Engine
from networks.models.damage import damaged_tables, is_damage
from networks.models.database_trouble import Standing, note_standing, standing_of
from networks.sync.follow.lease import lease_of
from networks.sync.periodic import PeriodicThread
from networks.sync.snapshot.rebuilding import SNAPSHOT_TABLES, rebuild_damaged
from networks.sync.supervisor import followers, start_followers, start_watchers, stop_all, watchers

log = structlog.get_logger(__name__)

TURN_EVERY_S = 2.0  # a look at a word in memory
CHECK_EVERY_S = 60.0  # 15 ms for 5,000 containers
_CHECKED_WHOLE = "SELECT name FROM sqlite_master WHERE type = 'table'"


class SnapshotMender(PeriodicThread):
    """Checks the tables of the snapshot every minute, and at once when a page or a follower met damage.

    `data_dir`: where the leases are, None where this process follows nothing: it only tells.
    """

    held_up = "snapshot_not_checked"

    def __init__(self, data_dir: Path | None, *, is_watching: bool) -> None:
        super().__init__("mend-snapshot", TURN_EVERY_S)
        self._data_dir, self._is_watching = data_dir, is_watching
        self._checked_at = float("-inf")
        self._told: str | None = None

    def turn(self, *, is_woken: bool) -> None:
        told = standing_of(Standing.DAMAGED)
        is_news = bool(told) and told != self._told
        if not is_news and time.monotonic() - self._checked_at < CHECK_EVERY_S:
            return
        self._checked_at = time.monotonic()
        try:
            hit = damaged_tables(connection, SNAPSHOT_TABLES, is_thorough=bool(told))
            if hit and self._rebuild():
                hit = damaged_tables(connection, SNAPSHOT_TABLES, is_thorough=True)
            rest = hit or (_damaged_elsewhere() if told else [])
        except DatabaseError as error:
            if not is_damage(error):
                raise
            rest = ["the list of tables"]
        self._told = ", ".join(rest)
        if self._told != told:
            note_standing(Standing.DAMAGED, self._told)
            log.error("database_damaged", tables=rest) if rest else log.info("database_whole_again")

    def _rebuild(self) -> bool:
        """Make the tables anew while no follower works; tell whether that was possible."""
        if self._data_dir is None:
            return False
        stop_all(set(followers) | set(watchers))
        try:
            return _rebuild_alone(self._data_dir)
        finally:
            start_followers(self._data_dir)
            if self._is_watching:
                start_watchers()


def rebuild_before_start(data_dir: Path) -> None:
    """Have the tables made anew before anything reads them. Raises DatabaseError where more than they is damaged."""
    if damaged_tables(connection, SNAPSHOT_TABLES, is_thorough=False):
        _rebuild_alone(data_dir)


def _rebuild_alone(data_dir: Path) -> bool:
    """Make the tables anew while nobody follows; tell whether that was possible, else whoever follows does it."""
    leases = [lease_of(data_dir, f"follower-{slug}") for slug in Engine.objects.values_list("slug", flat=True)]
    try:
        if not all(lease.take() for lease in leases):
            return False
        log.warning("snapshot_rebuilt", damaged=rebuild_damaged(connection))
        return True
    finally:
        for lease in leases:
            lease.give_back()


def _damaged_elsewhere() -> list[str]:
    """Return every table that is damaged. Takes 4 s of reading for a million records: only asked when damage was met."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECKED_WHOLE)
        tables = [row[0] for row in cursor.fetchall() if not row[0].startswith("sqlite_")]
    return damaged_tables(connection, tables, is_thorough=True)


_menders: list[SnapshotMender] = []


def start_mending(data_dir: Path | None, *, is_watching: bool = True) -> None:
    """Start the thread, where the database is a file of ours; until `stop_mending`."""
    if connection.vendor == "sqlite":
        mender = SnapshotMender(data_dir, is_watching=is_watching)
        mender.start()
        _menders.append(mender)


def stop_mending() -> None:
    while _menders:
        _menders.pop().stop()
