"""What Engines reported, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from networks.models import Container, Event, Network
from networks.queries.rows import EventRow

PAGE_SIZE = 100
# The first page's newest are always at hand; an id is only searched from its beginning, as people copy it.
SHORTEST_ID = 4
MAXIMUM_SEARCH_LENGTH = 200
_SAME = ("id", "engine_slug", "at", "kind", "verb", "actor_id", "actor_name", "container_id")  # of an EventRow


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What of the feed is asked for. `text`: part of a name, or an id's beginning. `before`: only older ones than this id."""

    kind: str = ""
    verb: str = ""
    text: str = ""
    before: int | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> EventFilter:
        """Read a page's query string; what is no number there counts as absent."""
        before = query.get("before", "")
        # More digits than SQLite's integers have are no id of ours.
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        text = query.get("q", "").strip().replace("\0", "")[:MAXIMUM_SEARCH_LENGTH]
        return cls(query.get("kind", ""), query.get("verb", ""), text, number)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event and what its sentence needs. `has_*`: it is still there, so its name may be a link.

    `exit_code`, `signal`, `old_name`: Docker's own text, "" where the event tells none. `ending`: see
    facts.Ending.
    """

    event: EventRow
    has_container: bool = False
    has_network: bool = False
    exit_code: str = ""
    signal: str = ""
    old_name: str = ""
    ending: str = ""


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of the feed. `older_than`: where the next page begins, None on the last."""

    lines: tuple[EventLine, ...] = ()
    older_than: int | None = None


def list_events(engine_slug: str, wanted: EventFilter | None = None, *, limit: int = PAGE_SIZE) -> EventPage:
    """Return the newest events that match, newest first. Three queries: events, and which of their subjects are still there."""
    records = list(_matching(engine_slug, wanted or EventFilter()).order_by("-id").values()[: limit + 1])
    older_than = records[limit - 1]["id"] if len(records) > limit else None
    records = records[:limit]
    networks = _present(Network.objects.all(), engine_slug, (_network_id(record) for record in records))
    containers = _present(Container.objects.all(), engine_slug, (record["container_id"] for record in records))
    return EventPage(tuple(_line_of(record, networks, containers) for record in records), older_than)


def _matching(engine_slug: str, wanted: EventFilter) -> QuerySet[Event]:
    """Return the events of one Engine that a filter lets through."""
    events = Event.objects.filter(engine_slug=engine_slug)
    if wanted.kind:
        events = events.filter(kind=wanted.kind)
    if wanted.verb:
        events = events.filter(verb=wanted.verb)
    if wanted.before is not None:
        events = events.filter(id__lt=wanted.before)
    if wanted.text:
        matches = Q(actor_name__icontains=wanted.text) | Q(container_name__icontains=wanted.text)
        if len(wanted.text) >= SHORTEST_ID:
            matches |= Q(actor_id__startswith=wanted.text) | Q(container_id__startswith=wanted.text)
        events = events.filter(matches)
    return events


def _present(rows: QuerySet[Any], engine_slug: str, docker_ids: Iterable[str]) -> frozenset[str]:
    """Return which of these ids the snapshot still holds."""
    wanted = {docker_id for docker_id in docker_ids if docker_id}
    found = rows.filter(engine__slug=engine_slug, docker_id__in=wanted).order_by().values_list("docker_id", flat=True)
    return frozenset(found)


def _network_id(record: Mapping[str, Any]) -> str:
    """Return the network that an event is about, "" where it is about none."""
    return str(record["actor_id"]) if record["kind"] == "network" else ""


def _line_of(record: Mapping[str, Any], networks: frozenset[str], containers: frozenset[str]) -> EventLine:
    """Return the line of one record."""
    network_id = _network_id(record)
    attributes = record["attributes"] if isinstance(record["attributes"], dict) else {}
    event = EventRow(
        **{name: record[name] for name in _SAME},
        container_name=record["container_name"] or (record["actor_name"] if record["kind"] == "container" else ""),
        network_id=network_id,
        network_name=record["actor_name"] if network_id else "",
    )
    return EventLine(
        event,
        has_container=record["container_id"] in containers,
        has_network=network_id in networks,
        exit_code=str(attributes.get("exitCode", "")),
        signal=str(attributes.get("signal", "")),
        old_name=str(attributes.get("oldName", "")).removeprefix("/"),
        ending=record["ending"],
    )
