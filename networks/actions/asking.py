"""Asking the Engine for a change beside whoever waits: a page answers in time, and the change goes on without it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language, override
from structlog.contextvars import bound_contextvars, get_contextvars

from networks.engine.client import EngineClient
from networks.models.stored_sentences import say as _

SOON_S = 1.0  # nearly all that will end by themselves have ended by then

_Answer = TypeVar("_Answer")
_Work = TypeVar("_Work", bound="BackgroundWork[Any]")


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
    threading.Thread(target=asking.run, args=(get_language() or "en", get_contextvars()), name="asking", daemon=True).start()
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

    def run(self, language: str, said_of: Mapping[str, Any]) -> None:
        """Run in the thread. `said_of`: what each line in the log says of the request."""
        try:
            with override(language), bound_contextvars(**said_of):
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


@dataclass(slots=True, kw_only=True)
class BackgroundWork(Generic[_Answer]):
    """Something that goes on in a thread of its own, beside the request. `result`: None until it has ended."""

    result: _Answer | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class LatestWork(Generic[_Work]):
    """The latest work of its kind for each Engine, in this process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._works: dict[str, _Work] = {}

    def get(self, engine_slug: str) -> _Work | None:
        """Return the latest for this Engine."""
        return self._works.get(engine_slug)

    def begin(self, engine_slug: str, work: _Work, do: Callable[[_Work], object]) -> _Work:
        """Begin it and return it, or the one that is under way. `do` returns its result."""
        with self._lock:
            running = self._works.get(engine_slug)
            if running is not None and not running.ended.is_set():
                return running
            self._works[engine_slug] = work
        arguments = (work, do, get_language() or "en", get_contextvars())
        threading.Thread(target=self._run, args=arguments, name=f"{self._name}-{engine_slug}", daemon=True).start()
        return work

    def _run(self, work: _Work, do: Callable[[_Work], object], language: str, said_of: Mapping[str, Any]) -> None:
        try:
            with override(language), bound_contextvars(**said_of):
                work.result = do(work)
        finally:
            work.ended.set()
            connections.close_all()


MOST_OF_PERSON = 8
MOST_OF_ENGINE = 24
MOST = 96  # threads of this process


class Bound(StrEnum):
    """Which bound was reached."""

    PERSON = "person"
    ENGINE = "engine"
    SERVER = "server"


class NoSlot(Exception):
    """A change was not begun: `count` are under way, and the next of them ends by `until` at the latest."""

    def __init__(self, bound: Bound, count: int, until: datetime) -> None:
        super().__init__(f"{count} of this {bound} are under way until {until}")
        self.bound, self.count, self.until = bound, count, until

    @property
    def sentence(self) -> str:
        """Whose changes are too many, how many, and until when, in the reader's language."""
        known = {"count": self.count, "time": f"{self.until:%H:%M:%S} UTC"}
        words = {
            Bound.PERSON: _(
                "%(count)s of your changes are under way, so this one was not sent. One ends by %(time)s at the latest."
            ),
            Bound.ENGINE: _(
                "%(count)s changes are under way on this Engine, so this one was not sent. One ends by %(time)s at the latest."
            ),
            Bound.SERVER: _(
                "%(count)s changes are under way on all Engines, so this one was not sent. One ends by %(time)s at the latest."
            ),
        }
        return words[self.bound] % known


@dataclass(frozen=True, slots=True, eq=False)
class ChangeSlot:
    """One change that is under way. `person`: an account's id, or a name that no account has."""

    person: int | str
    engine_slug: str
    until: datetime


class ChangeSlots:
    """Those of a process; in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: list[ChangeSlot] = []

    def take(self, person: int | str, engine_slug: str, lasts_s: float) -> ChangeSlot:
        """Take a place for a change that ends within `lasts_s`. Raises NoSlot."""
        with self._lock:
            bounds = (
                (Bound.PERSON, MOST_OF_PERSON, [place for place in self._taken if place.person == person]),
                (Bound.ENGINE, MOST_OF_ENGINE, [place for place in self._taken if place.engine_slug == engine_slug]),
                (Bound.SERVER, MOST, self._taken),
            )
            for bound, most, held in bounds:
                if len(held) >= most:
                    raise NoSlot(bound, len(held), min(place.until for place in held))
            taken = ChangeSlot(person, engine_slug, timezone.now() + timedelta(seconds=lasts_s))
            self._taken.append(taken)
            return taken

    def give_back(self, place: ChangeSlot) -> None:
        """Let others have it."""
        with self._lock:
            self._taken.remove(place)


change_slots = ChangeSlots()
