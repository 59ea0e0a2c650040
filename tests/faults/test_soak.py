"""An hour under churn: memory, descriptors and threads of the server stay flat, and the snapshot is right at the end."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from benchmarks.served import Served
from tests.faults.busy import Day
from tests.faults.gauge import Held, growth, held_by, memory_slope
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.operations import World
from tests.sync.truth import remembered, truth

MINUTES, WARM_UP_MINUTES = 60, 10
EVERY_S = 10.0
MOST_MB_PER_10_MINUTES = 1.0


@pytest.mark.full
@pytest.mark.engine
def test_an_hour_of_churn_leaves_nothing_behind(fresh_engine: PrivateEngine, tmp_path: Path) -> None:
    more = {"NETADMIN_NETNS": f"/run/netns/{fresh_engine.netns}"}
    with Served(tmp_path / "served", fresh_engine.url, more=more) as served:
        day = Day(fresh_engine, served, World(fresh_engine.socket, random.Random(5)))  # noqa: S311
        threads = day.begin()
        try:
            held = _held_over(served.pid, MINUTES * 60)
        finally:
            day.end(threads)
        wait_until(lambda: remembered(served.snapshot()) == truth(fresh_engine.socket), "the snapshot to be right", deadline_s=15)
        log = served.log()

    warm = [each for each in held if each.at_s >= WARM_UP_MINUTES * 60]
    figures = {
        "memory_mb": [round(each.memory_mb, 1) for each in warm[:: len(warm) // 10]],
        "mb_per_10_minutes": round(memory_slope(warm), 2),
        "descriptors": (min(each.descriptors for each in warm), max(each.descriptors for each in warm)),
        "threads": (min(each.threads for each in warm), max(each.threads for each in warm)),
        "operations": day.world.done,
        "pages": day.pages,
        "acts": day.acts,
        "crowds": day.crowds,
    }
    print(figures)
    assert day.troubles == []
    assert "Traceback" not in log
    assert day.world.done > MINUTES * 60
    assert memory_slope(warm) <= MOST_MB_PER_10_MINUTES, figures
    assert growth([each.descriptors for each in warm]) <= 0, figures
    assert growth([each.threads for each in warm]) <= 0, figures


def _held_over(pid: int, seconds: float) -> list[Held]:
    began, held = time.monotonic(), []
    while (at_s := time.monotonic() - began) < seconds:
        held.append(held_by(pid, at_s))
        time.sleep(EVERY_S)
    return held
