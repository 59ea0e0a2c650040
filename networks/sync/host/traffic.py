"""How much goes over each link: rates now, and what was measured in the last 15 minutes, kept in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from networks.hostnet.facts import Counters

# What moved in one stretch: its end in seconds since 1970, bytes received and sent a second. A page makes thousands of them.
Volume = tuple[float, float, float]

SAMPLE_EVERY_S = 2.0
KEPT_S = 15 * 60.0


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


class Traffic(Protocol):
    """What was measured on one Engine's machine. Nothing is measured while nobody looks. Any thread."""

    def rate(self, index: int) -> Rate | None:
        """Return the newest rate of a link, None where two samples in a row are wanting."""

    def counters(self, index: int) -> Counters | None:
        """Return the newest counters, None where the link was never sampled."""

    def points(self, index: int, *, newest_s: float = KEPT_S) -> tuple[Point, ...]:
        """Return what was measured lately, oldest first."""

    def volumes(self, index: int, *, newest_s: float = KEPT_S) -> tuple[Volume, ...]:
        """Return the bytes of `points` alone, gaps left out; nothing where nothing ever moved. For a thousand links at once."""

    def sequence(self) -> int:
        """Return how many samples were taken: another number, other figures."""

    def wait_for_sample(self, timeout_s: float) -> bool:
        """Wait until the newest sample is a fresh one, 2 s old at most. Returns whether it is; at once where none is taken."""
