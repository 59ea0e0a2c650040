"""The terminals that are open in this process: how many each person has, and whether they may stay."""

from __future__ import annotations

import threading
import time
from itertools import chain

import structlog
from django.db import connections

from networks.actions.terminals.asked import IDLE_S, MOST_OF_ONE, EndReason, TerminalRequest
from networks.actions.terminals.open_terminals import OpenTerminals
from networks.actions.terminals.session import TerminalListener, TerminalSession
from networks.policy.permissions import Permission
from networks.policy.protection import protection_of
from networks.policy.socket_rights import SocketSession, still_allowed

LOOK_EVERY_S = 1.0

log = structlog.get_logger(__name__)


class TooManyTerminals(Exception):
    """This person has as many open as anybody may, or Netadmin is about to end."""


class Terminals:
    """Knows every open terminal. A daemon thread asks every second whether they may stay; it ends with the last of them."""

    def __init__(self, *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._look_every_s = look_every_s
        self._lock = threading.Lock()
        self._sessions: set[TerminalSession] = set()
        self._ledger = OpenTerminals()
        self._woken = threading.Event()
        self._watch: threading.Thread | None = None
        self._is_stopping = False

    def open(self, asked: TerminalRequest, listener: TerminalListener, *, idle_s: float = IDLE_S) -> TerminalSession:
        """Open a terminal; what comes of it the listener hears. Raises TooManyTerminals."""
        with self._lock:
            own = sum(1 for session in self._sessions if session.asked.user_id == asked.user_id)
            if own >= MOST_OF_ONE or self._is_stopping:
                raise TooManyTerminals
            session = TerminalSession(asked, listener, self._ledger, self._forget, idle_s=idle_s)
            self._sessions.add(session)
            if self._watch is None:
                self._watch = threading.Thread(target=self._run, name="terminal-watch", daemon=True)
                self._watch.start()
        session.start()
        return session

    def all(self) -> list[TerminalSession]:
        """Return those that are open, or whose process is being ended."""
        with self._lock:
            return list(self._sessions)

    def look_now(self) -> None:
        """Look at once whether they may stay. Returns at once; may be called in any thread."""
        self._woken.set()

    def stop(self, timeout_s: float) -> None:
        """End them all with their processes, let no more be opened, and wait, so long at most."""
        with self._lock:
            self._is_stopping = True
        deadline = time.monotonic() + timeout_s
        for session in self.all():
            session.end(EndReason.STOPPING)
        for session in self.all():
            session.join(max(0.0, deadline - time.monotonic()))

    def _forget(self, session: TerminalSession) -> None:
        with self._lock:
            self._sessions.discard(session)
        self._woken.set()

    def _run(self) -> None:
        try:
            while True:
                with self._lock:
                    if not self._sessions:
                        self._watch = None
                        return
                    sessions = list(self._sessions)
                try:
                    _judge(sessions)
                except Exception:  # a database that can't be read now may be in a second; the thread must outlive that
                    log.exception("terminals_not_looked_after", terminals=len(sessions))
                    connections.close_all()
                self._woken.wait(self._look_every_s)
                self._woken.clear()
        finally:
            connections.close_all()


def _judge(sessions: list[TerminalSession]) -> None:
    """End those whose person may not, or whose container is protected by now. Three statements, and one for each Engine."""
    needed = {
        session: [
            SocketSession(session.asked.user_id, session.asked.session_id, permission, session.asked.engine.slug)
            for permission in (Permission.LOGIN, Permission.TERMINAL)
        ]
        for session in sessions
    }
    allowed = still_allowed(chain.from_iterable(needed.values()))
    protected = {slug: protection_of(slug).containers for slug in {session.asked.engine.slug for session in sessions}}
    for session, (login, terminal) in needed.items():
        if login not in allowed:
            session.end(EndReason.LOGGED_OUT)
        elif terminal not in allowed or session.asked.container_id in protected[session.asked.engine.slug]:
            session.end(EndReason.REVOKED)


terminals = Terminals()
