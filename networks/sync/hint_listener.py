"""Hears PostgreSQL's hints of what other processes wrote, on a connection of its own; where none are heard, everybody polls."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import closing
from typing import Any

import structlog
from django.db import connection

from networks.models import Engine, EngineCredentials
from networks.models.beside_pool import connect_beside_pool
from networks.models.hints import BEAT, CHANNEL, ENGINE, heard_writes
from networks.sync.heartbeat_writer import heartbeat_writer
from networks.sync.signals import engine_changed
from networks.sync.supervisor import followers, wake_tenders

log = structlog.get_logger(__name__)

BEAT_EVERY_S = 5.0
SILENT_AFTER_S = 12.0
HEARD_WITHIN_S = 2.0
_ENGINE_TABLES = (Engine._meta.db_table, EngineCredentials._meta.db_table)
AGAIN_AFTER_S, AGAIN_WHERE_UNHEARD_S = 1.0, 30.0


class Unheard(Exception):
    """Our own word didn't come back: the path is silent, or a pooler gives each statement another session."""


class HintListener(threading.Thread):
    """One for each process that serves or follows on PostgreSQL.

    What it says to itself every 5 s has to come back within 12: a server that hangs, or a path that swallows everything, is told
    from one where nothing happens. `why_not`: why nothing is heard, in words, "" while it is.
    """

    def __init__(self) -> None:
        super().__init__(name="hints", daemon=True)
        self._ended = threading.Event()
        self._slugs: dict[str, str] = {}
        self.why_not = "not begun"

    def stop(self, timeout_s: float = 2.0) -> None:
        """End it, and wait for that."""
        self._ended.set()
        if self.is_alive():
            self.join(timeout_s)

    def run(self) -> None:
        while not self._ended.is_set():
            wait_s = AGAIN_AFTER_S
            try:
                self._listen()
            except Unheard as error:
                wait_s = AGAIN_AFTER_S if heard_writes.is_listening else AGAIN_WHERE_UNHEARD_S
                self._tell(str(error))
            except Exception as error:
                self._tell(str(error).strip().partition("\n")[0])
            finally:
                heard_writes.end()
                connection.close()
            self._ended.wait(wait_s)

    def _tell(self, why_not: str) -> None:
        if why_not != self.why_not and why_not:
            log.warning("hints_not_heard", why=why_not)
        elif why_not != self.why_not:
            log.info("hints_heard")
        self.why_not = why_not

    def _listen(self) -> None:
        """Hear hints until nothing comes any more. Raises psycopg's errors and Unheard."""
        with closing(connect_beside_pool(connection)) as ears:
            ears.execute(f"LISTEN {CHANNEL}")
            mouth = _Mouth()
            mouth.start()
            try:
                self._hear(ears, mouth)
            finally:
                mouth.leave()

    def _hear(self, ears: Any, mouth: _Mouth) -> None:
        within_s, heard_at = HEARD_WITHIN_S, time.monotonic()
        while not self._ended.is_set():
            for hint in ears.notifies(timeout=0.5, stop_after=1):
                heard_at = time.monotonic()
                if hint.payload != mouth.word:
                    self._note(hint.payload)
                elif within_s == HEARD_WITHIN_S:
                    within_s = SILENT_AFTER_S
                    self._slugs.clear()
                    heard_writes.begin()
                    self._note("")
                    self._tell("")
            if time.monotonic() - heard_at > within_s:
                raise Unheard("PostgreSQL's notifications don't arrive: its path is silent, or a pooler stands between")

    def _note(self, hint: str) -> None:
        kind, _colon, rest = hint.partition(":")
        if kind == BEAT:
            return
        heard_writes.note()
        if kind != ENGINE:
            heartbeat_writer.wake()
        if rest in _ENGINE_TABLES:
            wake_tenders()
        for slug in [self._slug_of(rest.partition(":")[0])] if kind == ENGINE else list(followers) if not kind else []:
            follower = followers.get(slug)
            if slug and (follower is None or not follower.has_lease):
                engine_changed.send(sender=HintListener, engine_slug=slug)

    def _slug_of(self, pk: str) -> str:
        if pk not in self._slugs:
            self._slugs = {str(key): slug for key, slug in Engine.objects.values_list("pk", "slug")}
        return self._slugs.get(pk, "")


class _Mouth(threading.Thread):
    """Says a word every 5 s, on a connection of its own: one that hangs must not keep the ears from noticing."""

    def __init__(self) -> None:
        super().__init__(name="hint-beats", daemon=True)
        self.word = f"{BEAT}:{secrets.token_hex(8)}"
        self._ended = threading.Event()

    def leave(self) -> None:
        self._ended.set()

    def run(self) -> None:
        try:
            with closing(connect_beside_pool(connection)) as mouth:
                while not self._ended.is_set():
                    mouth.execute("SELECT pg_notify(%s, %s)", [CHANNEL, self.word])
                    self._ended.wait(BEAT_EVERY_S)
        except Exception as error:  # the ears notice the silence
            log.info("hint_beat_failed", why=str(error).strip().partition("\n")[0])


_listener: list[HintListener] = []


def start_listening() -> None:
    """Listen in this process, once, where the database is PostgreSQL."""
    if connection.vendor == "postgresql" and not _listener:
        _listener.append(HintListener())
        _listener[0].start()


def stop_listening() -> None:
    while _listener:
        _listener.pop().stop()


def why_nothing_is_heard() -> str | None:
    """Return why this process polls instead of listening, "" where it listens, None where it has no need to."""
    return _listener[0].why_not if _listener else None
