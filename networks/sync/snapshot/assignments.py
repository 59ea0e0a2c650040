"""What the history of addresses has to write, and when endpoints came and went, by the Engine's own events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from networks.addressing.reading import IPAddress, address_key
from networks.engine.facts import ContainerFact, EndpointFact, EventFact
from networks.engine.states import RUNNING_STATES, WITH_STACK
from networks.sync.recent import Recent
from networks.sync.snapshot.memory import endpoints_of
from networks.sync.snapshot.translate import Row

# An event is stamped after what it tells of happened: 1 ms at most while quiet, more while the machine is busy.
SLACK_NS = 50_000_000
# Between the end of a container's process and the word that its endpoint has left: 0.3 s was the longest seen.
LEAVING_TAKES_NS = 10_000_000_000
# Whatever an event tells of is read within seconds; of each container that is gone 200 times would stay.
KEEP_S, MOST_CONTAINERS = 120.0, 5_000
MOST_A_CONTAINER, KEPT_A_CONTAINER = 200, 100
_CAME, _WENT = "connect", "disconnect"
_Times = list[tuple[int, str, str]]  # time, verb, network id ("" for the end of the container's process)


class EventTimes:
    """The last connects, disconnects and ends of each container. Nanoseconds of the Engine's clock."""

    def __init__(self) -> None:
        self._times: Recent[_Times] = Recent(KEEP_S, MOST_CONTAINERS)

    def note(self, events: Iterable[EventFact]) -> set[str]:
        """Remember those that matter, and return the ids of their containers."""
        noted: set[str] = set()
        for event in events:
            is_link = event.kind == "network" and event.verb in (_CAME, _WENT)
            if not (is_link or (event.kind == "container" and event.verb == "die")) or not event.time_nano:
                continue
            if event.container_id:
                noted.add(event.container_id)
                self._add(event.container_id, (event.time_nano, event.verb, event.network_id))
        return noted

    def begin_of(self, container_id: str, network_id: str, *, after_nano: int, seen_nano: int) -> int | None:
        """Return when the endpoint that was seen at `seen_nano` came, if an event after `after_nano` tells."""
        times = self._times.get(container_id) or ()
        came = [
            time
            for time, verb, network in times
            if verb == _CAME and network == network_id and after_nano < time <= seen_nano + SLACK_NS
        ]
        if not came:
            return None
        begin = max(came)
        has_ended = any(begin < time < seen_nano - SLACK_NS for time in self._ends(container_id, network_id))
        return None if has_ended else begin  # it came again since, and no event told

    def end_of(self, container_id: str, network_id: str, *, after_nano: int, gone_nano: int) -> tuple[int, bool] | None:
        """Return when the endpoint went that was there at `after_nano` and no more at `gone_nano`, if an event tells.

        And whether no other event can tell better: of a container that ends, the end of its process is told first, and then,
        while it may look gone already, that its endpoint has left.
        """
        ends = (time for time in self._ends(container_id, network_id) if after_nano < time <= gone_nano + SLACK_NS)
        first = min(ends, default=None)
        if first is None:
            return None
        again = self.next_begin(container_id, network_id, after_nano=first)
        left = (
            time
            for time, verb, network in self._times.get(container_id) or ()
            if verb == _WENT and network == network_id and first <= time < (again or first + LEAVING_TAKES_NS)
        )
        went = min(left, default=None)
        return (first, again is not None) if went is None else (went, True)

    def next_begin(self, container_id: str, network_id: str, *, after_nano: int) -> int | None:
        """Return when an endpoint of this pair came the next time after a moment, if an event tells."""
        times = self._times.get(container_id) or ()
        came = (time for time, verb, network in times if verb == _CAME and network == network_id and time > after_nano)
        return min(came, default=None)

    def _ends(self, container_id: str, network_id: str) -> list[int]:
        times = self._times.get(container_id) or ()
        return [time for time, verb, network in times if verb != _CAME and network in (network_id, "")]

    def _add(self, container_id: str, entry: tuple[int, str, str]) -> None:
        times = self._times.get(container_id) or []
        times.append(entry)
        if len(times) > MOST_A_CONTAINER:
            del times[: len(times) - KEPT_A_CONTAINER]
        self._times.put(container_id, times)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Docker gives the addresses before it says that the container has started: 0.5 s was the longest seen.
START_TAKES_NS = 1_000_000_000

# Members that a column of the same name holds.
_OF_ASSIGNMENT = ("address", "container_id", "container_name", "network_id", "network_name", "family", "endpoint_id")
HeldKey = tuple[str, int]  # network name, family: a container has one endpoint on a network


def to_moment(nano: int) -> datetime:
    """Return nanoseconds since 1970 as an aware datetime, in whole microseconds."""
    return _EPOCH + timedelta(microseconds=nano // 1_000)


def to_nano(moment: datetime | None) -> int:
    """Return an aware datetime as nanoseconds since 1970, 0 for None."""
    return 0 if moment is None else (moment - _EPOCH) // timedelta(microseconds=1) * 1_000


@dataclass(slots=True)
class OpenAssignment:
    """An assignment that is open. `pk` 0 until it is written.

    `from_nano`: exact, or when it was first seen. `seen_nano`: when it was certainly still held.
    """

    pk: int
    container_id: str
    container_name: str
    network_id: str
    network_name: str
    family: int
    address: str
    endpoint_id: str
    from_nano: int
    seen_nano: int

    @property
    def key(self) -> HeldKey:
        """What tells it from the others of its container."""
        return self.network_name, self.family


@dataclass(frozen=True, slots=True)
class AssignmentEnd:
    """How an assignment ended. `latest_nano` None where the time is exact; 0 where nobody knows until when it lasted."""

    until_nano: int
    latest_nano: int | None = None

    def columns(self) -> Row:
        return {
            "until_at": to_moment(self.until_nano),
            "is_until_exact": self.latest_nano is None,
            "until_latest_at": to_moment(self.latest_nano) if self.latest_nano else None,
        }


@dataclass(slots=True)
class Loose:
    """A time that isn't exact yet: an event that comes later, or an inspect, may tell. Between `after_nano` and `upto_nano`.

    `told_nano`: the bound of a begin that is written. Events are looked for beyond it: Docker stamps them up to 0.1 s after the
    process. `told_end`: the end that is written.
    """

    held: OpenAssignment
    is_begin: bool
    after_nano: int
    upto_nano: int
    told_nano: int = 0
    told_end: AssignmentEnd = AssignmentEnd(0)


@dataclass(slots=True)
class Moves:
    """What one transaction writes of the history. `fixed`: columns of rows that are there. `watch`: when the last
    span ended and a new one began, and the Engine's own ID.
    """

    opened: list[tuple[OpenAssignment, Row]] = field(default_factory=list)
    closed: list[tuple[OpenAssignment, AssignmentEnd]] = field(default_factory=list)
    fixed: list[tuple[OpenAssignment, Row]] = field(default_factory=list)
    watch: tuple[datetime | None, datetime, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed or self.fixed or self.watch)


def addresses_held(fact: ContainerFact | None) -> Iterator[tuple[HeldKey, IPAddress, EndpointFact]]:
    """Yield each address that a container has, with its endpoint.

    After a crash dockerd 26.1 keeps showing the addresses of a container that has ended, which are free again.
    """
    if fact is None or fact.state not in RUNNING_STATES:
        return
    for endpoint in endpoints_of(fact):
        if endpoint.ipv4 is not None:
            yield (endpoint.network_name, 4), endpoint.ipv4, endpoint
        if endpoint.ipv6 is not None:
            yield (endpoint.network_name, 6), endpoint.ipv6, endpoint


def opened_row(
    held: OpenAssignment, *, engine_slug: str, address: IPAddress, mac: str, begin: int | None, earliest_nano: int
) -> Row:
    """Return the row of an assignment that begins. `begin`: exact, None where it was found. `earliest_nano`: 0 for unknown."""
    return {
        **{name: getattr(held, name) for name in _OF_ASSIGNMENT},
        "engine_slug": engine_slug,
        "address_key": address_key(address),
        "mac": mac,
        "from_at": to_moment(held.from_nano),
        "is_from_exact": begin is not None,
        "from_earliest_at": to_moment(earliest_nano) if begin is None and earliest_nano else None,
        "until_at": None,
        "is_until_exact": False,
        "until_latest_at": None,
        "was_address": "",
        "was_until_at": None,
    }


def end_by_process(held: OpenAssignment, fact: ContainerFact | None, seen_nano: int, gone_nano: int) -> AssignmentEnd:
    """Return how an assignment ended that no event tells of, by when the container's process began and ended.

    It was held at `seen_nano` and no more at `gone_nano`. A process that was running at the former and has ended gives the
    time; one that began later only says that the end was before.
    """
    started, finished = (to_nano(fact.started_at), to_nano(fact.finished_at)) if fact else (0, 0)
    is_same_process = started <= max(seen_nano, held.from_nano + START_TAKES_NS)
    has_ended_since = seen_nano < finished <= gone_nano
    if has_ended_since and is_same_process and fact and fact.state not in WITH_STACK:
        return AssignmentEnd(finished)
    known = (finished,) if is_same_process else (started, finished)
    bounds = [gone_nano, *(each for each in known if seen_nano < each <= gone_nano)]
    return AssignmentEnd(seen_nano, min(bounds))
