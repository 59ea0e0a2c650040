"""Who ended a container, by the Engine's own events, and which ones are being stopped, by orders from here."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from networks.engine.facts import ContainerFact, Ending, EventFact, Stopping
from networks.engine.states import RUNNING_STATES
from networks.models import Action, Outcome
from networks.sync.recent import Recent
from networks.sync.snapshot.changes import Update
from networks.sync.snapshot.memory import Memory

SIGNALLED = 128  # what Docker adds to the signal that ended a process
OUT_OF_MEMORY = SIGNALLED + signal.SIGKILL  # the kernel's own kill looks like anybody's
# A signal acts at once or after its process has tidied up: who sent one before that would have been heard.
AT_ONCE_NS, TIDIED_UP_NS = 60_000_000_000, 600_000_000_000
# What began the life of a container that runs for weeks may be forgotten; what was sent to it lately not. It may take an hour.
KEEP_S, MOST_CONTAINERS = 7_200.0, 5_000
KEEP_TOLD_S = 120.0  # an event is written within seconds
NOTED = ("start", "kill", "oom", "die", "destroy")


@dataclass(slots=True)
class _Life:
    """What was told of a container since it started. `from_nano`: when that was, 0 where nobody saw it; `has_unread`: it was sent
    a signal, and the event doesn't tell which.
    """

    from_nano: int = 0
    signals: set[int] = field(default_factory=set)
    has_unread: bool = False
    is_out_of_memory: bool = False
    end: tuple[int, Ending] | None = None  # exit code, by whom


class Endings:
    """What events tell of the ends of one Engine's containers. Belongs to one thread."""

    def __init__(self) -> None:
        self._lives: Recent[_Life] = Recent(KEEP_S, MOST_CONTAINERS)
        self._told: Recent[Ending] = Recent(KEEP_TOLD_S, MOST_CONTAINERS)
        self._stirred: set[str] = set()
        self._since_nano: int | None = None  # from here on no event was missed or forgotten, by the Engine's clock
        self._turns, self._turned_nano = 0, 0  # of the lives, and when that was
        self._awaited_nano = 0
        self._opened_at = 0.0
        self._is_first = False

    def load(self, events: Iterable[EventFact], *, since_nano: int) -> None:
        """Take what another process has written down: the events of late in their order, and since when it missed none."""
        for event in events:
            self._note_one(event)
        self._stirred.clear()
        self._since_nano = since_nano

    def begin(self, newest_nano: int) -> None:
        """Note that a stream opens that tells again what was told from `newest_nano` on.

        Nothing was missed where its first event is the one that was the newest; an Engine that was restarted has none of before.
        """
        self._awaited_nano, self._opened_at, self._is_first = newest_nano, time.monotonic(), True

    def lose(self) -> None:
        self._since_nano, self._is_first = None, True
        self._awaited_nano, self._opened_at = 0, time.monotonic()

    def note(self, events: Iterable[EventFact]) -> None:
        """Remember what tells of ends."""
        for event in events:
            if not event.time_nano:
                continue
            if self._is_first:
                self._begin_at(event.time_nano)
            if event.kind == "container":
                self._note_one(event)

    def complete(self, update: Update, memory: Memory) -> None:
        """Add to what was read who ended it; and where an event told that later, to what is known."""
        stirred, self._stirred = self._stirred, set()
        for docker_id in stirred | update.containers.keys():
            fact = update.containers.get(docker_id, memory.containers.get(docker_id))
            if fact is not None and (told := self.tell(fact)) is not fact:
                update.containers[docker_id] = told

    def of_event(self, event: EventFact) -> Ending:
        """Return who ended the container whose end this event tells."""
        return self._told.get(f"{event.actor_id} {event.time_nano}") or Ending.UNKNOWN

    def tell(self, fact: ContainerFact) -> ContainerFact:
        """Return a container with who ended it, as far as it is known."""
        if fact.state in RUNNING_STATES or fact.exit_code is None:
            return fact if fact.ending == Ending.UNKNOWN else replace(fact, ending=Ending.UNKNOWN.value)
        life, ending = self._lives.get(fact.docker_id), Ending(fact.ending)
        if life is not None and life.end is not None and life.end[0] == fact.exit_code:
            ending = life.end[1]
        if ending is not Ending.ASKED and fact.is_out_of_memory and fact.exit_code == OUT_OF_MEMORY:
            ending = Ending.MEMORY
        return fact if fact.ending == ending else replace(fact, ending=ending.value)

    def _begin_at(self, first_nano: int) -> None:
        self._is_first = False
        if first_nano != self._awaited_nano or self._since_nano is None:
            # It was silent until now, whatever its clock says.
            self._since_nano = first_nano - int((time.monotonic() - self._opened_at) * 1e9)

    def _note_one(self, event: EventFact) -> None:
        container_id, verb = event.actor_id, event.verb
        if verb not in NOTED or not container_id:
            return
        life = self._lives.get(container_id) or _Life()
        if verb == "destroy":
            self._lives.pop(container_id)
            return
        if verb == "start":
            life = _Life(from_nano=event.time_nano)
        elif verb == "kill":
            number = read_signal(event.attributes.get("signal", ""))
            life.signals.add(number)
            life.has_unread = life.has_unread or not number
        elif verb == "oom":
            life.is_out_of_memory = True
        elif verb == "die":
            self._note_end(event, life)
        self._lives.put(container_id, life)
        if self._lives.turns != self._turns:
            self._turns = self._lives.turns
            if self._since_nano is not None:
                self._since_nano = max(self._since_nano, self._turned_nano)
            self._turned_nano = event.time_nano

    def _note_end(self, event: EventFact, life: _Life) -> None:
        try:
            exit_code = int(event.attributes.get("exitCode", ""))
        except ValueError:
            return
        ending = self._judge(exit_code, event.time_nano, life)
        life.end = (exit_code, ending)
        self._told.put(f"{event.actor_id} {event.time_nano}", ending)
        self._stirred.add(event.actor_id)

    def _judge(self, exit_code: int, ended_nano: int, life: _Life) -> Ending:
        if exit_code > SIGNALLED and exit_code - SIGNALLED in life.signals:
            return Ending.ASKED
        if exit_code == OUT_OF_MEMORY and life.is_out_of_memory:
            return Ending.MEMORY
        if life.has_unread:
            return Ending.UNKNOWN
        takes_ns = AT_ONCE_NS if exit_code == OUT_OF_MEMORY else TIDIED_UP_NS
        needed_nano = max(life.from_nano, ended_nano - takes_ns)
        return Ending.ITSELF if self._since_nano is not None and self._since_nano <= needed_nano else Ending.UNKNOWN


def read_signal(text: str) -> int:
    """Return the number of a signal as an event names it, "15" or "SIGTERM"; 0 for what is none."""
    if text.isascii() and text.isdigit():
        return int(text[:3])
    name = text.upper()
    known = signal.Signals.__members__
    found = known.get(name) or known.get(f"SIG{name}")
    return int(found) if found else 0


ORDERS = {"stop_container": Stopping.STOP, "restart_container": Stopping.RESTART}
LONGEST = timedelta(hours=2)  # beyond the longest time that may be typed
# One that runs on so long after it should have been killed is not on its way out.
OVERDUE = timedelta(seconds=60)
KEEP_OVER_S = 120.0


class Stops:
    """The stops under way of one Engine. Whether there is one the written intents say: those without an outcome.

    An event `kill` makes us look: only then has the Engine begun. An end or a start makes an end of it. Belongs to one thread.
    """

    def __init__(self, engine_slug: str) -> None:
        self._slug = engine_slug
        self._asked: set[str] = set()
        self._over: Recent[bool] = Recent(KEEP_OVER_S, MOST_CONTAINERS)

    def note(self, events: Iterable[EventFact]) -> None:
        """Remember who was told to end, and who has ended or begun anew."""
        for event in events:
            if event.kind != "container":
                continue
            if event.verb == "kill":
                self._asked.add(event.actor_id)
                self._over.pop(event.actor_id)
            elif event.verb in ("die", "start"):
                self._asked.add(event.actor_id)
                self._over.put(event.actor_id, True)

    def complete(self, update: Update, memory: Memory, *, is_everything: bool) -> None:
        """Say of those who were told to end, or have ended or begun anew, whether they are being stopped."""
        ids, self._asked = self._asked, set()
        ids |= {docker_id for docker_id, fact in update.containers.items() if fact is not None and fact.stopping}
        if is_everything:
            ids |= {docker_id for docker_id, fact in memory.containers.items() if fact.stopping}
        for docker_id in ids:
            fact = update.containers.get(docker_id, memory.containers.get(docker_id))
            if fact is not None and (told := self._tell(fact)) is not fact:
                update.containers[docker_id] = told

    def _tell(self, fact: ContainerFact) -> ContainerFact:
        stopping, killed_at = Stopping.NOT, None
        if fact.state in RUNNING_STATES and fact.docker_id not in self._over:
            stopping, killed_at = self._read(fact.docker_id)
        if (fact.stopping, fact.killed_at) == (stopping.value, killed_at):
            return fact
        return replace(fact, stopping=stopping.value, killed_at=killed_at)

    def _read(self, container_id: str) -> tuple[Stopping, datetime | None]:
        """Return what the order says, of those without an outcome, whose kill is due first: that one ends the container."""
        now = timezone.now()
        ended = Outcome.objects.filter(action_id=OuterRef("pk"))
        orders = Action.objects.filter(~Exists(ended), engine_slug=self._slug, docker_id=container_id, verb__in=ORDERS)
        due: list[tuple[datetime, int, Stopping]] = []
        for number, verb, at, asked in orders.filter(at__gt=now - LONGEST).values_list("id", "verb", "at", "asked"):
            wait_s = asked.get("wait_s") if isinstance(asked, dict) else None
            if isinstance(wait_s, int) and now <= (killed_at := at + timedelta(seconds=wait_s)) + OVERDUE:
                due.append((killed_at, number, ORDERS[verb]))
        killed_at_first, _number, stopping = min(due, default=(None, 0, Stopping.NOT))
        return stopping, killed_at_first
