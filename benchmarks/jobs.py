"""T12: a hundred disconnects as a job against the same hundred by raw calls, in turn, both while Netadmin follows."""

from __future__ import annotations

import statistics

from benchmarks.commands import Ground, run
from benchmarks.figures import Report, summary, target, timed_ms
from benchmarks.served import Served
from tests.job_rows import JobRows, Wish
from tests.private_engine import wait_until

PAIRS = 100
MOST_NETWORKS = 10
Pair = tuple[tuple[str, str], tuple[str, str]]  # a network and a container, each as (id, name)


def measure(ground: Ground) -> Report:
    """Connect all pairs, disconnect them by one way; connect them again, disconnect them by the other; several times."""
    pairs = _pairs(ground)
    found: dict[str, list[float]] = {"job": [], "raw": []}
    with Served(ground.folder / "served", ground.engine.url) as served:
        served.wait_until_settled(len(ground.world.containers))
        rows = JobRows(served.folder / "data")
        for number in range(ground.rounds(5, 1)):
            for way in ("job", "raw") if number % 2 == 0 else ("raw", "job"):
                _connect(ground, pairs)
                served.wait_until_settled(len(ground.world.containers))
                found[way].append(_by_job(rows, pairs) if way == "job" else timed_ms(lambda: _disconnect(ground, pairs)))
    ratio = statistics.median(found["job"]) / statistics.median(found["raw"])
    return {
        "pairs": len(pairs),
        "job_ms": summary(found["job"]),
        "raw_ms": summary(found["raw"]),
        "targets": [target("T12", f"{len(pairs)} disconnects as a job / by raw calls", ratio, 1.2)],
    }


def _pairs(ground: Ground) -> list[Pair]:
    """Choose running containers and make networks for them, so that each is on all."""
    names = {one["Id"]: one["Names"][0].lstrip("/") for one in ground.raw.ask("GET", "/containers/json?all=1")}
    containers = [(docker_id, names[docker_id]) for docker_id in ground.world.running[: PAIRS // MOST_NETWORKS]]
    networks = []
    for number in range(min(MOST_NETWORKS, PAIRS // len(containers))):
        name = f"job-{number:02}"
        networks.append((str(ground.raw.ask("POST", "/networks/create", {"Name": name})["Id"]), name))
    return [(network, container) for network in networks for container in containers]


def _connect(ground: Ground, pairs: list[Pair]) -> None:
    for network, container in pairs:
        ground.raw.call("POST", f"/networks/{network[0]}/connect", {"Container": container[0]})


def _disconnect(ground: Ground, pairs: list[Pair]) -> None:
    for network, container in pairs:
        ground.raw.call("POST", f"/networks/{network[0]}/disconnect", {"Container": container[0]})


def _by_job(rows: JobRows, pairs: list[Pair]) -> float:
    """Return milliseconds from the beginning of the first step to the end of the last."""
    number = rows.write([Wish("disconnect_container", network, container) for network, container in pairs])
    wait_until(lambda: rows.has_ended(number), "the job to end", deadline_s=300, interval_s=0.1)
    assert rows.state(number) == "done", rows.states(number)
    return rows.took_s(number) * 1000


if __name__ == "__main__":
    run("jobs", measure)
