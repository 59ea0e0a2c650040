"""What a process holds over time: memory, descriptors, threads, and whether they grow."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """What a process held at a moment. `at_s`: since the measurement began; `memory_mb`: resident."""

    at_s: float
    memory_mb: float
    descriptors: int
    threads: int


def held_by(pid: int, at_s: float) -> Held:
    """Read it from /proc. Raises OSError for a process that has ended."""
    folder = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    memory_mb = int(status["VmRSS"].split()[0]) / 1024
    return Held(at_s, memory_mb, len(list((folder / "fd").iterdir())), int(status["Threads"]))


def memory_slope(held: Sequence[Held]) -> float:
    """Return MB per 10 minutes: the median slope of all pairs (Theil and Sen), which single heaps of garbage don't move."""
    slopes = (
        (later.memory_mb - sooner.memory_mb) / (later.at_s - sooner.at_s)
        for sooner, later in itertools.combinations(held, 2)
        if later.at_s > sooner.at_s
    )
    return statistics.median(slopes) * 600


def growth(counts: Sequence[int]) -> float:
    """Return by how much the last quarter's lowest count is above the first quarter's highest; below 0 where it isn't.

    What comes and goes (a visitor's connection, a thread of a pool) moves both; a leak lifts even the lowest.
    """
    quarter = max(1, len(counts) // 4)
    return min(counts[-quarter:]) - max(counts[:quarter])
