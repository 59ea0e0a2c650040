"""T5: how soon a list of 500 rows answers, against the two raw calls; how it grows to 1,000; and how many statements it takes."""

from __future__ import annotations

import statistics
import time

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.commands import Ground, run
from benchmarks.database import make_tables
from benchmarks.figures import Report, percentile, summary, target
from benchmarks.served import Served, Visitor
from benchmarks.worlds import make_network
from networks.management.prepared import collect_static_if_needed
from networks.models import EngineStatus
from networks.sync.engines import ensure_local_engine
from tests.worlds import grow_world

LISTS = ("/containers/", "/networks/")
GROWN = {"500 containers": (200, 500), "1000 containers": (400, 1_000)}


def measure(ground: Ground) -> Report:
    """Measure on the real world, then on snapshots of two sizes, then count statements in this process."""
    rounds = ground.rounds(40, 3)
    found: dict[str, Report] = {}
    ratios = []
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookie = served.cookies()[0]
        served.wait_until_settled(len(ground.world.containers))
        visitor = served.visitor(cookie)
        for path in LISTS:
            cold = visitor.get(path).first_byte_ms
            raw, warm, whole = _alternate(ground, visitor, path, rounds)
            changed = _after_changes(ground, served, visitor, path, rounds // 2)
            ratios.append((path, percentile(warm, 50) / percentile(raw, 50)))
            found[path] = {
                "raw_two_calls_ms": summary(raw),
                "first_byte_ms": summary(warm),
                "whole_page_ms": summary(whole),
                "first_byte_after_a_change_ms": summary(changed),
                "first_byte_of_the_first_visit_ms": round(cold, 2),
            }
    grown = _grown(ground, rounds)
    growth = statistics.median(grown["1000 containers"]["ms"]) / statistics.median(grown["500 containers"]["ms"])
    statements = _statements()
    return {
        "pages": found,
        "grown": {
            name: {"first_byte_ms": summary(one["ms"]), "first_visit_ms": round(one["cold"], 2)} for name, one in grown.items()
        },
        "statements": statements,
        "targets": [
            *(target("T5", f"{path} first byte / two raw calls", ratio, 0.5) for path, ratio in ratios),
            target("T5", "1,000 rows / 500 rows", growth, 2.2),
            *(
                target("T5", f"{path} statements at 1,000 rows more than at 10", counts["1000"] - counts["10"], 0)
                for path, counts in statements.items()
            ),
        ],
    }


def _alternate(ground: Ground, visitor: Visitor, path: str, rounds: int) -> tuple[list[float], list[float], list[float]]:
    raw, first, whole = [], [], []
    for _ in range(rounds):
        began_ns = time.perf_counter_ns()
        ground.raw.two_calls()
        raw.append((time.perf_counter_ns() - began_ns) / 1e6)
        answer = visitor.get(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        first.append(answer.first_byte_ms)
        whole.append(answer.whole_ms)
    return raw, first, whole


def _after_changes(ground: Ground, served: Served, visitor: Visitor, path: str, rounds: int) -> list[float]:
    """Get the page after each of several changes: the first visitor after one pays for drawing it."""
    found = []
    for number in range(rounds):
        before = served.revision()
        docker_id = make_network(ground.raw, number, prefix="paged")
        deadline = time.monotonic() + 5
        while served.revision() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        found.append(visitor.get(path).first_byte_ms)
        ground.raw.call("DELETE", f"/networks/{docker_id}")
        time.sleep(0.1)
    return found


def _grown(ground: Ground, rounds: int) -> dict[str, Report]:
    """Serve snapshots that were never an Engine's: nobody follows, the pages are the same."""
    found: dict[str, Report] = {}
    for name, (networks, containers) in GROWN.items():
        folder = ground.folder / f"grown-{containers}"
        with Served(folder, "unix:///nowhere", more={"NETADMIN_FOLLOW": "false"}) as served:
            cookie = served.cookies()[0]
            served.manage("shell", "-c", _GROW.format(networks=networks, containers=containers))
            visitor = served.visitor(cookie)
            cold = visitor.get("/containers/").first_byte_ms
            found[name] = {"cold": cold, "ms": [visitor.get("/containers/").first_byte_ms for _ in range(rounds)]}
    return found


_GROW = """
from networks.models import Engine, EngineStatus
from tests.worlds import grow_world
engine = Engine.objects.get(slug="local")
grow_world(engine, networks={networks}, containers={containers}, second_endpoints={containers} // 10)
EngineStatus.objects.filter(engine=engine).update(epoch="grown", revision=1, state="live")
"""


def _statements() -> dict[str, dict[str, int]]:
    """Count the statements of each list in this process, with ten and with a thousand rows, nothing remembered."""
    make_tables()
    collect_static_if_needed()
    client = Client(headers={"host": "localhost:8000"})
    client.force_login(get_user_model()._default_manager.create_superuser("counting"))
    found: dict[str, dict[str, int]] = {path: {} for path in LISTS}
    for count in (10, 1_000):
        engine = ensure_local_engine("unix:///nowhere")
        grow_world(engine, networks=count, containers=count)
        EngineStatus.objects.filter(engine=engine).update(epoch=f"counted {count}", revision=1, state="live")
        for path in LISTS:
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            found[path][str(count)] = len(captured)
        engine.delete()
    return found


if __name__ == "__main__":
    run("pages", measure)
