"""Several Engines followed by one process: how soon all are live, what they cost at rest, and what one that hangs costs."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from statistics import median

from benchmarks.commands import Ground, run
from benchmarks.figures import Report, target
from benchmarks.served import Served, processor_s
from tests.private_engine import PrivateEngine, wait_until

ENGINES, BRIEF_ENGINES = 10, 2
SECONDS, BRIEF_SECONDS = 30.0, 2.0
ROUNDS, BRIEF_ROUNDS = 20, 2
HANG_MOST_S = 60.0
SETTLE_S = 12.0  # what a start still reads: details, the host's links


def measure(ground: Ground) -> Report:
    """Start further dockerds, follow all of them by one new process, and watch that process at rest."""
    many, seconds = (BRIEF_ENGINES, BRIEF_SECONDS) if ground.is_brief else (ENGINES, SECONDS)
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(PrivateEngine()) for _ in range(many - 1)]
        served = Served(ground.folder / "several", ground.engine.url)
        try:
            served.start()
            for number, other in enumerate(others):
                served.manage("shell", "-v", "0", "-c", _ADD.format(number=number, url=other.url))
            wait_until(lambda: _live(served) == many, "all to be live", deadline_s=60)
            served.stop()
            began_at, began_text = time.monotonic(), _now(served)
            served.launch()
            wait_until(lambda: _live(served, since=began_text) == many, "all to be live again", deadline_s=60)
            live_s, own_s = time.monotonic() - began_at, processor_s(served.pid)
            time.sleep(0 if ground.is_brief else SETTLE_S)
            share = _share(served.pid, seconds)
            hang_s, beside = _hang(served, ground, others[-1], rounds=ground.rounds(ROUNDS, BRIEF_ROUNDS))
        finally:
            served.stop()
    return {
        "engines": many,
        "seconds": seconds,
        "start_to_live_s": round(live_s, 2),
        "own_processor_s_until_live": round(own_s, 2),
        "percent_of_a_core": round(share, 3),
        "hang_shown_after_s": round(hang_s, 2),
        "targets": [
            target("T13", f"start of the process to {many} Engines live", live_s, 5.0, unit="s"),
            target("T13", f"own processor time at rest, {many} Engines", share, 1.0, unit="% of a core"),
            target("T13", "a hung Engine is shown as disconnected after", hang_s, 12.0, unit="s"),
            target("T13", "a network seen while another Engine hangs / before (median)", beside, 1.2),
        ],
    }


_ADD = "from networks.models import Engine; Engine.objects.create(slug='e{number}', name='e{number}', url='{url}')"


def _now(served: Served) -> str:
    """Return the time of the database, as it writes it."""
    return str(served.query("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")[0][0])


def _live(served: Served, since: str = "") -> int:
    """Return how many Engines were read whole after `since`, and are live."""
    found = served.query("SELECT count(*) FROM networks_enginestatus WHERE state = 'live' AND as_of > ?", since)
    return int(found[0][0]) if found else 0


def _hang(served: Served, ground: Ground, other: PrivateEngine, *, rounds: int) -> tuple[float, float]:
    """Stop another dockerd as SIGSTOP does; return how long until that is shown, and how much longer networks took meanwhile.

    What is timed is `docker network create` until the row is in the database.
    """
    before = [_seen_ms(served, ground, f"before-{number}") for number in range(rounds)]
    assert other.process is not None
    os.kill(other.process.pid, signal.SIGSTOP)
    try:
        beside: list[float] = []
        began_at, shown_s = time.monotonic(), 0.0
        while not shown_s or len(beside) < rounds:
            beside.append(_seen_ms(served, ground, f"beside-{len(beside)}"))
            if not shown_s and served.query("SELECT 1 FROM networks_enginestatus WHERE state = 'disconnected'"):
                shown_s = time.monotonic() - began_at
            assert time.monotonic() - began_at < HANG_MOST_S, "a hung Engine is never shown as disconnected"
    finally:
        os.kill(other.process.pid, signal.SIGCONT)
    return shown_s, median(beside) / median(before)


def _seen_ms(served: Served, ground: Ground, name: str) -> float:
    began_at = time.monotonic()
    ground.engine.cli("network", "create", name)
    is_there = "SELECT 1 FROM networks_network WHERE name = ?"
    wait_until(lambda: served.query(is_there, name), f"the network {name}", interval_s=0.002)
    seen_ms = (time.monotonic() - began_at) * 1000
    ground.engine.cli("network", "rm", name)
    return seen_ms


def _share(pid: int, seconds: float) -> float:
    """Return the per cent of a core that a process takes for a while."""
    before, began_at = processor_s(pid), time.monotonic()
    time.sleep(seconds)
    return (processor_s(pid) - before) / (time.monotonic() - began_at) * 100


if __name__ == "__main__":
    run("engines", measure)
