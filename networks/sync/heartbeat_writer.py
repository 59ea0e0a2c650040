"""The thread that writes every Engine's heartbeat, and notices what others have written: its own writes tell it nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError, connection
from django.db.models import Q

from networks.models import EngineStatus, SyncRequest
from networks.models.hints import count_of_writes
from networks.sync.signals import others_wrote

log = structlog.get_logger(__name__)

# How long a wish from another process may lie there.
EVERY_S = 0.25
RETRY_S = 1.0
LAST_TURN_S = 2.0

# Takes a wish: its key, and the ids to look at.
TakeRequest = Callable[[int, tuple[str, ...]], None]


class HeartbeatWriter:
    """One for all followers of a process, in a daemon thread that begins with the first of them and ends with the last.

    Ten followers that wrote their heartbeats themselves would each have to look, four times a second, whether the other nine
    wrote a wish.
    """

    def __init__(self, *, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._changed = threading.Condition()
        self._takers: dict[int, TakeRequest] = {}
        self._renewers: dict[int, Callable[[], None]] = {}
        self._proofs: dict[int, datetime] = {}
        self._writes: int | None = None
        self._is_running = self._is_woken = False
        self._thread = threading.Thread()

    def begin(self, engine_pk: int, take: TakeRequest, renew: Callable[[], None] = lambda: None) -> None:
        """Pass on the wishes of other processes for this Engine, old ones too: `take` is called in the thread, and again for
        each that isn't answered yet whenever somebody wrote. `renew` is called in each turn."""
        with self._changed:
            self._takers[engine_pk], self._renewers[engine_pk] = take, renew
            self._writes = None
            if not self._is_running:
                self._is_running = True
                self._thread = threading.Thread(target=self._run, name="heartbeat-writer", daemon=True)
                self._thread.start()

    def end(self, engine_pk: int) -> None:
        """Pass on nothing more; harmless when nothing was. The last one waits for the thread, whose turn may not be over."""
        with self._changed:
            self._takers.pop(engine_pk, None)
            self._renewers.pop(engine_pk, None)
            self._changed.notify()
            ending = None if self._takers or not self._is_running else self._thread
        if ending is not None:
            ending.join(LAST_TURN_S)

    def wake(self) -> None:
        """Have it look at once whether somebody wrote a wish."""
        with self._changed:
            self._is_woken = True
            self._changed.notify()

    def prove(self, engine_pk: int, at: datetime) -> None:
        """Have it written that the snapshot was known to be equal to the Engine at `at`. Returns at once."""
        with self._changed:
            self._proofs[engine_pk] = at

    def _run(self) -> None:
        while self._wait(self._every_s):
            self._renew_leases()
            try:
                self._write_proofs()
                self._read_what_others_wrote()
            except DatabaseError as error:  # a full disk, a locked database: each follower meets it, and says so, by itself
                log.warning("heartbeats_not_written", error=str(error))
                self._begin_again()
            except Exception:
                log.exception("heartbeats_not_written")
                self._begin_again()
        connection.close()

    def _wait(self, pause_s: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._is_woken or not self._takers, pause_s)
            self._is_woken = False
            self._is_running = bool(self._takers)  # in the same turn of the lock: whoever comes next starts another
            return self._is_running

    def _begin_again(self) -> None:
        with self._changed:
            self._writes = None  # comparable within one connection only
        connection.close()
        self._wait(RETRY_S)

    def _renew_leases(self) -> None:
        with self._changed:
            renewers = tuple(self._renewers.values())
        for renew in renewers:
            renew()

    def _write_proofs(self) -> None:
        """Write all of them by one statement: with the oldest time, which holds for every one of them."""
        with self._changed:
            proofs, self._proofs = self._proofs, {}
        if proofs:
            oldest = min(proofs.values())
            older = EngineStatus.objects.filter(Q(as_of__lt=oldest) | Q(as_of=None), engine_id__in=proofs)
            older.update(as_of=oldest)

    def _read_what_others_wrote(self) -> None:
        writes = count_of_writes()
        with self._changed:
            if writes is not None and writes == self._writes:
                return
            self._writes = writes
            takers = dict(self._takers)
        wishes = SyncRequest.objects.filter(engine_id__in=takers, done_at=None)
        for pk, engine_pk, docker_ids in wishes.values_list("pk", "engine_id", "docker_ids"):
            takers[engine_pk](pk, tuple(docker_ids))
        others_wrote.send(sender=HeartbeatWriter)


heartbeat_writer = HeartbeatWriter()
