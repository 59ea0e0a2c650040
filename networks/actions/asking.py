"""Asking the Engine for a change beside whoever waits: a page answers in time, and the change goes on without it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connections
from django.utils.translation import get_language, override

from networks.engine.client import EngineClient

SOON_S = 1.0  # nearly all that will end by themselves have ended by then

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class StillAsking:
    """No answer in time. `request`: the change that was sent and goes on, "" when none was, and now none will be."""

    request: str


def ask_patiently(
    work: Callable[[], _Answer],
    client: EngineClient,
    *,
    patience_s: float,
    when_late: Callable[[_Answer], object],
    when_over: Callable[[], None] = lambda: None,
    begun: threading.Event | None = None,
) -> _Answer | StillAsking:
    """Run `work` in a thread of its own and return what it returns, or StillAsking after `patience_s`.

    `client`: the one that `work` asks. Once a change has left, `work` goes on and `when_late` gets its answer, in its thread;
    before that the change is withdrawn, and its answer is of no use to anybody. `begun`: set by a `work` that has asked for what
    takes its time, and after that waited for SOON_S only. `when_over`: called in the thread once nothing is waited for any
    more. Raises what `work` raises.
    """
    asking = _Asking(work, when_late, when_over)
    threading.Thread(target=asking.run, args=(get_language() or "en",), name="asking", daemon=True).start()
    until = time.monotonic() + patience_s
    if begun is not None and begun.wait(patience_s):
        until = min(until, time.monotonic() + SOON_S)
    if asking.ended.wait(max(0.0, until - time.monotonic())):
        return asking.answer()
    request = client.withdraw()
    if not asking.leave(is_answer_wanted=bool(request)):
        return asking.answer()
    if not request:
        client.close()
    return StillAsking(request)


class _Asking(Generic[_Answer]):
    def __init__(
        self, work: Callable[[], _Answer], when_late: Callable[[_Answer], object], when_over: Callable[[], None]
    ) -> None:
        self.ended = threading.Event()
        self._work = work
        self._when_late = when_late
        self._when_over = when_over
        self._lock = threading.Lock()
        self._answers: list[_Answer] = []
        self._error: Exception | None = None
        self._is_late = False

    def run(self, language: str) -> None:
        """Run in the thread."""
        try:
            with override(language):
                self._run()
        finally:
            connections.close_all()
            self._when_over()

    def leave(self, *, is_answer_wanted: bool) -> bool:
        """Stop waiting, and tell whether it was still under way."""
        with self._lock:
            self._is_late = is_answer_wanted
            return not self.ended.is_set()

    def answer(self) -> _Answer:
        """Return the answer of what has ended, or raise its error."""
        if self._error is not None:
            raise self._error
        return self._answers[0]

    def _run(self) -> None:
        try:
            self._answers.append(self._work())
        except Exception as error:
            self._error = error
        with self._lock:
            self.ended.set()
            is_late = self._is_late
        if is_late:
            self._when_late(self.answer())
