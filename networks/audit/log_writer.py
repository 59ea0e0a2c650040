"""The thread that takes the record out of the machine: beside every change, never before it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from networks.audit.destinations import Destination, FileDestination
from networks.audit.entries import AT_ONCE, LogLine, Reach, canonical, entries_between, entries_by_id, next_reach, seal_all
from networks.audit.log_file import LogFile
from networks.audit.progress import (
    configured_destination,
    note_failing,
    read_trail,
    remember,
    reserve,
    reserved,
    trail_reach,
)
from networks.audit.syslog import SyslogSender
from networks.audit.trouble import Unwritable, elsewhere
from networks.models import Trail
from networks.sync.follow.lease import lease_of
from networks.sync.periodic import PeriodicThread

log = structlog.get_logger(__name__)

EVERY_S = 1.0
LONGEST_PAUSE_S = 60.0


class Outlet(Protocol):
    """What lines are written to: LogFile, SyslogSender. Each raises Unwritable."""

    def open(self, sequence: int, sealed: str) -> list[LogLine]:
        """Make ready behind the line with this number and hash; return what is written behind it already."""
        ...

    def send(self, lines: Sequence[LogLine]) -> None:
        """Write these; they are there for good when it returns."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class TrailWriter(PeriodicThread):
    """Writes what is new, in the one process that has the lease "activity-log"; at rest it asks one number.

    `pause_s`: until the next turn. It is `every_s`, and where nothing can be written twice as long each time, up to `longest_s`.
    """

    def __init__(
        self,
        data_dir: Path,
        destination: Destination,
        *,
        every_s: float = EVERY_S,
        longest_s: float = LONGEST_PAUSE_S,
        at_once: int = AT_ONCE,
    ) -> None:
        super().__init__("trail", every_s)
        self._lease = lease_of(data_dir, "activity-log")
        self._destination = destination
        self._outlet: Outlet = (
            LogFile(destination.path) if isinstance(destination, FileDestination) else SyslogSender(destination)
        )
        self._shortest_s, self._longest_s, self._at_once = every_s, longest_s, at_once
        self.pause_s = every_s
        self._is_durable = False
        self._is_failing: bool | None = None  # None: not known yet

    def write_new(self) -> None:
        """Write all that is new and remember it. Raises Unwritable and DatabaseError."""
        trail = read_trail()
        while not self._ended.is_set():
            if written := self._outlet.open(trail.sequence, trail.hash):
                _adopt(trail, written)
            after = trail_reach(trail)
            until = reserved(trail)
            if until is None:
                until = next_reach(after, at_once=self._at_once)
                if until == after:
                    self._tell_reached(trail)
                    return
                self._make_durable()
                reserve(trail, until)
            if lines := seal_all(entries_between(after, until), trail.sequence, trail.hash):
                self._outlet.send(lines)
                remember(trail, lines)
            else:  # what was under way is gone with a pruning while this was off
                _skip(trail, until)

    def _make_durable(self) -> None:
        """Have this connection's commits on the disk before they count, and all that others committed before with them.

        No line may tell of a row that a power cut takes back. Source: SQLite, PRAGMA synchronous, in WAL mode.
        """
        if not self._is_durable and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=FULL")
        self._is_durable = True

    def run(self) -> None:
        """Take turns until it is stopped, then let others have lease and destination."""
        try:
            super().run()
        finally:
            self._outlet.close()
            self._lease.give_back()
            connection.close()  # which giving back may have opened again: a pool never gets it from a thread that is gone

    def turn(self, *, is_woken: bool = False) -> None:
        """Do what there is to do now, and say how long the next pause is."""
        try:
            if self._lease.take() and self.has_been_written():  # or the last turn failed
                self.write_new()
                self.pause_s = self._shortest_s
        except Unwritable as error:
            self._tell_failing(error)
        except DatabaseError as error:
            log.warning("activity_log_not_read", error=str(error))
            self._begin_again()
        except Exception:  # the next turn finds the same again
            log.exception("activity_log_held_up")
            self._begin_again()
        self._every_s = self.pause_s

    def _begin_again(self) -> None:
        """Take another connection, and look anew at what is written: it may not have been remembered."""
        self._outlet.close()
        self._writes = None  # comparable within one connection only
        self._is_durable = False
        self.pause_s = min(self._longest_s, self.pause_s * 2)
        connection.close()

    def _tell_failing(self, error: Unwritable) -> None:
        self._outlet.close()  # what is written has to be looked at again: an open file counts as looked at
        self._writes = None
        self.pause_s = min(self._longest_s, self.pause_s * 2)
        if not self._is_failing:
            log.warning("activity_log_unreachable", destination=str(self._destination), why=str(error))
        self._is_failing = True
        try:
            note_failing(error.sentence)
        except DatabaseError as trouble:
            log.warning("activity_log_not_noted", error=str(trouble))
            self._begin_again()

    def _tell_reached(self, trail: Trail) -> None:
        if trail.failing_since is not None:  # there was nothing to write, or no line to remember it by
            Trail.objects.filter(pk=trail.pk).update(failing_since=None, sentence="", said=None)
        if self._is_failing:
            log.warning("activity_log_reached", destination=str(self._destination), sequence=trail.sequence)
        self._is_failing = False


def _adopt(trail: Trail, written: list[LogLine]) -> None:
    """Remember lines that are in the file already. Raises Unwritable where they tell of rows that the database has not."""
    for kind in {line.entry["kind"] for line in written}:
        told = {line.entry["id"]: line.entry for line in written if line.entry["kind"] == kind}
        there = entries_by_id(kind, told)
        if any(canonical(there.get(number, {})) != canonical(entry) for number, entry in told.items()):
            raise elsewhere()
    remember(trail, written)


def _skip(trail: Trail, until: Reach) -> None:
    trail.action_id, trail.outcome_id = until.action_id, until.outcome_id
    trail.save(update_fields=["action_id", "outcome_id"])


_keepers: list[TrailWriter] = []


def start_trail() -> None:
    """Start writing the record out in this process, once, where NETADMIN_ACTIVITY_LOG says where to."""
    destination = configured_destination()
    if destination is not None and not _keepers:
        _keepers.append(TrailWriter(Path(settings.NETADMIN_DATA_DIR), destination))
        _keepers[0].start()


def stop_trail() -> None:
    """End it; what isn't written yet is written at the next start."""
    while _keepers:
        _keepers.pop().stop(1.0)  # a receiver that hangs keeps the thread longer, and the process ends over it
