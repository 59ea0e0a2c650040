"""Where the threads of a follower leave what they learnt; the worker alone takes it out. Nobody here blocks."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from networks.engine.errors import EngineError
from networks.engine.facts import ContainerFact, EventFact

# More events than the worker could ever have pending: beyond, it reads everything instead of remembering each.
MOST_EVENTS = 20_000


@dataclass(frozen=True, slots=True)
class Inspection:
    """An inspect's end. `fact` None with `error` None: the container isn't there. `began_at`: monotonic seconds.

    `read_nano`: when the answer was there, nanoseconds since 1970; 0 for just now.
    """

    container_id: str
    began_at: float
    fact: ContainerFact | None = None
    error: EngineError | None = None
    read_nano: int = 0


@dataclass(slots=True)
class Look:
    """Somebody's wish that these ids (none: everything) be read; `seen` is set once a pass that began later is written."""

    docker_ids: tuple[str, ...]
    seen: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Letters:
    """What the worker takes out at once. `quiet`: inspections that woke nobody; taken, they are among the others."""

    events: list[EventFact] = field(default_factory=list)
    has_lost_events: bool = False
    inspections: list[Inspection] = field(default_factory=list)
    quiet: list[Inspection] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    proof_at: float | None = None
    cut: str = ""


class Inbox:
    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._letters = Letters()
        self._is_woken = False

    def put_event(self, event: EventFact) -> None:
        """Leave an event. Called by the reader thread."""
        with self._condition:
            if len(self._letters.events) >= MOST_EVENTS:
                self._letters.has_lost_events = True
            else:
                self._letters.events.append(event)
            self._condition.notify()

    def put_inspection(self, inspection: Inspection, *, is_urgent: bool) -> None:
        """Leave what an inspect gave; one that isn't urgent waits for the worker's next turn."""
        with self._condition:
            if is_urgent:
                self._letters.inspections.append(inspection)
                self._condition.notify()
            else:
                self._letters.quiet.append(inspection)

    def put_look(self, look: Look) -> None:
        with self._condition:
            self._letters.looks.append(look)
            self._condition.notify()

    def put_proof(self, at: float) -> None:
        """Leave word that the Engine answered a ping at `at` (monotonic seconds)."""
        with self._condition:
            self._letters.proof_at = at
            self._condition.notify()

    def put_cut(self, reason: str) -> None:
        """Leave word that the Engine is gone, in the system's words. The first reason stays."""
        with self._condition:
            self._letters.cut = self._letters.cut or reason
            self._condition.notify()

    def cut_reason(self) -> str:
        """Return why the Engine is gone, "" while nobody said so; it stays here to be taken."""
        return self._letters.cut

    def has_quiet_letters(self) -> bool:
        """Whether something lies here that woke nobody."""
        return bool(self._letters.quiet)

    def wake(self) -> None:
        """Wake the worker, or have its next wait end at once: to stop, or to see what is due by now."""
        with self._condition:
            self._is_woken = True
            self._condition.notify()

    def take(self, timeout_s: float) -> Letters:
        """Wait for a letter, `timeout_s` at most, and take all that are there, the quiet ones too."""
        with self._condition:
            there = self._letters
            if not (there.events or there.inspections or there.looks or there.cut or there.proof_at or self._is_woken):
                self._condition.wait(max(0.0, timeout_s))
            self._is_woken = False
            self._letters = Letters()
            there.inspections += there.quiet
            return there
