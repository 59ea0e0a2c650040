"""Figures: medians and percentiles, ratios, and the targets that they are held against."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

Report = dict[str, Any]


def timed_ms(work: Callable[[], object]) -> float:
    """Return how many milliseconds a piece of work takes."""
    began_ns = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began_ns) / 1e6


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that `share` per cent of all don't exceed (the nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def summary(values: Sequence[float], digits: int = 2) -> Report:
    """Return median, 95th and 99th percentile, the extremes and how many there were."""
    return {
        "median": round(statistics.median(values), digits),
        "p95": round(percentile(values, 95), digits),
        "p99": round(percentile(values, 99), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
        "samples": len(values),
    }


def in_turn(rounds: int, **works: Callable[[], object]) -> dict[str, list[float]]:
    """Time several pieces of work alternately, so that all meet the same noise. Returns milliseconds by name."""
    found: dict[str, list[float]] = {name: [] for name in works}
    names = list(works)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(timed_ms(works[name]))
    return found


def target(name: str, what: str, measured: float, limit: float, *, unit: str = "", at_least: bool = False) -> Report:
    """Return one target with what was measured, and whether it was reached."""
    is_reached = measured >= limit if at_least else measured <= limit
    sign = ">=" if at_least else "<="
    return {
        "target": name,
        "what": what,
        "measured": round(measured, 3),
        "limit": f"{sign} {limit:g}{f' {unit}' if unit else ''}",
        "is_reached": is_reached,
    }
