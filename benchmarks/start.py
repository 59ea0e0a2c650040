"""T11: from the start of the process to the first answer, and to `/networks/` with the rows of a live Engine."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.commands import Ground, run
from benchmarks.figures import Report, summary, target
from benchmarks.served import Served

DEADLINE_S = 60.0
POLL_S = 0.002


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds since the process was started. `rows`: the page with every network; `live`: the same, and the chip says live."""

    healthz: float
    rows: float
    live: float


def measure(ground: Ground) -> Report:
    """Start with nothing, then several times again with the database of before."""
    served = Served(ground.folder / "served", ground.engine.url)
    try:
        began_at = time.monotonic()
        served.start()
        first_s = time.monotonic() - began_at
        cookie = served.cookies()[0]
        served.wait_until_settled(len(ground.world.containers))
        served.stop()
        again = [_start(served, cookie, ground) for _ in range(ground.rounds(7, 2))]
    finally:
        served.stop()
    rows = [one.rows for one in again]
    return {
        "first_start_to_healthz_s": round(first_s, 2),
        "to_healthz_s": summary([one.healthz for one in again]),
        "to_page_with_all_rows_s": summary(rows),
        "to_page_that_is_live_s": summary([one.live for one in again]),
        "targets": [
            target("T11", "start to served snapshot (median)", summary(rows, 3)["median"], 1.5, unit="s"),
            target("T11", "start to live page (median)", summary([one.live for one in again], 3)["median"], 1.5, unit="s"),
        ],
    }


def _start(served: Served, cookie: str, ground: Ground) -> Start:
    began_at = time.monotonic()
    served.launch()
    _wait_for(served, "/healthz", "", lambda _body: True)
    healthz_s = time.monotonic() - began_at
    wanted = [f'id="net-{docker_id}"' for docker_id in ground.world.networks]
    _wait_for(served, "/networks/", cookie, lambda body: all(row in body for row in wanted))
    rows_s = time.monotonic() - began_at
    _wait_for(served, "/networks/", cookie, lambda body: 'data-state="live"' in body)
    live_s = time.monotonic() - began_at
    served.stop()
    return Start(healthz_s, rows_s, live_s)


def _wait_for(served: Served, path: str, cookie: str, is_there: Callable[[str], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            answer = served.visitor(cookie or "none").get(path)
        except (OSError, http.client.HTTPException):
            time.sleep(POLL_S)
            continue
        if answer.status == 200 and is_there(answer.body.decode()):
            return
        time.sleep(POLL_S)
    raise TimeoutError(f"{path}: not there within {DEADLINE_S} s; {served.log()[-1000:]}")


if __name__ == "__main__":
    run("start", measure)
