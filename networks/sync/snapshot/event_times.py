"""When endpoints came and went, by the Engine's own events: what the history of addresses takes its times from."""

from __future__ import annotations

from collections.abc import Iterable

from networks.engine.facts import EventFact
from networks.sync.recent import Recent

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
