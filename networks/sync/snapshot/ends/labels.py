"""Labels of a container that stand in an event where the Engine's own word should: Docker puts them over what it tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from networks.engine.facts import EventFact
from networks.sync.recent import Recent
from networks.sync.snapshot.memory import Memory

# What an event of a container tells by itself, and a label of the same name hides.
HIDDEN = frozenset({"exitCode", "signal", "oldName"})
SHOWING = ("create", "start")  # tell none of these: one that stands there is a label
KEEP_S, MOST_CONTAINERS = 7_200.0, 5_000


class Labels:
    """Which containers hide what their events tell. Belongs to one thread."""

    def __init__(self) -> None:
        self._hidden: Recent[frozenset[str]] = Recent(KEEP_S, MOST_CONTAINERS)

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
