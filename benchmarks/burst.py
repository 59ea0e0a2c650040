"""T8: a hundred containers start, then are killed, as quickly as Docker does it; a socket watches `/containers/`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from benchmarks.commands import Ground, run
from benchmarks.crowd import Crowd, Places
from benchmarks.figures import Report, target
from benchmarks.raw import RawEngine
from benchmarks.served import Served, live_of
from benchmarks.worlds import in_parallel, make_container

COUNT, BRIEF_COUNT = 100, 8
SETTLE_S = 1.5
NANOS = 1e9

Act = Callable[[RawEngine, str], object]


def measure(ground: Ground) -> Report:
    """Burst, and compare what the database holds with what Docker says."""
    count = BRIEF_COUNT if ground.is_brief else COUNT
    # On five networks, as the services of a compose project are.
    networks = [f"net-{index:04}" for index in range(min(5, ground.world.size.networks))]
    ids = in_parallel(
        ground.engine.socket,
        range(count),
        lambda raw, index: make_container(raw, f"burst-{index:03}", [networks[index % len(networks)]]),
    )
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookies = served.cookies(2)
        served.wait_until_settled(len(ground.world.containers) + count)
        live = live_of(served.visitor(cookies[0]).page("/containers/"))
        with Crowd(Places(served.port, live, cookies[1:], 1)) as crowd:
            starts = _burst(ground, served, crowd, ids, lambda raw, one: raw.call("POST", f"/containers/{one}/start"))
            kills = _burst(ground, served, crowd, ids, lambda raw, one: raw.call("POST", f"/containers/{one}/kill"))
    return {
        "burst": count,
        "starts": starts,
        "kills": kills,
        "targets": [
            entry
            for name, found in (("starts", starts), ("kills", kills))
            for entry in (
                target("T8", f"{name}: last push after the last API return", found["last_push_ms"], 50, unit="ms"),
                target("T8", f"{name}: containers and endpoints that are wrong then", found["wrong"], 0),
                target("T8", f"{name}: pushes a second", found["pushes_per_s"], 5, at_least=True),
            )
        ],
    }


def _burst(ground: Ground, served: Served, crowd: Crowd, ids: Sequence[str], act: Act) -> Report:
    crowd.forget()
    began_ns = time.time_ns()
    ends_ns = in_parallel(ground.engine.socket, ids, lambda raw, one: act(raw, one) is not None and time.time_ns())
    time.sleep(SETTLE_S)
    revision = served.revision()
    arrivals = crowd.arrivals()[0]
    pushes = [at for _, at in arrivals]
    last_ns = max(ends_ns)
    inside = [at for at in pushes if at <= last_ns]
    gaps = [later - sooner for sooner, later in zip([began_ns, *inside], [*inside, last_ns], strict=True)]
    after = [at for at in pushes if at > last_ns]
    return {
        "api_took_s": round((last_ns - began_ns) / NANOS, 2),
        "pushes": len(pushes),
        "pushes_per_s": round(len(inside) / ((last_ns - began_ns) / NANOS), 1),
        "longest_gap_ms": round(max(gaps) / 1e6, 1),
        "last_push_ms": round((max(after) - last_ns) / 1e6, 1) if after else 0.0,
        "revision_pushed": arrivals[-1][0],
        "revision_written": revision,
        "wrong": _wrong(ground, served),
    }


def _wrong(ground: Ground, served: Served) -> int:
    """Return how many containers' states and addresses differ between the database and Docker's own list."""
    truth = {}
    for one in json.loads(ground.raw.call("GET", "/containers/json?all=1")):
        addresses = {name: end["IPAddress"] or None for name, end in one["NetworkSettings"]["Networks"].items()}
        truth[one["Id"]] = (one["State"], addresses)
    snapshot = served.snapshot()
    remembered = {one["id"]: (one["state"], {}) for one in snapshot["containers"]}
    for network in snapshot["networks"]:
        for end in network["endpoints"]:
            remembered[end["container_id"]][1][network["name"]] = end["ipv4"]
    return sum(truth.get(key) != remembered.get(key) for key in truth.keys() | remembered.keys())


if __name__ == "__main__":
    run("burst", measure)
