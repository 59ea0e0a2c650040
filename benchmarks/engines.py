"""Several Engines followed by one process: how soon all are live, and what that costs while nothing happens."""

from __future__ import annotations

import contextlib
import time

from benchmarks.commands import Ground, run
from benchmarks.figures import Report, target
from benchmarks.served import Served, processor_s
from tests.private_engine import PrivateEngine, wait_until

ENGINES, BRIEF_ENGINES = 10, 2
SECONDS, BRIEF_SECONDS = 30.0, 2.0
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
            live_s = time.monotonic() - began_at
            time.sleep(0 if ground.is_brief else SETTLE_S)
            share = _share(served.pid, seconds)
        finally:
            served.stop()
    return {
        "engines": many,
        "seconds": seconds,
        "start_to_live_s": round(live_s, 2),
        "percent_of_a_core": round(share, 3),
        "targets": [
            target("T13", f"start of the process to {many} Engines live", live_s, 5.0, unit="s"),
            target("T13", f"own processor time at rest, {many} Engines", share, 1.0, unit="% of a core"),
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


def _share(pid: int, seconds: float) -> float:
    """Return the per cent of a core that a process takes for a while."""
    before, began_at = processor_s(pid), time.monotonic()
    time.sleep(seconds)
    return (processor_s(pid) - before) / (time.monotonic() - began_at) * 100


if __name__ == "__main__":
    run("engines", measure)
