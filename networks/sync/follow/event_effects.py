"""What an event makes us look at, and how. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from networks.engine.facts import ContainerFact, EventFact
from networks.engine.states import RUNNING_STATES
from networks.sync.snapshot.journal import IGNORED_VERBS

# Beyond this many, one full list costs less than so many reads.
MOST_SINGLE_READS = 60

# Docker may hold the container after these, and only the list doesn't wait. It was right at once after `die`; after `pause` it
# was found behind for good, so whatever it says here, an inspect in the background has the last word.
_LISTED_VERBS = frozenset({"create", "die", "stop", "kill", "restart"})


@dataclass(slots=True)
class Marks:
    """Ids to look at. `listed`: by the list, now. `inspected`: urgently. `later`: fallback for containers that are starting."""

    networks: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    inspected: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    is_everything: bool = False

    def __len__(self) -> int:
        return len(self.networks) + len(self.listed) + len(self.inspected)


def marks_of(events: Iterable[EventFact], containers: Mapping[str, ContainerFact]) -> Marks:
    """Turn events into ids to look at.

    A connect of a container that isn't running yet is part of its start: inspect would wait up to 0.5 s there and the list is
    stale until `start`, which will come; it is looked at later in case it doesn't.
    """
    marks = Marks()
    for event in events:
        if event.verb in IGNORED_VERBS:
            continue
        if event.kind == "network":
            _mark_network(event, containers, marks)
        elif event.kind == "container" and event.actor_id:
            if event.verb in _LISTED_VERBS:
                marks.listed.add(event.actor_id)
            else:
                marks.inspected.add(event.actor_id)
    marks.listed -= marks.inspected
    if len(marks) > MOST_SINGLE_READS:
        marks.is_everything = True
    return marks


def _mark_network(event: EventFact, containers: Mapping[str, ContainerFact], marks: Marks) -> None:
    container_id = event.container_id
    if event.verb in ("connect", "disconnect") and container_id:
        known = containers.get(container_id)
        if known is not None and known.state in RUNNING_STATES:
            marks.inspected.add(container_id)
        else:
            marks.later.add(container_id)
    elif event.actor_id:
        marks.networks.add(event.actor_id)
