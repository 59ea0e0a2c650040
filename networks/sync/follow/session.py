"""One connection to an Engine, from the first ping to the cut: subscribe, read, follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db.models import F

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.facts import EngineInfo
from networks.engine.transport.stream import EventStream
from networks.models import EngineStatus
from networks.sync.attention import is_looked_at
from networks.sync.follow.counts import Counts
from networks.sync.follow.heartbeat import Heartbeat
from networks.sync.follow.inbox import Inbox
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconciler import Reconciler
from networks.sync.follow.standing import FollowState
from networks.sync.heartbeat_writer import heartbeat_writer
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.memory import Memory
from networks.sync.snapshot.writer import Snapshot
from networks.sync.swarm_watch import SwarmWatch, info_columns

log = structlog.get_logger(__name__)

RESYNC_BUSY_S = 10.0
RESYNC_IDLE_S = 30.0
BUSY_FOR_S = 60.0
TICK_S = 0.25  # how long a detail that was read in the background may wait to be written
REPLAY_NS = 2_000_000_000  # headers come before the subscription stands


class FollowSession:
    """One connection's worth of following. Used by the worker's thread alone."""

    def __init__(
        self,
        slug: str,
        url: str,
        make_client: Callable[[], EngineClient],
        snapshot: Snapshot,
        memory: Memory,
        journal: EventJournal,
        inbox: Inbox,
        standing: FollowState,
    ) -> None:
        self._slug = slug
        self._snapshot = snapshot
        self._journal = journal
        self._inbox = inbox
        self._standing = standing
        self._client = make_client()
        self._inspectors = Inspectors(slug, make_client, inbox)
        self._pulse = Heartbeat(slug, url, make_client, inbox, self._give_up)
        self._stream: EventStream | None = None
        self.reconciler = Reconciler(self._client, snapshot, memory, journal, self._inspectors)
        self._counts = Counts(self._client, snapshot)
        self._swarm = SwarmWatch(self._client, snapshot.engine_pk)
        self._resynced_at = 0.0

    def open(self) -> None:
        """Negotiate, subscribe, read everything, and be live. Raises EngineError."""
        api_version = self._client.negotiate()
        info = self._client.info()
        identity = self._identify(info)
        since_nano = self._journal.newest_nano or time.time_ns() - REPLAY_NS
        self._journal.endings.begin(since_nano)
        self._stream = self._client.events(since_nano)
        threading.Thread(target=self._read_events, args=(self._stream,), name=f"events-{self._slug}", daemon=True).start()
        self._inspectors.start()
        self._pulse.start()
        now = time.monotonic()
        self._standing.is_open, self._standing.is_incompatible, self._standing.last_error = True, False, ""
        self._standing.proved(now)
        self.reconciler.resync(
            **identity,
            **_columns(info, api_version),
            **self._standing.changes(),
            as_of=datetime.now(UTC),
            resyncs=F("resyncs") + 1,
        )
        self._resynced_at = now
        self.reconciler.inspect_everything()
        self._counts.begin(api_version, self.reconciler.memory)

    def step(self, *, at_most_s: float = RESYNC_IDLE_S) -> bool:
        """Do one turn of following, once there is something to do or `at_most_s` have passed.

        Returns whether there is a new revision. Raises EngineError when the Engine is gone.
        """
        letters = self._inbox.take(min(at_most_s, self._wait_s()))
        if letters.cut:
            raise EngineError(letters.cut)
        if letters.proof_at is not None:
            self._standing.proved(letters.proof_at)
        status = self._standing.changes(self._inspectors.oldest_wait_s())
        if any(not look.docker_ids for look in letters.looks):
            status["is_another_engine"] = False  # whoever asked for all of it anew has seen that note
            self._swarm.wake()
        self._swarm.note(letters.events)
        if self._swarm.is_due():
            status |= self._swarm.read(self.reconciler.memory)
            self._stop_if_cut()
        is_new = self.reconciler.absorb(letters, **status)
        if time.monotonic() - self._resynced_at >= self._resync_every_s():
            is_new = self._resync() or is_new
        elif letters.proof_at is not None:
            heartbeat_writer.prove(self._snapshot.engine_pk, datetime.now(UTC))
        self._counts.note(self.reconciler.take_stirred_networks())
        self._stop_if_cut()
        if not (letters.events or letters.inspections):
            is_new = self._counts.step(self.reconciler.memory) or is_new
        return is_new

    def _stop_if_cut(self) -> None:
        """Ask a silent Engine nothing more: the next call would connect anew and wait as long again. Raises EngineError."""
        if reason := self._inbox.cut_reason():
            raise EngineError(reason)

    def interrupt(self) -> None:
        """Cut short what is asked at the moment, from any thread; it raises EngineError there."""
        self._client.close()

    def close(self) -> None:
        """End the stream and the threads; harmless when they have ended."""
        self._pulse.stop()
        self._inspectors.stop()
        self._close_stream()
        self._client.close()
        self._standing.is_open = False

    def _resync(self) -> bool:
        revision = self._snapshot.revision
        mended = self.reconciler.resync()
        self._resynced_at = time.monotonic()
        self._swarm.wake()
        if mended:
            log.info("resync_mended", engine=self._slug, rows=mended)
        self._snapshot.write_status(
            as_of=datetime.now(UTC),
            resyncs=F("resyncs") + 1,
            mended_rows=F("mended_rows") + mended,
            events_seen=F("events_seen") + self.reconciler.events_seen,
        )
        self.reconciler.events_seen = 0
        return self._snapshot.revision != revision

    def _resync_every_s(self) -> float:
        is_busy = time.monotonic() - self.reconciler.changed_at < BUSY_FOR_S or is_looked_at(self._slug)
        return RESYNC_BUSY_S if is_busy else RESYNC_IDLE_S

    def _wait_s(self) -> float:
        """Return how long there is nothing to do if no letter comes: at rest nobody wakes ten workers four times a second."""
        until_resync_s = self._resynced_at + self._resync_every_s() - time.monotonic()
        due = [until_resync_s, *(each.next_due_s() for each in (self.reconciler, self._standing, self._swarm, self._counts))]
        # In this order: an inspector leaves its letter before it says that it is idle.
        if not self._inspectors.is_idle() or self._inbox.has_quiet_letters():
            due.append(TICK_S)
        return max(0.0, min(due))

    def _identify(self, info: EngineInfo) -> dict[str, Any]:
        """Compare who answers with who answered before; another Engine begins a new snapshot."""
        status = EngineStatus.objects.filter(engine_id=self._snapshot.engine_pk)
        known, as_of = status.values_list("docker_id", "as_of").get()
        self._snapshot.ledger.begin_watch(as_of, datetime.now(UTC), engine_id=info.engine_id)
        if known and info.engine_id and known != info.engine_id:
            log.warning("another_engine", engine=self._slug, was=known, is_now=info.engine_id)
            self._snapshot.empty()
            self.reconciler.memory = Memory()
            return {"is_another_engine": True}
        return {}

    def _read_events(self, stream: EventStream) -> None:
        """Run in the reader thread: put each event into the inbox and do nothing else."""
        try:
            for event in stream:
                self._inbox.put_event(event)
        finally:
            if stream is self._stream:
                self._inbox.put_cut("the event stream ended")

    def _give_up(self) -> None:
        """Run in the pulse's thread: end what waits for a silent Engine, a read of the worker's included."""
        self._close_stream()
        self._client.close()

    def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def _columns(info: EngineInfo, api_version: str) -> dict[str, Any]:
    return {
        "docker_id": info.engine_id[:80],
        "docker_name": info.name[:255],
        "version": info.version[:60],
        "api_version": api_version[:12],
        "min_api_version": info.min_api_version[:12],
        "os": info.os[:120],
        "kernel": info.kernel[:120],
        "architecture": info.architecture[:40],
        **info_columns(info),
    }
