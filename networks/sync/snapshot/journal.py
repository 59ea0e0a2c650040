"""Events become rows of the feed: names filled in, doubles left out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from networks.engine.facts import EventFact
from networks.models import Event, WatchedSpan
from networks.sync.recent import Recent
from networks.sync.snapshot.assignments import to_nano
from networks.sync.snapshot.changes import Update
from networks.sync.snapshot.endings import KEEP_S, NOTED, Endings, Stops
from networks.sync.snapshot.memory import Memory
from networks.sync.snapshot.translate import Row

# What an event of a container tells by itself, and a label of the same name hides.
HIDDEN = frozenset({"exitCode", "signal", "oldName"})
SHOWING = ("create", "start")  # tell none of these: one that stands there is a label
_KEEP_LABELS_S, _MOST_LABELLED = 7_200.0, 5_000


class Labels:
    """Which containers hide what their events tell. Belongs to one thread."""

    def __init__(self) -> None:
        self._hidden: Recent[frozenset[str]] = Recent(_KEEP_LABELS_S, _MOST_LABELLED)

    def take_out(self, events: Iterable[EventFact], memory: Memory) -> list[EventFact]:
        """Return the events without what is a container's label; what the Engine told in its place is not known."""
        return [self._take_out(event, memory) for event in events]

    def _take_out(self, event: EventFact, memory: Memory) -> EventFact:
        standing = HIDDEN & event.attributes.keys() if event.kind == "container" else frozenset()
        if not standing:
            return event
        known, before = memory.containers.get(event.actor_id), self._hidden.get(event.actor_id) or frozenset()
        hidden = before | (HIDDEN & known.labels.keys() if known else frozenset())
        if event.verb in SHOWING:
            hidden |= standing
        if hidden != before:
            self._hidden.put(event.actor_id, hidden)
        if not hidden & standing:
            return event
        return replace(event, attributes={name: text for name, text in event.attributes.items() if name not in hidden})


# One API disconnect emits `network disconnect` twice; measured a few milliseconds apart.
DOUBLED_WITHIN_NS = 50_000_000
# A health check makes three of these every time: noise that says nothing about networks.
IGNORED_VERBS = ("exec_create", "exec_start", "exec_die", "exec_detach", "top", "attach", "detach", "resize")
REMEMBERED = 512  # twice what the Engine replays


class EventJournal:
    """Makes rows of events, each event once, also when the Engine replays them after a reconnect."""

    def __init__(self, engine_slug: str, *, newest_nano: int = 0) -> None:
        self.engine_slug = engine_slug
        self.newest_nano = newest_nano
        self.floor_nano = newest_nano
        self.endings, self.stops = Endings(), Stops(engine_slug)
        self._labels = Labels()
        self._seen: deque[tuple[int, str, str, str, str]] = deque(maxlen=REMEMBERED)
        self._last: dict[tuple[str, str, str, str], int] = {}

    def note(self, events: Iterable[EventFact], memory: Memory, *, has_lost: bool) -> list[EventFact]:
        """Remember what events tell of ends, and return them without what only labels say. `has_lost`: others were lost."""
        own = self._labels.take_out(events, memory)
        if has_lost:
            self.endings.lose()
        self.endings.note(own)
        self.stops.note(own)
        return own

    def complete(self, update: Update, memory: Memory, *, is_everything: bool) -> None:
        """Add to what was read what only events tell. `is_everything`: all of the Engine was read."""
        self.endings.complete(update, memory)
        self.stops.complete(update, memory, is_everything=is_everything)

    def rows(self, events: Iterable[EventFact], memory: Memory) -> list[Row]:
        """Return rows for the events that are new. `memory` gives the names of containers."""
        return [self._row(event, memory) for event in events if event.verb not in IGNORED_VERBS and self._is_new(event)]

    def _is_new(self, event: EventFact) -> bool:
        what = (event.kind, event.verb, event.actor_id, event.container_id)
        stamp = (event.time_nano, *what)
        if event.time_nano <= self.floor_nano or stamp in self._seen:
            return False
        before = self._last.get(what)
        self._seen.append(stamp)
        if len(self._last) > REMEMBERED:
            self._last.clear()
        self._last[what] = event.time_nano
        self.newest_nano = max(self.newest_nano, event.time_nano)
        is_doubled = event.verb == "disconnect" and before is not None and event.time_nano - before < DOUBLED_WITHIN_NS
        return not is_doubled

    def _row(self, event: EventFact, memory: Memory) -> Row:
        container = memory.containers.get(event.container_id)
        told = event.attributes.get("name", "") if event.kind == "container" else ""
        return {
            "engine_slug": self.engine_slug,
            "time_nano": event.time_nano,
            "at": datetime.fromtimestamp(event.time_nano / 1e9, tz=UTC),
            "kind": event.kind[:40],
            "verb": event.verb[:80],
            "actor_id": event.actor_id[:80],
            "actor_name": event.actor_name,
            "container_id": event.container_id[:64],
            "container_name": container.name if container else told,
            "attributes": dict(event.attributes),
            "ending": self.endings.of_event(event).value if event.verb == "die" else "",
        }


def open_journal(engine_slug: str) -> EventJournal:
    """Return the journal of an Engine as the last process left it. Three statements."""
    events = Event.objects.filter(engine_slug=engine_slug)
    newest = events.order_by("-time_nano").values_list("time_nano", flat=True).first()
    journal = EventJournal(engine_slug, newest_nano=min(newest or 0, time.time_ns()))
    spans = WatchedSpan.objects.filter(engine_slug=engine_slug).order_by("-from_at", "-id")
    watched = spans.values_list("from_at", flat=True).first()
    if watched is not None:
        lately = events.filter(kind="container", verb__in=NOTED, time_nano__gte=journal.newest_nano - int(KEEP_S * 1e9))
        columns = ("kind", "verb", "actor_id", "actor_name", "time_nano", "attributes")
        facts = (EventFact(**row) for row in lately.order_by("time_nano", "id").values(*columns))
        journal.endings.load(facts, since_nano=to_nano(watched))
    return journal
