"""The thread that follows one Engine for the life of the process: lease, connection, backoff, wishes."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from networks.engine.access.facts import EngineAccess
from networks.engine.access.tunnel import end_tunnel
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, Incompatible
from networks.models import Engine, EngineStatus, LeaseLost, SyncRequest
from networks.models.access import access_of, is_elsewhere
from networks.models.damage import is_damage
from networks.models.database_trouble import note_damage, note_trouble
from networks.models.hints import count_of_writes
from networks.sync.follow.inbox import Inbox, Look
from networks.sync.follow.lease import lease_of
from networks.sync.follow.row_lease import holder_name
from networks.sync.follow.session import FollowSession
from networks.sync.follow.standing import FollowState
from networks.sync.heartbeat_writer import heartbeat_writer
from networks.sync.signals import engine_changed, engine_viewed
from networks.sync.snapshot.address_history import prune_assignments
from networks.sync.snapshot.changes import Changes
from networks.sync.snapshot.journal import EventJournal, open_journal
from networks.sync.snapshot.memory import Memory
from networks.sync.snapshot.writer import Snapshot, prune_tombstones

log = structlog.get_logger(__name__)

RETRY_LOCAL_S = 0.5  # a refused connect on a socket costs microseconds
RETRY_FIRST_S, RETRY_FACTOR, RETRY_MOST_S = 0.8, 2.0, 30.0
WATCH_EVERY_S = 0.25
TELL_EVERY_S = 0.25
PRUNE_EVERY_S, PRUNE_ON_AFTER_S = 3600.0, 0.25
KEEP_TOMBSTONES = timedelta(hours=24)
MOST_EVENTS = 100_000


class Follower:
    """Follows one Engine in a daemon thread. `look` and `stop` may be called from any thread."""

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        self.slug = engine.slug
        self._engine = engine
        self._lease = lease_of(data_dir, f"follower-{engine.slug}")
        self._inbox = Inbox()
        self._standing = FollowState()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"follow-{engine.slug}", daemon=True)
        self._unanswered: list[Look] = []
        self._requests: dict[int, Look] = {}
        self._pruned_at = float("-inf")
        self._has_old = False
        self._access: EngineAccess | None = None
        self._session: FollowSession | None = None

    @property
    def has_lease(self) -> bool:
        """Whether this process is the one that follows."""
        return self._lease.is_held

    def start(self) -> None:
        engine_viewed.connect(self._note_viewer)
        self._thread.start()

    def tell_to_stop(self) -> None:
        """Have it end soon, cutting short what it waits for."""
        self._stopped.set()
        engine_viewed.disconnect(self._note_viewer)
        self._inbox.wake()
        session = self._session
        if session is not None:
            session.interrupt()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End within `timeout_s`, giving the lease back."""
        ends_at = time.monotonic() + timeout_s
        while True:
            self.tell_to_stop()  # again and again: it cuts short one call, and the next may have begun
            self._thread.join(TELL_EVERY_S)
            if not self._thread.is_alive() or time.monotonic() > ends_at:
                return

    def look(self, docker_ids: tuple[str, ...]) -> threading.Event:
        """Ask for a look at these ids (none: everything); the event is set when a pass that began after this has been written."""
        look = Look(docker_ids)
        self._inbox.put_look(look)
        return look.seen

    def take_request(self, pk: int, docker_ids: tuple[str, ...]) -> None:
        """Take another process's wish from the database, once, however often it is passed on."""
        if pk not in self._requests:
            self._requests[pk] = look = Look(docker_ids)
            self._inbox.put_look(look)

    def _note_viewer(self, engine_slug: str, **_more: object) -> None:
        if engine_slug == self.slug:
            self._inbox.wake()  # what is looked at is read whole more often

    def _make_client(self) -> EngineClient:
        if self._access is None:
            self._access = access_of(self._engine)
        return EngineClient(self._access, Profile.READ)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if not is_elsewhere(self._engine) and self._lease.take():
                    self._follow()
                else:
                    self._watch()
            except LeaseLost:
                log.warning("lease_lost", engine=self.slug)
            except (DatabaseError, OSError) as error:
                # A full disk, a locked database: say so, forget what memory holds, and begin again from what the database has.
                if self._is_wanted():
                    if is_damage(error):
                        note_damage(error)
                    self._note_trouble(str(error))
                    self._stopped.wait(1.0)
            except Exception:
                if self._is_wanted():
                    log.exception("follower_failed", engine=self.slug)
                    self._stopped.wait(1.0)
            finally:
                close_old_connections()
        if self._access is not None:
            end_tunnel(self._access)
        self._note_trouble("")
        self._lease.give_back()
        connection.close()

    def _is_wanted(self) -> bool:
        """Tell whether there still is such an Engine; one that was removed while it was read is no trouble."""
        try:
            if not Engine.objects.filter(pk=self._engine.pk).exists():
                self._stopped.set()
        except DatabaseError:
            return True
        return not self._stopped.is_set()

    def _note_trouble(self, words: str) -> None:
        """Have pages say why nothing is written down, "" that it is again; the log hears of each trouble once."""
        if note_trouble(self.slug, words):
            if words:
                log.error("follower_cannot_write", engine=self.slug, error=words)
            else:
                log.info("follower_can_write_again", engine=self.slug)
            engine_changed.send(sender=Follower, engine_slug=self.slug)

    def _watch(self) -> None:
        """Another process follows: pass on its revisions until the lease falls free."""
        seen: tuple[str, int] | None = None
        written: int | None = None
        retry_at = time.monotonic() + self._lease.retry_s
        while not self._stopped.wait(WATCH_EVERY_S):
            before, written = written, count_of_writes()
            if written is None or written != before:
                now = EngineStatus.objects.filter(engine_id=self._engine.pk).values_list("epoch", "revision").first()
                if now != seen:
                    seen = now
                    engine_changed.send(sender=Follower, engine_slug=self.slug)
            if time.monotonic() >= retry_at:
                return

    def _follow(self) -> None:
        """Hold the lease: connect, follow, and connect again, until stopped or something of our own breaks."""
        snapshot = Snapshot(self._engine.pk, self._lease.hold if self._lease.is_fenced else None)
        memory = snapshot.load()
        journal = open_journal(self.slug)
        self._standing = FollowState()
        snapshot.write_status(follower=holder_name())
        heartbeat_writer.begin(self._engine.pk, self.take_request, self._lease.show_life)
        try:
            self._connect_again_and_again(snapshot, memory, journal)
        finally:
            heartbeat_writer.end(self._engine.pk)

    def _may_go_on(self) -> bool:
        """Tell whether it is wanted, and still the one that follows."""
        return not self._stopped.is_set() and self._lease.is_held

    def _connect_again_and_again(self, snapshot: Snapshot, memory: Memory, journal: EventJournal) -> None:
        failures = 0
        while self._may_go_on():
            session: FollowSession | None = None
            try:
                session = FollowSession(
                    self.slug, self._engine.url, self._make_client, snapshot, memory, journal, self._inbox, self._standing
                )
                self._session = session
                self._open(session)
                failures = 0
                self._step_until_cut(session)
            except EngineError as error:
                failures += 1
                self._standing.is_incompatible = isinstance(error, Incompatible)
                self._standing.last_error = error.sentence
            finally:
                self._session = None
                if session is not None:
                    session.close()
                    memory = session.reconciler.memory
            if self._may_go_on():
                self._rest(snapshot, failures)

    def _open(self, session: FollowSession) -> None:
        """Begin to follow, and answer those who asked meanwhile. Raises EngineError."""
        session.open()
        self._note_trouble("")
        log.info("engine_live", engine=self.slug)
        engine_changed.send(sender=Follower, engine_slug=self.slug)
        for look in self._unanswered:
            look.seen.set()
        self._unanswered.clear()

    def _step_until_cut(self, session: FollowSession) -> None:
        while self._may_go_on():
            if session.step(at_most_s=PRUNE_ON_AFTER_S if self._has_old else PRUNE_EVERY_S):
                engine_changed.send(sender=Follower, engine_slug=self.slug)
            self._answer_requests()
            now, is_due = datetime.now(UTC), time.monotonic() - self._pruned_at > PRUNE_EVERY_S
            if is_due:
                self._pruned_at = time.monotonic()
                prune_tombstones(
                    self._engine.pk,
                    self.slug,
                    tombstones_before=now - KEEP_TOMBSTONES,
                    events_before=now - timedelta(days=settings.NETADMIN_EVENT_DAYS),
                    keep_events=MOST_EVENTS,
                )
            if is_due or self._has_old:
                kept_since = now - timedelta(days=settings.NETADMIN_ADDRESS_HISTORY_DAYS)
                self._has_old = prune_assignments(self.slug, before=kept_since)

    def _rest(self, snapshot: Snapshot, failures: int) -> None:
        """Say that the Engine is gone, and wait until the next try; somebody's wish tries at once."""
        wait_s = RETRY_LOCAL_S
        if not self._engine.url.startswith("unix://"):
            wait_s = random.uniform(0.1, min(RETRY_MOST_S, RETRY_FIRST_S * RETRY_FACTOR ** min(failures, 8)))  # noqa: S311 jitter
        columns = self._standing.changes(next_try_s=None if wait_s <= RETRY_LOCAL_S else wait_s)
        if columns:
            log.info("engine_down", engine=self.slug, state=self._standing.state, error=self._standing.last_error)
            snapshot.write(Changes(), Memory(), (), now=datetime.now(UTC), **columns)
            self._note_trouble("")
            engine_changed.send(sender=Follower, engine_slug=self.slug)
        rested_until = time.monotonic() + wait_s
        while self._may_go_on() and time.monotonic() < rested_until:
            # What an ended session's threads still leave here is of no use to the next, which reads everything.
            looks = self._inbox.take(rested_until - time.monotonic()).looks
            if looks:
                self._unanswered.extend(looks)
                return

    def _answer_requests(self) -> None:
        """Tell other processes that what they wished has been seen."""
        seen = [pk for pk, look in list(self._requests.items()) if look.seen.is_set()]
        if seen:
            SyncRequest.objects.filter(pk__in=seen).update(done_at=datetime.now(UTC))
            for pk in seen:
                del self._requests[pk]
