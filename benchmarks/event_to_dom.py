"""T3: from the Engine's own time stamp of an event to the row in the DOM of a real Chromium.

`docker network create x` in a shell, 500 containers in the snapshot, `/networks/` open; then the same with 100 more sockets.
Beside it, in the same run and without us: the event's arrival at a raw reader, and one raw inspect.
"""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

from playwright.sync_api import Page

from benchmarks.browsing import open_page, row_came_ms, wait_until_gone, watch_rows
from benchmarks.commands import Ground, run
from benchmarks.crowd import Crowd, Places
from benchmarks.figures import Report, percentile, summary, target
from benchmarks.raw import RawEvents
from benchmarks.served import Served, live_of
from tests.private_engine import wait_until

QUIET_S = 0.08  # between two samples: longer than the gathering of frames, as when a person types commands
MORE_SOCKETS = 100
SOCKETS_PER_PERSON = 40
PAGE = "/networks/"
_numbers = itertools.count()

Sample = tuple[int, float]  # the event's stamp in nanoseconds, the row's arrival in milliseconds; both since the epoch


def measure(ground: Ground) -> Report:
    """Measure on the grown world."""
    samples = ground.rounds(60, 4)
    arrivals, inspects = _measure_raw(ground, samples)
    with Served(ground.folder / "plain", ground.engine.url) as served:
        cookies = served.cookies(2 + MORE_SOCKETS // SOCKETS_PER_PERSON)
        served.wait_until_settled(len(ground.world.containers))
        with open_page(served, PAGE, cookies[0]) as page:
            alone = _delays(_sample(ground, page, samples))
            live = live_of(served.visitor(cookies[0]).page(PAGE))
            with Crowd(Places(served.port, live, cookies[1:], MORE_SOCKETS)):
                crowded = _delays(_sample(ground, page, samples))
    base = {share: percentile(arrivals, share) + percentile(inspects, share) for share in (50, 95)}
    return {
        "raw_arrival_ms": summary(arrivals),
        "raw_inspect_ms": summary(inspects),
        "event_to_dom_ms": summary(alone),
        "event_to_dom_with_100_more_sockets_ms": summary(crowded),
        "stages_median_ms": _measure_stages(ground, ground.rounds(25, 3)),
        "targets": [
            target("T3", "median", percentile(alone, 50), 8, unit="ms"),
            target("T3", "p95", percentile(alone, 95), 20, unit="ms"),
            target("T3", "p95 with 100 more sockets", percentile(crowded, 95), 30, unit="ms"),
            target("T3", "median / (raw arrival + one inspect)", percentile(alone, 50) / base[50], 4),
            target("T3", "p95 / (raw arrival + one inspect)", percentile(alone, 95) / base[95], 4),
            target("T3", "p95 with 100 more sockets / (raw arrival + one inspect)", percentile(crowded, 95) / base[95], 6),
        ],
    }


def _measure_raw(ground: Ground, samples: int) -> tuple[list[float], list[float]]:
    """Create networks while only a raw reader listens; return the events' arrivals and one inspect's time after each."""
    arrivals, inspects = [], []
    with RawEvents(ground.engine.socket) as events:
        for _ in range(samples):
            docker_id = _create(ground)
            event, arrived_ns = wait_until(lambda docker_id=docker_id: events.find("create", docker_id), "the event")
            arrivals.append((arrived_ns - event["timeNano"]) / 1e6)
            began_ns = time.perf_counter_ns()
            ground.raw.call("GET", f"/networks/{docker_id}")
            inspects.append((time.perf_counter_ns() - began_ns) / 1e6)
            ground.raw.call("DELETE", f"/networks/{docker_id}")
            time.sleep(QUIET_S)
    return arrivals, inspects


def _create(ground: Ground) -> str:
    """Create a network as a person does, and return its id."""
    return ground.engine.cli("network", "create", f"fresh-{next(_numbers):05}")


def _sample(ground: Ground, page: Page, count: int) -> list[Sample]:
    """Create networks one by one, and remove each once its row is there."""
    watch_rows(page, "network-rows")
    found = []
    with RawEvents(ground.engine.socket) as events:
        for _ in range(count):
            docker_id = _create(ground)
            row_ms = row_came_ms(page, f"net-{docker_id}")
            event, _ = wait_until(lambda docker_id=docker_id: events.find("create", docker_id), "the event")
            found.append((event["timeNano"], row_ms))
            time.sleep(QUIET_S)
            ground.raw.call("DELETE", f"/networks/{docker_id}")
            wait_until_gone(page, f"net-{docker_id}")
            time.sleep(QUIET_S)
    return found


def _delays(samples: list[Sample]) -> list[float]:
    return [row_ms - stamp_ns / 1e6 for stamp_ns, row_ms in samples]


def _measure_stages(ground: Ground, count: int) -> Report:
    """Do it again with a server that notes its stages: when each began after the event's stamp, and how long it took."""
    traces = ground.folder / "traces.json"
    program = ("-m", "benchmarks.traced_server", str(traces))
    with Served(ground.folder / "traced", ground.engine.url, program=program) as served:
        cookies = served.cookies()
        served.wait_until_settled(len(ground.world.containers))
        with open_page(served, PAGE, cookies[0]) as page:
            samples = _sample(ground, page, count)
    return _stages_of(json.loads(traces.read_text()), samples)


def _stages_of(marks: list[tuple[str, int, int]], samples: list[Sample]) -> Report:
    """Take of each stage the first one that belongs to a sample: it ended after the stamp and began before the row was there."""
    found: dict[str, list[tuple[float, float]]] = {}
    for stamp_ns, row_ms in samples:
        seen: set[str] = set()
        for stage, began_ns, ended_ns in sorted(marks, key=lambda mark: mark[1]):
            if stage not in seen and stamp_ns <= began_ns <= row_ms * 1e6:
                seen.add(stage)
                found.setdefault(stage, []).append(((began_ns - stamp_ns) / 1e6, (ended_ns - began_ns) / 1e6))
    found["row in the DOM"] = [(delay, 0.0) for delay in _delays(samples)]
    report: dict[str, Any] = {
        stage: {
            "begins_after_event": round(percentile([begin for begin, _ in times], 50), 2),
            "takes": round(percentile([length for _, length in times], 50), 2),
            "p95_begin": round(percentile([begin for begin, _ in times], 95), 2),
        }
        for stage, times in found.items()
    }
    return dict(sorted(report.items(), key=lambda entry: entry[1]["begins_after_event"]))


if __name__ == "__main__":
    run("event_to_dom", measure)
