"""How much goes over each link: rates now, and fifteen minutes of every link in memory, two bytes for each figure and stretch."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from math import expm1, log1p

from networks.hostnet.facts import Counters

# What moved in one stretch: its end in seconds since 1970, bytes received and sent a second. A page makes thousands of them.
Volume = tuple[float, float, float]

SAMPLE_EVERY_S = 2.0
KEPT_S = 15 * 60.0
LENGTH = int(KEPT_S / SAMPLE_EVERY_S)  # stretches
# A sample that comes this late was not waited for: what went over a link meanwhile is told as a gap, not as an average.
LONGEST_STRETCH_S = 3 * SAMPLE_EVERY_S
# Rates are kept as logarithms in 16 bits: within 0.023 % of what was measured, from nothing to 10 TB/s. As 32-bit numbers a
# thousand links took twice the memory.
_STEPS = 2180.0
_MOST = 0xFFFE
_GAP = 0xFFFF
_MOVED = 4  # bytes and packets, received and sent


@dataclass(frozen=True, slots=True)
class Rate:
    """Per second, between two samples of one link, as the host's end counts: its tx is what a container got.

    `dropped` and `errors`: both directions together.
    """

    rx_bytes: float
    tx_bytes: float
    rx_packets: float
    tx_packets: float
    dropped: float = 0.0
    errors: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One stretch between two samples. `at`: its end, seconds since 1970. `rate` None: a gap, since nobody looked, or the
    counters went backwards.
    """

    at: float
    rate: Rate | None


_ZERO = Rate(0.0, 0.0, 0.0, 0.0)


class _Series:
    """One link's stretches. An array is made when there is something to keep: most links are idle, and few have trouble."""

    __slots__ = ("dropped", "errors", "first", "moved")

    def __init__(self, first: int) -> None:
        self.first = first  # the number of the sample that the link was first seen in
        self.moved: array[int] | None = None
        self.dropped: array[int] | None = None
        self.errors: array[int] | None = None

    def keep(self, slot: int, rate: Rate | None) -> None:
        if self.moved is None and rate is not _ZERO:
            self.moved = array("H", bytes(2 * _MOVED * LENGTH))
        if self.moved is not None:
            self.moved[slot * _MOVED : (slot + 1) * _MOVED] = _moved_in(rate)
        self.dropped = _kept(self.dropped, slot, rate.dropped if rate else 0.0)
        self.errors = _kept(self.errors, slot, rate.errors if rate else 0.0)

    def at(self, slot: int) -> Rate | None:
        moved = self.moved[slot * _MOVED : (slot + 1) * _MOVED] if self.moved is not None else _NOTHING_MOVED
        if moved[0] == _GAP:
            return None
        dropped = _lengthen(self.dropped[slot]) if self.dropped is not None else 0.0
        errors = _lengthen(self.errors[slot]) if self.errors is not None else 0.0
        rx_bytes, tx_bytes, rx_packets, tx_packets = map(_lengthen, moved)
        return Rate(rx_bytes, tx_bytes, rx_packets, tx_packets, dropped, errors)


def _kept(figures: array[int] | None, slot: int, value: float) -> array[int] | None:
    if figures is None and value:
        figures = array("H", bytes(2 * LENGTH))
    if figures is not None:
        figures[slot] = _shorten(value)
    return figures


def _moved_in(rate: Rate | None) -> array[int]:
    if rate is None:
        return _GAP_MOVED
    if rate is _ZERO:
        return _NOTHING_MOVED
    return array("H", map(_shorten, (rate.rx_bytes, rate.tx_bytes, rate.rx_packets, rate.tx_packets)))


_NOTHING_MOVED, _GAP_MOVED = array("H", [0] * _MOVED), array("H", [_GAP] * _MOVED)


class Traffic:
    """A ring of samples of one Engine's machine. Nothing is measured while nobody looks. `add` in one thread, all else in any."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._count = 0  # samples taken
        self._now = float("-inf")
        self._at = array("d", bytes(8 * LENGTH))
        self._is_gap = bytearray(LENGTH)
        self._series: dict[int, _Series] = {}
        self._newest: Mapping[int, Counters] = {}
        self._rates: dict[int, Rate] = {}

    def add(self, counters: Mapping[int, Counters], *, now: float, at: float) -> None:
        """Take a sample: the counters of all links. `now`: monotonic seconds; `at`: seconds since 1970."""
        stretch_s = now - self._now
        is_gap = not 0 < stretch_s <= LONGEST_STRETCH_S
        with self._lock:
            slot = self._count % LENGTH
            self._at[slot], self._is_gap[slot] = at, is_gap
            for gone in self._series.keys() - counters.keys():
                del self._series[gone]
            rates: dict[int, Rate] = {}
            for index, new in counters.items():
                series = self._series.get(index)
                old = self._newest.get(index)
                if series is None or old is None:
                    self._series[index] = _Series(self._count)
                    continue
                rate = None if is_gap else _ZERO if new == old else rate_between(old, new, stretch_s)
                series.keep(slot, rate if not is_gap else _ZERO)
                if rate is not None:
                    rates[index] = rate
            self._newest, self._rates, self._now = counters, rates, now
            self._count += 1
            self._lock.notify_all()

    def forget(self) -> None:
        """Forget all links: the next sample may be another namespace's, where the same numbers are other links."""
        with self._lock:
            self._series, self._newest, self._rates = {}, {}, {}
            self._now = float("-inf")

    def rate(self, index: int) -> Rate | None:
        """Return the newest rate of a link, None where two samples in a row are wanting."""
        return self._rates.get(index)

    def counters(self, index: int) -> Counters | None:
        """Return the newest counters, None where the link was never sampled."""
        return self._newest.get(index)

    def points(self, index: int, *, newest_s: float = KEPT_S) -> tuple[Point, ...]:
        """Return what was measured in the last `newest_s` seconds before the newest sample, oldest first."""
        with self._lock:
            series = self._series.get(index)
            if series is None:
                return ()
            since = self._at[(self._count - 1) % LENGTH] - newest_s
            numbers = range(max(series.first + 1, self._count - LENGTH), self._count)
            slots = [number % LENGTH for number in numbers]
            return tuple(
                Point(self._at[slot], None if self._is_gap[slot] else series.at(slot)) for slot in slots if self._at[slot] > since
            )

    def volumes(self, index: int, *, newest_s: float = KEPT_S) -> tuple[Volume, ...]:
        """Return the bytes of `points` alone, gaps left out; nothing where nothing ever moved.

        That is most links: a page of a thousand asks for all of them at each sample.
        """
        with self._lock:
            series = self._series.get(index)
            if series is None or series.moved is None:
                return ()
            first, end = max(series.first + 1, self._count - LENGTH) % LENGTH, self._count % LENGTH
            # In two pieces where the ring is full, and cut in C: one by one this takes ten times as long.
            pieces = [(first, end)] if first < end else [(first, LENGTH), (0, end)]
            at = [when for begin, stop in pieces for when in self._at[begin:stop]]
            gaps = b"".join(self._is_gap[begin:stop] for begin, stop in pieces)
            moved = [series.moved[begin * _MOVED : stop * _MOVED] for begin, stop in pieces]
        rx, tx = ([code for piece in moved for code in piece[which::_MOVED]] for which in (0, 1))
        since = bisect_right(at, at[-1] - newest_s) if at else 0
        together = islice(zip(at, rx, tx, gaps, strict=True), since, None)
        return tuple((when, _LONG[r], _LONG[t]) for when, r, t, is_gap in together if r != _GAP and not is_gap)

    def sequence(self) -> int:
        """Return how many samples were taken: another number, other figures."""
        return self._count

    def wait_for_sample(self, timeout_s: float) -> bool:
        """Wait until the newest sample is a fresh one, 2 s old at most. Returns whether it is."""
        with self._lock:
            return self._lock.wait_for(lambda: time.monotonic() - self._now <= SAMPLE_EVERY_S, timeout_s)

    @property
    def sampled_at(self) -> float:
        """When the newest sample was taken, monotonic seconds; minus infinity before the first."""
        return self._now


def rate_between(old: Counters, new: Counters, stretch_s: float) -> Rate | None:
    """Return what went over a link a second, None where a counter went backwards: it wrapped, or was set to nothing."""
    rx_bytes, tx_bytes = new.rx_bytes - old.rx_bytes, new.tx_bytes - old.tx_bytes
    rx_packets, tx_packets = new.rx_packets - old.rx_packets, new.tx_packets - old.tx_packets
    rx_dropped, tx_dropped = new.rx_dropped - old.rx_dropped, new.tx_dropped - old.tx_dropped
    rx_errors, tx_errors = new.rx_errors - old.rx_errors, new.tx_errors - old.tx_errors
    if min(rx_bytes, tx_bytes, rx_packets, tx_packets, rx_dropped, tx_dropped, rx_errors, tx_errors) < 0:
        return None
    return Rate(
        rx_bytes / stretch_s,
        tx_bytes / stretch_s,
        rx_packets / stretch_s,
        tx_packets / stretch_s,
        (rx_dropped + tx_dropped) / stretch_s,
        (rx_errors + tx_errors) / stretch_s,
    )


def _shorten(value: float) -> int:
    return min(_MOST, round(log1p(value) * _STEPS))


def _lengthen(code: int) -> float:
    return _LONG[code]


_LONG = array("d", (expm1(code / _STEPS) for code in range(_GAP + 1)))
