"""From hints to rows: reads what events, wishes and time ask for, and writes what differs. The worker's thread alone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from networks.engine.client import EngineClient
from networks.engine.errors import NotFound
from networks.engine.facts import ContainerFact, EventFact
from networks.engine.states import RUNNING_STATES
from networks.sync.follow.event_effects import Marks, marks_of
from networks.sync.follow.inbox import Inspection, Letters, Look
from networks.sync.follow.inspectors import Inspectors
from networks.sync.recent import Recent
from networks.sync.snapshot.changes import Update, find_changes, update_from
from networks.sync.snapshot.journal import IGNORED_VERBS, EventJournal
from networks.sync.snapshot.memory import Memory, has_remnants, merge_inspected, merge_listed
from networks.sync.snapshot.writer import Snapshot

# The list lags events by 2 ms, rarely by 10 under load; what inspect said is not overwritten by a list read so soon after.
LIST_LAG_S = 0.05
# A container that is being connected while it starts is looked at again after this, in case its `start` never comes.
LATER_S = 0.6
# An inspect takes 1 ms; an event waits for it no longer than this.
HOLD_S = 0.03
# Docker holds a container while it starts or ends, and an inspect waits that long: 0.5 s was the longest seen.
CALM_AFTER_S = 2.0
# What was read of a container, and when something stirred it, is worth nothing after a minute.
KEEP_STAMPS_S = 60.0


@dataclass(frozen=True, slots=True)
class _Stamp:
    began_at: float
    ended_at: float
    is_inspected: bool


@dataclass(slots=True)
class _PendingLook:
    look: Look
    asked_at: float
    remaining: set[str] = field(default_factory=set)


class Reconciler:
    """One Engine's reads and writes while the connection stands."""

    def __init__(
        self, client: EngineClient, snapshot: Snapshot, memory: Memory, journal: EventJournal, inspectors: Inspectors
    ) -> None:
        self._client = client
        self._snapshot = snapshot
        self.memory = memory
        self._journal = journal
        self._inspectors = inspectors
        self._stamps: Recent[_Stamp] = Recent(KEEP_STAMPS_S)
        # What the list said last and what memory holds, where they agree: merging 500 anew took 6.5 ms of each resync's 12.
        self._settled: dict[str, tuple[ContainerFact, ContainerFact]] = {}
        self._later: dict[str, float] = {}
        self._pending: list[_PendingLook] = []
        self._inspected_here: list[Inspection] = []  # since the last looks were answered
        self._doubtful: set[str] = set()  # what this pass's lists said of these came too soon after an inspect
        self._stirred_at: Recent[float] = Recent(KEEP_STAMPS_S)
        self._stirred_networks: set[str] = set()
        self._held: list[EventFact] = []
        self._held_until = float("inf")
        self.events_seen = 0
        self.changed_at = float("-inf")

    def next_due_s(self) -> float:
        """Return in how many seconds something falls due by itself; large when nothing does."""
        due = min([self._held_until, *self._later.values()])
        return max(0.0, due - time.monotonic())

    def take_stirred_networks(self) -> set[str]:
        """Return the networks that events told of, or of which anything was written, since the last time."""
        stirred, self._stirred_networks = self._stirred_networks, set()
        return stirred

    def resync(self, events: Sequence[EventFact] = (), **status: Any) -> int:
        """Read everything by two calls and write what differs. Returns how many rows it had to mend."""
        began_at = time.monotonic()
        picture = self._client.picture()
        update = update_from(picture, self.memory)
        update.containers = self._admit_listed(update.containers, began_at)
        return self._write(update, events, status, is_everything=True)

    def absorb(self, letters: Letters, **status: Any) -> bool:
        """Read what the letters make us read and write what differs. Returns whether there is a new revision."""
        self.events_seen += len(letters.events)
        self._snapshot.ledger.note(letters.events)
        events = self._journal.note(letters.events, self.memory, has_lost=letters.has_lost_events)
        self._doubtful.clear()
        update = Update()
        self._note_stirred(letters.events)
        self._take_inspections(letters.inspections, update)
        marks = marks_of(letters.events, self.memory.containers)
        looks = self._take_looks(letters.looks, marks)
        self._take_due(marks)
        revision, began_at = self._snapshot.revision, time.monotonic()
        self._held += events
        if marks.is_everything or letters.has_lost_events:
            self.resync(self._release(), **status)
            self._inspectors.ask(marks.listed | marks.inspected | marks.later, is_urgent=False)
            self._write(update, (), {})
        else:
            self._read(marks, update)
            self._write(update, self._release_unless_awaited(marks, update), status)
        # Whoever wanted to see everything sees it once what the list left in doubt was inspected.
        self._pending += [_PendingLook(look, began_at, set(self._doubtful)) for look in looks]
        self._answer_looks([*letters.inspections, *self._inspected_here])
        self._inspected_here.clear()
        return self._snapshot.revision != revision

    def _release(self) -> list[EventFact]:
        held, self._held, self._held_until = self._held, [], float("inf")
        return held

    def _release_unless_awaited(self, marks: Marks, update: Update) -> list[EventFact]:
        """Hold events back for a moment while what they announce is being inspected: one revision then says both."""
        now = time.monotonic()
        if marks.inspected and self._held_until == float("inf"):
            self._held_until = now + HOLD_S
        is_awaited = now < self._held_until < float("inf")
        return [] if is_awaited and not (update.networks or update.containers) else self._release()

    def _read(self, marks: Marks, update: Update) -> None:
        for network_id in marks.networks:
            try:
                update.networks[network_id] = self._client.inspect_network(network_id)
            except NotFound:
                update.networks[network_id] = None
        calm = next(iter(marks.inspected)) if len(marks.inspected) == 1 else ""
        if calm and self._is_calm(calm):
            self._inspect_here(calm, update)
        else:
            self._inspectors.ask(marks.inspected, is_urgent=True)
        for container_id in marks.later:
            self._later.setdefault(container_id, time.monotonic() + LATER_S)
        if marks.listed:
            began_at = time.monotonic()
            found = {fact.docker_id: fact for fact in self._client.list_containers(sorted(marks.listed))}
            # Missing from a list that lags proves nothing: inspect tells.
            self._inspectors.ask(marks.listed - found.keys(), is_urgent=True)
            self._inspectors.ask(found.keys(), is_urgent=False)
            admitted = self._admit_listed(dict(found), began_at)
            update.containers.update(admitted)

    def _is_calm(self, container_id: str) -> bool:
        """Whether inspecting this container can't wait: it runs, and nothing started or ended it a moment ago."""
        known = self.memory.containers.get(container_id)
        is_running = known is not None and known.state in RUNNING_STATES
        stirred_at = self._stirred_at.get(container_id)
        return is_running and (stirred_at is None or time.monotonic() - stirred_at > CALM_AFTER_S)

    def _inspect_here(self, container_id: str, update: Update) -> None:
        """Inspect in this thread: two changes of thread less, which is a millisecond of the way to the browser."""
        began_at = time.monotonic()
        try:
            fact = self._client.inspect_container(container_id)
        except NotFound:
            fact = None
        inspection = Inspection(container_id, began_at, fact)
        self._take_inspections([inspection], update)
        self._inspected_here.append(inspection)

    def _note_stirred(self, events: Iterable[EventFact]) -> None:
        now = time.monotonic()
        for event in events:
            if event.kind == "container" and event.verb not in IGNORED_VERBS:
                self._stirred_at.put(event.actor_id, now)
            elif event.kind == "network":
                self._stirred_networks.add(event.network_id)

    def _admit_listed(self, listed: dict[str, ContainerFact | None], began_at: float) -> dict[str, ContainerFact | None]:
        """Merge a list with what is known; leave out what a fresher inspect contradicts, and have that inspected anew."""
        admitted: dict[str, ContainerFact | None] = {}
        doubtful: list[str] = []
        thin: list[str] = []
        ended_at = time.monotonic()
        for docker_id, fact in listed.items():
            known = self.memory.containers.get(docker_id)
            settled = self._settled.get(docker_id)
            if settled and settled[0] is fact and settled[1] is known:
                continue
            merged = merge_listed(known, fact) if fact else None
            if merged == known and not (merged and not merged.has_detail):
                if merged and has_remnants(merged):
                    thin.append(docker_id)
                elif fact is None or known is None:
                    self._settled.pop(docker_id, None)
                else:  # by identity: an unchanged entry gives the same fact at the next reading
                    self._settled[docker_id] = (fact, known)
                continue
            stamp = self._stamps.get(docker_id)
            if merged != known and stamp and not _is_newer_than(stamp, began_at):
                doubtful.append(docker_id)
                continue
            admitted[docker_id] = merged
            self._settled.pop(docker_id, None)
            if merged != known:
                self._stamps.put(docker_id, _Stamp(began_at, ended_at, is_inspected=False))
            if merged and not merged.has_detail:
                thin.append(docker_id)
        self._doubtful.update(doubtful)
        self._inspectors.ask(doubtful, is_urgent=True)
        self._inspectors.ask(thin, is_urgent=False)
        return admitted

    def _take_inspections(self, inspections: Iterable[Inspection], update: Update) -> None:
        for inspection in inspections:
            docker_id = inspection.container_id
            self._later.pop(docker_id, None)
            if inspection.error is not None:
                self._later[docker_id] = time.monotonic() + LATER_S
                continue
            stamp = self._stamps.get(docker_id)
            if stamp and inspection.began_at < stamp.began_at:
                self._inspectors.ask([docker_id], is_urgent=False)
                continue
            fact = inspection.fact
            update.containers[docker_id] = merge_inspected(self.memory.containers.get(docker_id), fact) if fact else None
            update.read_nano[docker_id] = inspection.read_nano or time.time_ns()
            self._stamps.put(docker_id, _Stamp(inspection.began_at, time.monotonic(), is_inspected=True))

    def _take_looks(self, looks: Iterable[Look], marks: Marks) -> list[Look]:
        """Turn wishes into marks; return those that this very pass answers, but for what its lists leave in doubt."""
        answered: list[Look] = []
        for look in looks:
            containers = {docker_id for docker_id in look.docker_ids if docker_id not in self.memory.networks}
            marks.networks.update(look.docker_ids if len(look.docker_ids) <= 10 else set(look.docker_ids) - containers)
            marks.networks -= self.memory.containers.keys()
            if not look.docker_ids:
                marks.is_everything = True
            if containers:
                marks.inspected |= containers
                self._pending.append(_PendingLook(look, time.monotonic(), containers))
            else:
                answered.append(look)
        return answered

    def _answer_looks(self, inspections: Iterable[Inspection]) -> None:
        for inspection in inspections:
            for pending in self._pending:
                if inspection.began_at >= pending.asked_at - 0.001:
                    pending.remaining.discard(inspection.container_id)
        for pending in [pending for pending in self._pending if not pending.remaining]:
            pending.look.seen.set()
            self._pending.remove(pending)

    def _take_due(self, marks: Marks) -> None:
        now = time.monotonic()
        for docker_id in [docker_id for docker_id, due in self._later.items() if due <= now]:
            del self._later[docker_id]
            marks.inspected.add(docker_id)

    def inspect_everything(self) -> None:
        """Have every container inspected in the background: what happened while nobody followed is unknown."""
        self._inspectors.ask(list(self.memory.containers), is_urgent=False)

    def _write(self, update: Update, events: Sequence[EventFact], status: dict[str, Any], *, is_everything: bool = False) -> int:
        self._journal.complete(update, self.memory, is_everything=is_everything)
        changes, after = find_changes(self.memory, update)
        rows = self._journal.rows(events, after if after.containers else self.memory)
        moves = self._snapshot.ledger.compare(
            after, changes.containers(), read_nano=update.read_nano, now_nano=time.time_ns(), is_everything=is_everything
        )
        if not (changes or rows or status or moves):
            return 0
        now = datetime.now(UTC)
        self._snapshot.write(changes, after, rows, now=now, moves=moves, **status)
        self.memory = after
        for docker_id in changes.containers_gone:  # by an inspect: no list will speak of it any more
            self._settled.pop(docker_id, None)
        if changes:
            self._stirred_networks |= changes.touched_networks
            self.changed_at = time.monotonic()
        return len(changes)


def _is_newer_than(stamp: _Stamp, began_at: float) -> bool:
    """Whether a list read that began at `began_at` may overwrite what was read at `stamp`."""
    return began_at > stamp.ended_at + LIST_LAG_S if stamp.is_inspected else began_at >= stamp.began_at
