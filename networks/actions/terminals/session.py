"""One open terminal: a thread of its own that carries bytes both ways, and ends what it began. No event loop waits for it."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog
from django.conf import settings
from django.db import connections
from django.utils import translation

from networks.actions.recording import ActionResult
from networks.actions.terminals.asked import IDLE_S, WARN_S, EndReason, TerminalEnd, TerminalRequest
from networks.actions.terminals.ending import Carried, How, ProcessEnding, Proved, end_process, prove, record_close
from networks.actions.terminals.open_terminals import OpenTerminals, note_of
from networks.actions.terminals.opening import Opened, open_terminal
from networks.actions.terminals.sentinel import Sentinel
from networks.engine.errors import EngineError
from networks.engine.specs import ScreenSize

log = structlog.get_logger(__name__)

# What may be on its way to a browser that says nothing: 256 KiB are a tenth of a second of xterm's, and 2 ms of an Engine's.
WINDOW_BYTES = 256 * 1024
# What a browser may have sent that the process hasn't read: a longer paste waits in the page.
MOST_INPUT_BYTES = 128 * 1024
_PIECE_BYTES = 32 * 1024
_TELLING_BYTES = 4096  # of a short answer, the last part: where a program isn't there, it is Docker's sentence
_EXIT_WITHIN_S, _LOOK_EVERY_S = 1.0, 0.01
# What a terminal answers by itself when a program asks for its kind, its cursor or its colours: nobody typed that.
_ANSWERS = re.compile(rb"(?:\x1b\[[?>=]?[0-9;]*[Rcnty]|\x1b\][0-9]+;[^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\x1b\[[IO])+")


class TerminalListener(Protocol):
    """Who is told what a terminal does. Called in the terminal's thread; none may wait."""

    def on_open(self) -> None:
        """It is open."""

    def on_output(self, content: bytes) -> None:
        """Bytes of the process. They are within what was credited."""

    def on_taken(self, count: int) -> None:
        """So many bytes of the person's have gone to the process."""

    def on_idle(self, left_s: int) -> None:
        """Nobody has typed for long; it ends in so many seconds."""

    def on_end(self, end: TerminalEnd) -> None:
        """It is over; nothing follows. Its process may take a moment longer."""


def _relieve(sentinel: Sentinel | None, ending: ProcessEnding) -> None:
    """Dismiss a sentinel that has nothing left to do; else let it do what nobody else could."""
    if sentinel is None:
        return
    if ending.how in (How.LEFT, How.UNKNOWN):
        sentinel.release()
    else:
        sentinel.dismiss()


def is_from_person(content: bytes) -> bool:
    """Tell whether a person is behind these bytes, and not the terminal itself."""
    return bool(content) and not _ANSWERS.fullmatch(content)


class TerminalSession(threading.Thread):
    """A terminal. `start` once; `give`, `credit`, `resize` and `end` in any thread."""

    def __init__(
        self,
        asked: TerminalRequest,
        listener: TerminalListener,
        ledger: OpenTerminals,
        when_over: Callable[[TerminalSession], None],
        *,
        idle_s: float = IDLE_S,
    ) -> None:
        super().__init__(name="terminal", daemon=True)
        self.asked = asked
        self._listener = listener
        self._ledger = ledger
        self._when_over = when_over
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._input = bytearray()
        self._credit = WINDOW_BYTES
        self._size: ScreenSize | None = None
        self._why: EndReason | None = None
        self._typed_at = time.monotonic()
        self._has_warned = False
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self._last = b""
        self._carried = Carried()
        self._proof: Proved = None

    def give(self, content: bytes) -> None:
        """Take what was typed. More than may wait ends the terminal."""
        with self._lock:
            if len(self._input) + len(content) > MOST_INPUT_BYTES:
                self._why = self._why or EndReason.FLOODED
            else:
                self._input += content
                if is_from_person(content):
                    self._typed_at, self._has_warned = time.monotonic(), False
        self._wake()

    def credit(self, count: int) -> None:
        """Note that the browser has shown so many bytes more."""
        with self._lock:
            self._credit = min(WINDOW_BYTES, self._credit + count)
        self._wake()

    def resize(self, size: ScreenSize) -> None:
        """Tell the process how much is shown; only the newest counts."""
        with self._lock:
            self._size = size
        self._wake()

    def end(self, why: EndReason) -> None:
        """End it; the first reason stands."""
        with self._lock:
            self._why = self._why or why
        self._wake()

    def join(self, timeout: float | None = None) -> None:
        """Wait until its process has ended and its thread is about to."""
        if self.is_alive():
            super().join(timeout)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: it is awake already; closed: it is over
            self._waker.send(b"x")

    def run(self) -> None:
        translation.activate(self.asked.language or settings.LANGUAGE_CODE)  # of this thread
        try:
            opened = open_terminal(self.asked)
            if isinstance(opened, ActionResult):
                self._listener.on_end(TerminalEnd(EndReason.REFUSED, sentence=opened.sentence))
            else:
                self._serve(opened)
        except Exception:  # whatever it was, the person has to hear of it, and nothing may be left behind
            log.exception("terminal_failed", engine=self.asked.engine.slug, container=self.asked.container_id)
            self._listener.on_end(TerminalEnd(EndReason.LOST))
        finally:
            self._when_over(self)
            self._waker.close()
            self._woken.close()
            connections.close_all()

    def _serve(self, opened: Opened) -> None:
        why, ending = EndReason.LOST, ProcessEnding(How.UNKNOWN)
        try:
            self._ledger.note(note_of(opened), settings.NETADMIN_DATA_DIR)
            self._listener.on_open()
            why = self._carry(opened)
            if why is EndReason.EXITED:
                why, ending = self._read_end(opened)
            else:
                self._listener.on_end(TerminalEnd(why))
                ending = self._end(opened, self._proof or self._prove(opened))
        finally:
            opened.stream.close()
            _relieve(opened.sentinel, ending)
            opened.client.close()
            record_close(self.asked, opened, why, ending, self._carried)
            self._ledger.strike(opened.action_id)

    def _end(self, opened: Opened, proof: Proved) -> ProcessEnding:
        try:
            return end_process(opened, proof, opened.stream)
        except EngineError:
            return ProcessEnding(How.UNKNOWN)

    def _read_end(self, opened: Opened) -> tuple[EndReason, ProcessEnding]:
        """Say how a process ended whose stream did; a program that isn't there, or a user, is told in Docker's words."""
        deadline = time.monotonic() + _EXIT_WITHIN_S
        try:
            fact = opened.client.inspect_exec(opened.exec_id)
            while fact.is_running and time.monotonic() < deadline:
                time.sleep(_LOOK_EVERY_S)
                fact = opened.client.inspect_exec(opened.exec_id)
        except EngineError as error:
            self._listener.on_end(TerminalEnd(EndReason.LOST, sentence=error.sentence))
            return EndReason.LOST, ProcessEnding(How.UNKNOWN)
        if fact.is_running:  # the Engine hung up on us
            self._listener.on_end(TerminalEnd(EndReason.LOST))
            return EndReason.LOST, self._end(opened, self._proof)
        if not fact.pid:
            self._listener.on_end(TerminalEnd(EndReason.REFUSED, fact.exit_code, self._last.decode(errors="replace").strip()))
            return EndReason.REFUSED, ProcessEnding(How.ITSELF, fact.exit_code)
        self._listener.on_end(TerminalEnd(EndReason.EXITED, fact.exit_code))
        return EndReason.EXITED, ProcessEnding(How.ITSELF, fact.exit_code)

    def _carry(self, opened: Opened) -> EndReason:
        """Carry bytes until something ends it, and say what."""
        stream, poll = opened.stream, select.poll()
        poll.register(self._woken, select.POLLIN)
        watched = 0
        while (why := self._due_end()) is None:
            with self._lock:
                size, self._size = self._size, None
                wanted = (select.POLLIN if self._credit else 0) | (select.POLLOUT if self._input else 0)
            if size is not None:
                with contextlib.suppress(EngineError):  # it ended a moment ago
                    opened.client.resize_exec(opened.exec_id, size)
            if wanted and not watched:
                poll.register(stream.fileno(), wanted)
            elif wanted:
                poll.modify(stream.fileno(), wanted)
            elif watched:  # a hang-up is told even where nothing is asked for, again and again
                poll.unregister(stream.fileno())
            watched = wanted
            has_pending = stream.has_pending and bool(wanted & select.POLLIN)
            ready = dict(poll.poll(0 if has_pending else self._patience_ms()))
            if self._woken.fileno() in ready:
                self._woken.recv(4096)
            told = ready.get(stream.fileno(), 0)
            if wanted & select.POLLOUT and told & ~select.POLLIN and not self._write(opened):
                return EndReason.EXITED
            if (has_pending or told & ~select.POLLOUT) and wanted & select.POLLIN and not self._read(opened):
                return EndReason.EXITED
        return why

    def _prove(self, opened: Opened) -> Proved:
        """Return which process it is, where that can be seen from here."""
        try:
            return prove(opened.client, opened.exec_id, opened.spec)
        except EngineError:
            return None

    def _read(self, opened: Opened) -> bool:
        """Hand on what has come, as far as credit goes; False at the end."""
        piece = opened.stream.read(min(self._credit, _PIECE_BYTES))
        if piece is None:
            return True
        with self._lock:
            self._credit -= len(piece)
        self._carried.to_person += len(piece)
        self._last = (self._last + piece)[-_TELLING_BYTES:]
        if piece:
            self._listener.on_output(piece)
            if self._carried.to_person == len(piece):
                # It has begun for certain, and has its mark still: `exec env -i …` would take that away.
                self._proof = self._prove(opened)
        return bool(piece)

    def _write(self, opened: Opened) -> bool:
        """Send what was typed, as far as it goes; False at the end."""
        with self._lock:
            content = bytes(self._input[:_PIECE_BYTES])
        sent = opened.stream.write(content)
        if sent is None:
            return False
        with self._lock:
            del self._input[:sent]
        self._carried.from_person += sent
        if sent:
            self._listener.on_taken(sent)
        return True

    def _due_end(self) -> EndReason | None:
        with self._lock:
            if self._why is not None:
                return self._why
            left_s = self._typed_at + self._idle_s - time.monotonic()
            must_warn = left_s <= WARN_S and not self._has_warned
            self._has_warned = self._has_warned or must_warn
        if left_s <= 0:
            return EndReason.IDLE
        if must_warn:
            self._listener.on_idle(round(left_s))
        return None

    def _patience_ms(self) -> int:
        """Return how long nothing can be due, at most a minute."""
        left_s = self._typed_at + self._idle_s - time.monotonic()
        until_s = left_s if self._has_warned else left_s - WARN_S
        return int(min(60.0, max(0.0, until_s)) * 1000) + 1
