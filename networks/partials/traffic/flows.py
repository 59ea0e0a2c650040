"""Rates of links added up, as containers see them: a sum of which a part isn't known is a gap, never a smaller number."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.hostnet.facts import Counters
from networks.sync.host.board import HostLink
from networks.sync.host.traffic import KEPT_S, SAMPLE_EVERY_S, Point, Rate, Traffic
from networks.templatetags.ui import count_text
from networks.templatetags.wording import spell

MOST_NAMES, NAME_LENGTH = 5, 40


def say_doubtful(links: Sequence[HostLink]) -> str:
    """Return which interfaces of one container are on a network that isn't known."""
    names = ", ".join(spell(link.peer.ifname)[:NAME_LENGTH] for link in links if link.peer)
    return _("Which network %(names)s is on isn't known: no address that Docker tells was read there.") % {"names": names}


def say_doubts(links: Sequence[HostLink], perhaps: Sequence[HostLink], *, running: int) -> list[str]:
    """Return why the links of a network that are known may not be all: `perhaps` may be on it; `running` containers are."""
    said: list[str] = []
    if perhaps:
        ends = [f"{spell(one.peer.container_name)[:NAME_LENGTH]} {spell(one.peer.ifname)}" for one in perhaps if one.peer]
        names = ", ".join(ends[:MOST_NAMES]) + ("…" if len(ends) > MOST_NAMES else "")
        said.append(_("Whether these are on this network isn't known, and they aren't counted: %(names)s.") % {"names": names})
    known = {one.peer.container_id for one in (*links, *perhaps) if one.peer}
    missing = running - len(known) - sum(1 for one in links if one.peer is None)
    if links and missing > 0:
        words = ngettext(
            "%(count)s running container on it has no link on the host that is known, and isn't counted.",
            "%(count)s running containers on it have no link on the host that is known, and aren't counted.",
            missing,
        )
        said.append(words % {"count": count_text(missing)})
    return said


def say_no_link(driver: str, *, running: int) -> list[str]:
    """Return why no link of a network is known; `running`: how many of this Engine's running containers are on it."""
    if not running and driver != "overlay":
        return [_("No running container is on it, so it carries no traffic.")]
    if driver == "bridge":
        return [_("The links of its containers were not found on the host, or not yet.")]
    words = _("Its containers' interfaces have no links on the host that could be counted, unlike those of a bridge.")
    if driver == "overlay":  # its containers have another link, on docker_gwbridge or on a bridge network: their pages count that
        return [words]
    return [words, _("The page of a container that has no other link shows what its Engine counts for it.")]


# A stretch that is longer was not waited for: it is a gap anyway, and mustn't weigh as one that was measured.
LONGEST_S = 3 * SAMPLE_EVERY_S


class Flow(NamedTuple):
    """Per second, or altogether: what containers `received` and `sent` in bytes, `dropped` and `errors` in packets, both ways."""

    received: float
    sent: float
    dropped: float = 0.0
    errors: float = 0.0

    @property
    def trouble(self) -> float:
        """Packets that got lost or broken."""
        return self.dropped + self.errors


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch between two samples. `at`: its end, seconds since 1970; `seconds`: its length. `flow` None: a gap."""

    at: float
    seconds: float
    flow: Flow | None


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of stretches. `at`: its start, seconds since 1970; `measured_s`: how much of it is known.

    `flow`: on average over what is known, None where nothing is; `most_*`: of its fastest stretches. `lost`: packets altogether.
    """

    at: float
    measured_s: float
    flow: Flow | None
    most_received: float = 0.0
    most_sent: float = 0.0
    lost: float = 0.0


def flow_of(rate: Rate | None, *, is_inside: bool = False) -> Flow | None:
    """Return a rate as the container sees it: what the host's end sends (its tx) is what the container receives.

    `is_inside`: it was counted at the container's own end.
    """
    if rate is None:
        return None
    received, sent = (rate.rx_bytes, rate.tx_bytes) if is_inside else (rate.tx_bytes, rate.rx_bytes)
    return Flow(received, sent, rate.dropped, rate.errors)


def total_of(counters: Counters | None, *, is_inside: bool = False) -> Flow | None:
    """Return what was counted since the link was made, as the container sees it."""
    if counters is None:
        return None
    received, sent = (counters.rx_bytes, counters.tx_bytes) if is_inside else (counters.tx_bytes, counters.rx_bytes)
    return Flow(received, sent, counters.rx_dropped + counters.tx_dropped, counters.rx_errors + counters.tx_errors)


def added(flows: Iterable[Flow | None]) -> Flow | None:
    """Return the sum, None where there is nothing to add, or one of them isn't known."""
    known: list[Flow] = []
    for flow in flows:
        if flow is None:
            return None
        known.append(flow)
    return Flow(*map(sum, zip(*known, strict=True))) if known else None


def added_up(points: Iterable[Sequence[Point]], *, is_inside: bool = False, after: float | None = None) -> tuple[Stretch, ...]:
    """Return the stretches of several links together, oldest first. `points`: of each link, as Traffic gives them.

    A stretch that is a gap of one link is a gap of the sum. So is the one in which a link came: it has no point for it.
    `after`: the end of the stretch before the first that is wanted; every link was there by then, so that one without a point
    makes a gap as well.
    """
    sums: dict[float, Flow | None] = {}
    links_at: Counter[float] = Counter()
    firsts: set[float] = set()
    count = 0
    for of_link in points:
        count += 1
        wanted = [point for point in of_link if point.at > after] if after is not None else of_link
        if wanted:
            firsts.add(wanted[0].at)
        for point in wanted:
            links_at[point.at] += 1
            flow = flow_of(point.rate, is_inside=is_inside)
            sums[point.at] = added((sums[point.at], flow)) if point.at in sums else flow
    ends = sorted(sums)
    for end in ends if after is not None else ():
        if links_at[end] < count:
            sums[end] = None
    for first in firsts:
        place = bisect_left(ends, first)
        if place:
            sums[ends[place - 1]] = None
    befores = [ends[0] - SAMPLE_EVERY_S if after is None else after, *ends] if ends else []
    return tuple(
        Stretch(end, min(max(end - before, 0.0), LONGEST_S), sums[end]) for before, end in zip(befores, ends, strict=False)
    )


def by_minute(stretches: Iterable[Stretch]) -> tuple[Minute, ...]:
    """Return the minutes that the stretches end in, newest first; a minute that nothing is known of is among them."""
    minutes: dict[float, list[Stretch]] = {}
    for stretch in stretches:
        minutes.setdefault(stretch.at // 60 * 60, []).append(stretch)
    return tuple(_minute(at, minutes[at]) for at in sorted(minutes, reverse=True))


def _minute(at: float, stretches: list[Stretch]) -> Minute:
    known = [(stretch.seconds, stretch.flow) for stretch in stretches if stretch.flow is not None and stretch.seconds > 0]
    measured_s = sum(seconds for seconds, _flow in known)
    if not measured_s:
        return Minute(at, 0.0, None)
    whole = Flow(*map(sum, zip(*([seconds * part for part in flow] for seconds, flow in known), strict=True)))
    return Minute(
        at,
        measured_s,
        Flow(*(part / measured_s for part in whole)),
        max(flow.received for _, flow in known),
        max(flow.sent for _, flow in known),
        whole.trouble,
    )


# Points that are added up at once. Of more links than ten, a chart that nobody looked at begins later than 15 minutes ago.
MOST_POINTS = 4_500


class TrafficSums:
    """Keeps the sums of as many sets of links as `most`; what was least recently asked for leaves first. Any thread."""

    def __init__(self, most: int = 32) -> None:
        self._kept: LRUCache[Hashable, tuple[Traffic, int, tuple[Stretch, ...]]] = LRUCache(most)
        self._lock = Lock()

    def add_up(
        self, ports: Hashable, indexes: Sequence[int], traffic: Traffic, *, is_inside: bool = False
    ) -> tuple[Stretch, ...]:
        """Return the last 15 minutes of these links together. `ports`: what they are known by; others have another sum."""
        sequence = traffic.sequence()
        with self._lock:
            known, counted, stretches = self._kept.get(ports, (None, 0, ()))
        if known is traffic and counted == sequence:
            return stretches
        if known is traffic and counted < sequence and stretches:
            stretches = self._continued(stretches, indexes, traffic, is_inside)
        else:
            stretches = self._whole(indexes, traffic, is_inside)
        with self._lock:
            self._kept[ports] = (traffic, sequence, stretches)
        return stretches

    @staticmethod
    def _whole(indexes: Sequence[int], traffic: Traffic, is_inside: bool) -> tuple[Stretch, ...]:
        newest_s = min(KEPT_S, SAMPLE_EVERY_S * MOST_POINTS / max(1, len(indexes)))
        return added_up([traffic.points(index, newest_s=newest_s) for index in indexes], is_inside=is_inside)

    def _continued(
        self, known: tuple[Stretch, ...], indexes: Sequence[int], traffic: Traffic, is_inside: bool
    ) -> tuple[Stretch, ...]:
        since = known[-1].at
        newest_s = max(0.0, time.time() - since) + SAMPLE_EVERY_S
        fresh = added_up([traffic.points(index, newest_s=newest_s) for index in indexes], is_inside=is_inside, after=since)
        if not fresh:  # the clock was put back, or nothing was counted of them
            return self._whole(indexes, traffic, is_inside)
        return (*(one for one in known if one.at > fresh[-1].at - KEPT_S), *fresh)


sums = TrafficSums()
