"""Writers on SQLite: eight processes, a thousand transactions each, and nobody may ever hear that the database is locked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from django.db import OperationalError, transaction

from benchmarks.commands import run_alone
from benchmarks.database import FOLDER, SHARED, make_tables
from benchmarks.figures import Report, summary, target
from networks.models import EngineStatus, Event
from networks.sync.engines import ensure_local_engine
from tests.push.site import ROOT

WRITERS, BRIEF_WRITERS = 8, 3
TRANSACTIONS = 1_000
BRIEF_TRANSACTIONS = 20


def measure(_folder: Path, is_brief: bool) -> Report:
    """Let them write, beside one that writes alone."""
    writers, transactions = (BRIEF_WRITERS, BRIEF_TRANSACTIONS) if is_brief else (WRITERS, TRANSACTIONS)
    make_tables()
    began_at = time.monotonic()
    alone = _write(1, transactions)
    alone_s = time.monotonic() - began_at
    began_at = time.monotonic()
    together = _write(writers, transactions)
    together_s = time.monotonic() - began_at
    waits = [wait for one in together for wait in one["waits_ms"]]
    rows, revision = _written()
    locked = sum(one["locked"] for one in together)
    return {
        "writers": writers,
        "transactions_each": transactions,
        "one_writer_ms": summary([wait for one in alone for wait in one["waits_ms"]]),
        "eight_writers_ms": summary(waits),
        "one_writer_took_s": round(alone_s, 1),
        "eight_writers_took_s": round(together_s, 1),
        "targets": [
            target("writers", "transactions that found the database locked", locked, 0),
            target("writers", "rows that were not written", (writers + 1) * transactions - rows, 0),
            target("writers", "updates that were lost", (writers + 1) * transactions - revision, 0),
        ],
    }


def _write(writers: int, transactions: int) -> list[Report]:
    command = [sys.executable, "-m", "benchmarks.writers", "--as-writer", str(transactions)]
    environment = os.environ | {SHARED: str(FOLDER)}
    started = [_start([*command, str(number)], environment) for number in range(writers)]
    return [json.loads(process.communicate(timeout=300)[0]) for process in started]


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def _written() -> tuple[int, int]:
    return Event.objects.count(), EngineStatus.objects.values_list("revision", flat=True).get()


def write(transactions: int, number: int) -> Report:
    """Be one writer: read the revision, write it, and add a row, in each transaction, as the follower and actions do."""
    engine = ensure_local_engine("unix:///nowhere")
    waits: list[float] = []
    locked = 0
    for index in range(transactions):
        began_ns = time.perf_counter_ns()
        try:
            with transaction.atomic():
                revision = EngineStatus.objects.values_list("revision", flat=True).get(engine=engine)
                EngineStatus.objects.filter(engine=engine).update(revision=revision + 1)
                Event.objects.create(
                    engine_slug=engine.slug,
                    time_nano=time.time_ns(),
                    at=datetime.now(UTC),
                    kind="network",
                    verb=f"{number} {index}",
                )
        except OperationalError:
            locked += 1
        waits.append((time.perf_counter_ns() - began_ns) / 1e6)
    return {"locked": locked, "waits_ms": [round(wait, 3) for wait in waits]}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-writer"]:
        print(json.dumps(write(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        run_alone("writers", measure)
