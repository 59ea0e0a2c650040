"""Which containers are being stopped: told to end by an order from here, and killed when their time is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from networks.engine.facts import ContainerFact, EventFact, Stopping
from networks.engine.states import RUNNING_STATES
from networks.models import Action, Outcome
from networks.sync.recent import Recent
from networks.sync.snapshot.changes import Update
from networks.sync.snapshot.memory import Memory

ORDERS = {"stop_container": Stopping.STOP, "restart_container": Stopping.RESTART}
LONGEST = timedelta(hours=2)  # beyond the longest time that may be typed
# One that runs on so long after it should have been killed is not on its way out.
OVERDUE = timedelta(seconds=60)
KEEP_S, MOST_CONTAINERS = 120.0, 5_000


class Stops:
    """The stops under way of one Engine. Whether there is one the written intents say: those without an outcome.

    An event `kill` makes us look: only then has the Engine begun. An end or a start makes an end of it. Belongs to one thread.
    """

    def __init__(self, engine_slug: str) -> None:
        self._slug = engine_slug
        self._asked: set[str] = set()
        self._over: Recent[bool] = Recent(KEEP_S, MOST_CONTAINERS)

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
