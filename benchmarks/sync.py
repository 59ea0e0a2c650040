"""T1, T2, T10: what a full read and a write of a difference cost, against the two raw calls of the same run."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.commands import Ground, run
from benchmarks.counting import CountingProxy
from benchmarks.database import make_tables
from benchmarks.figures import Report, in_turn, summary, target, timed_ms
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.models import Engine
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.inbox import Inbox
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconciler import Reconciler
from networks.sync.snapshot.changes import Update, find_changes, update_from
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.memory import Memory
from networks.sync.snapshot.writer import Snapshot
from tests.private_engine import wait_until

SNAPSHOT_TABLES = ("networks_network", "networks_pool", "networks_container", "networks_endpoint", "networks_tombstone")


class Follower:
    """What follows an Engine, without threads of its own but those that inspect: one turn at a time."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.inbox = Inbox()
        self.client = EngineClient(url, Profile.READ)
        self.client.negotiate()
        self.snapshot = Snapshot(engine.pk)
        self.inspectors = Inspectors(engine.slug, lambda: EngineClient(url, Profile.READ), self.inbox)
        memory = self.snapshot.load()
        self.reconciler = Reconciler(self.client, self.snapshot, memory, EventJournal(engine.slug), self.inspectors)

    def learn_detail(self) -> None:
        """Inspect every container, as after each start."""
        self.inspectors.start()
        self.reconciler.inspect_everything()
        wait_until(self._has_learnt, "every container's detail", deadline_s=60)

    def _has_learnt(self) -> bool:
        self.reconciler.absorb(self.inbox.take(0.02))
        return self.inspectors.is_idle() and all(fact.has_detail for fact in self.reconciler.memory.containers.values())

    def close(self) -> None:
        """End threads and connection."""
        self.inspectors.stop()
        self.client.close()


def measure(ground: Ground) -> Report:
    """Measure on the grown world."""
    make_tables()
    engine = ensure_local_engine(ground.engine.url)
    first, written = _first_reads(ground, engine)
    follower = Follower(ground.engine.url, engine)
    try:
        follower.reconciler.resync()
        follower.learn_detail()
        again = in_turn(ground.rounds(40, 4), raw=ground.raw.two_calls, ours=follower.reconciler.resync)
        statements = _statements_of_nothing(follower)
        one_ms = _write_one_endpoint(follower, ground.rounds(100, 5))
        processor_ms = _own_share(follower, ground.rounds(20, 2))
    finally:
        follower.close()
    calls = _calls_of_resync(ground, engine)
    raw_ms = statistics.median(again["raw"])
    return {
        "raw_two_calls_ms": summary(again["raw"]),
        "resync_nothing_changed_ms": summary(again["ours"]),
        "own_processor_ms_of_it": round(processor_ms, 2),
        "first_read_parsed_compared_ms": summary(first["ours"]),
        "raw_two_calls_beside_it_ms": summary(first["raw"]),
        "first_read_all_rows_written_ms": summary(written["ours"]),
        "raw_two_calls_beside_that_ms": summary(written["raw"]),
        "one_endpoint_changed_ms": summary(one_ms, 3),
        "statements_nothing_changed": statements,
        "engine_calls_of_resync": calls,
        "targets": [
            target("T1", "resync, nothing changed / two raw calls", statistics.median(again["ours"]) / raw_ms, 1.2),
            target("T1", "first read, parsed and compared / two raw calls", _ratio(first), 1.2),
            target("T1", "first read, all rows written / two raw calls", _ratio(written), 3),
            target("T2", "Engine calls of a resync", len(calls), 2),
            target("T10", "statements on snapshot tables, nothing changed", len(statements), 0),
            target("T10", "one endpoint changed, found and written", statistics.median(one_ms), 2, unit="ms"),
        ],
    }


def _first_reads(ground: Ground, engine: Engine) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Read with nothing remembered: once to compare only, once to write everything."""

    def compare(follower: Follower) -> None:
        find_changes(Memory(), update_from(follower.client.picture(), Memory()))

    compared: dict[str, list[float]] = {"raw": [], "ours": []}
    written: dict[str, list[float]] = {"raw": [], "ours": []}
    for _ in range(ground.rounds(9, 2)):
        follower = Follower(ground.engine.url, engine)
        compared["raw"].append(timed_ms(ground.raw.two_calls))
        compared["ours"].append(timed_ms(lambda follower=follower: compare(follower)))  # type: ignore[misc]
        follower.close()
        follower = Follower(ground.engine.url, engine)
        written["raw"].append(timed_ms(ground.raw.two_calls))
        written["ours"].append(timed_ms(follower.reconciler.resync))
        follower.snapshot.empty()
        follower.close()
    return compared, written


def _statements_of_nothing(follower: Follower) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        follower.reconciler.resync()
    return [query["sql"] for query in captured if any(table in query["sql"] for table in SNAPSHOT_TABLES)]


def _write_one_endpoint(follower: Follower, rounds: int) -> list[float]:
    """Change one endpoint's address to and fro: find the difference, write it, and commit."""
    memory = follower.reconciler.memory
    known = next(fact for fact in memory.containers.values() if fact.state == "running" and fact.endpoints)
    found = []
    for number in range(rounds):
        moved = replace(known.endpoints[0], mac=f"02:42:00:00:00:{number % 256:02x}")
        fact = replace(known, endpoints=(moved, *known.endpoints[1:]))
        began_ns = time.perf_counter_ns()
        changes, memory = find_changes(memory, Update(containers={fact.docker_id: fact}))
        follower.snapshot.write(changes, memory, (), now=datetime.now(UTC))
        found.append((time.perf_counter_ns() - began_ns) / 1e6)
    return found


def _own_share(follower: Follower, rounds: int) -> float:
    """Return the processor milliseconds that a resync takes of this process: the rest is the Engine's."""
    found = []
    for _ in range(rounds):
        began_ns = time.thread_time_ns()
        follower.reconciler.resync()
        found.append((time.thread_time_ns() - began_ns) / 1e6)
    return statistics.median(found)


def _calls_of_resync(ground: Ground, engine: Engine) -> list[str]:
    with CountingProxy(ground.engine.socket, ground.folder / "counting.sock") as proxy:
        follower = Follower(f"unix://{proxy.path}", engine)
        follower.learn_detail()
        follower.reconciler.resync()
        proxy.calls.clear()
        follower.reconciler.resync()
        calls = list(proxy.calls)
        follower.close()
    return calls


def _ratio(found: dict[str, list[float]]) -> float:
    return statistics.median(found["ours"]) / statistics.median(found["raw"])


if __name__ == "__main__":
    run("sync", measure)
