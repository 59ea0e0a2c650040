"""T7: what a quiet Engine and one open browser cost: our own processor time, and what we cause in dockerd."""

from __future__ import annotations

import time

from benchmarks.browsing import open_page
from benchmarks.commands import Ground, run
from benchmarks.figures import Report, target
from benchmarks.served import Served, processor_s

SECONDS, BRIEF_SECONDS = 30.0, 2.0


def measure(ground: Ground) -> Report:
    """Watch dockerd alone, then dockerd and us with a page open."""
    seconds = BRIEF_SECONDS if ground.is_brief else SECONDS
    engine = ground.engine.process
    assert engine is not None
    # The first process is nsenter, which becomes dockerd: the same id.
    alone = _share(engine.pid, seconds=seconds)["first"]
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookie = served.cookies()[0]
        served.wait_until_settled(len(ground.world.containers))
        with open_page(served, "/containers/", cookie):
            time.sleep(seconds / 10)
            watched = _share(engine.pid, served.pid, seconds=seconds)
        unwatched = _share(engine.pid, served.pid, seconds=seconds / 2)
    caused = max(0.0, watched["first"] - alone)
    return {
        "seconds": seconds,
        "percent_of_a_core": {
            "dockerd_without_us": round(alone, 3),
            "dockerd_with_a_browser": round(watched["first"], 3),
            "own_with_a_browser": round(watched["second"], 3),
            "dockerd_with_nobody_looking": round(unwatched["first"], 3),
            "own_with_nobody_looking": round(unwatched["second"], 3),
        },
        "targets": [
            target("T7", "own processor time, one browser", watched["second"], 0.5, unit="% of a core"),
            target("T7", "caused in dockerd, one browser", caused, 0.5, unit="% of a core"),
        ],
    }


def _share(*pids: int, seconds: float) -> dict[str, float]:
    """Return the per cent of a core that processes take for a while."""
    before = [processor_s(pid) for pid in pids]
    began_at = time.monotonic()
    time.sleep(seconds)
    took_s = time.monotonic() - began_at
    shares = [(processor_s(pid) - spent) / took_s * 100 for pid, spent in zip(pids, before, strict=True)]
    return dict(zip(("first", "second"), shares, strict=False))


if __name__ == "__main__":
    run("at_rest", measure)
