"""T4 and the sockets' figures: how long until the last of many sockets has a change, against a bare application on daphne.

The ratio is taken in one daphne with a made-up world of 500 rows (tests/push/fake_server): the same bytes to the same number of
sockets, once through the hub and once by an application that only passes on. The thousand clients are those of the real server.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.commands import Ground, run
from benchmarks.crowd import Crowd, Places
from benchmarks.environment import environment_for
from benchmarks.figures import Report, percentile, summary, target
from benchmarks.raw import RawEvents
from benchmarks.served import Live, Served, live_of
from benchmarks.worlds import make_network
from tests.private_engine import wait_until
from tests.push.running import FakeServer
from tests.push.site import ROOT, free_port, is_listening

FEW, MANY, CLIENTS, STALLED = 100, 500, 1_000, 50
SOCKETS_PER_PERSON = 40
ROW = "n=7"
QUIET_S = 0.15
STALLED_CHANGES = 60
PADDING = 30_000  # characters a row: without a window 50 stalled sockets would cost 90 MB

Act = Callable[[], int]


def measure(ground: Ground) -> Report:
    """Measure the hub, then the whole server."""
    rounds = ground.rounds(25, 3)
    few, many, clients = (10, 20, 40) if ground.is_brief else (FEW, MANY, CLIENTS)
    with _running_server(ground.folder) as fake:
        found = {count: _compare(fake, count, rounds) for count in (few, many)}
    stalled = _stall(ground, few)
    change_ms, reached = _measure_clients(ground, clients)
    return {
        "last_of_few_ms": {name: summary(times) for name, times in found[few].items()},
        "last_of_many_ms": {name: summary(times) for name, times in found[many].items()},
        "few": few,
        "many": many,
        "clients": clients,
        "every_client_after_event_ms": summary(change_ms),
        "stalled": stalled,
        "targets": [
            target("T4", f"last of {few} / bare", _ratio(found[few]), 1.5),
            target("T4", f"last of {many} / bare", _ratio(found[many]), 1.5),
            target("sockets", f"share of {clients} clients that got every change", reached, 1, at_least=True),
            target("sockets", f"p99 of {clients} clients, after the Engine's stamp", percentile(change_ms, 99), 1000, unit="ms"),
            target("sockets", "others beside 50 stalled / without them", stalled["ratio"], 1.5),
            target("sockets", "memory for 50 stalled", stalled["memory_mb"], 50, unit="MB"),
        ],
    }


def _compare(fake: FakeServer, count: int, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds from a change until the last socket has it, through the hub and bare, alternately."""
    hub = Places(fake.port, Live("/ws/live/", "", 0), (), count, keeps_texts=True)
    bare = Places(fake.port, Live("/ws/bare/", "", 0), (), count, says_hello=False)
    found: dict[str, list[float]] = {"hub": [], "bare": []}
    with Crowd(hub) as live_crowd, Crowd(bare) as bare_crowd:
        _last_ms(live_crowd, lambda: _act(fake, f"/change?{ROW}"))
        size = len(live_crowd.texts()[-1])
        for _ in range(rounds):
            found["hub"].append(_last_ms(live_crowd, lambda: _act(fake, f"/change?{ROW}")))
            found["bare"].append(_last_ms(bare_crowd, lambda: _act(fake, f"/bare?size={size}")))
    return found


def _act(fake: FakeServer, path: str) -> int:
    """Tell the server to do something, and return when it began to: nanoseconds since the epoch."""
    _ask(fake, path, b"")
    return int(json.loads(_ask(fake, "/began"))["began_ns"])


def _ask(fake: FakeServer, path: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{fake.port}{path}", data=body, timeout=20) as answer:
        return bytes(answer.read())


@contextmanager
def _running_server(folder: Path) -> Iterator[FakeServer]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.fan_out_server", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment_for(folder))
    try:
        wait_until(lambda: is_listening(port) or process.poll() is not None, "the server", deadline_s=30)
        yield FakeServer(process, port)
    finally:
        process.terminate()
        process.wait(20)


def _last_ms(crowd: Crowd, act: Act) -> float:
    time.sleep(QUIET_S)
    crowd.forget()
    began_ns = act()
    arrivals = wait_until(lambda: _if_all_have(crowd), "the change at every socket")
    return float(max(at for one in arrivals for _, at in one) - began_ns) / 1e6


def _if_all_have(crowd: Crowd) -> list[list[tuple[int, int]]] | None:
    arrivals = crowd.arrivals()
    return arrivals if all(arrivals) else None


def _ratio(found: dict[str, list[float]]) -> float:
    return percentile(found["hub"], 50) / percentile(found["bare"], 50)


def _stall(ground: Ground, others: int) -> Report:
    """Let sockets stall while a row of 30 kB changes again and again; see what others and the memory notice."""
    stalled, changes = (5, 5) if ground.is_brief else (STALLED, STALLED_CHANGES)

    def change(crowd: Crowd, times: int) -> list[float]:
        return [_last_ms(crowd, lambda: _act(fake, f"/change?{ROW}")) for _ in range(times)]

    folder = ground.folder / "stalled"
    folder.mkdir()
    with _running_server(folder) as fake:
        fake.act("/only", rows=json.dumps({"007": 1}))
        fake.act("/set", padding=str(PADDING))
        live = Live("/ws/live/", "", 0)
        with Crowd(Places(fake.port, live, (), others)) as crowd:
            without = change(crowd, changes // 2 + 1)
            before_mb = fake.memory_mb()
            with Crowd(Places(fake.port, live, (), stalled + 1, stalled=stalled)):
                beside = change(crowd, changes)
                after_mb = fake.memory_mb()
            without += change(crowd, changes // 2 + 1)  # before and after: the machine may have got busier in between
    ratio = percentile(beside, 50) / percentile(without, 50)
    return {
        "sockets": stalled,
        "changes": changes,
        "kB_each": PADDING // 1000,
        "last_of_others_without_ms": summary(without),
        "last_of_others_beside_ms": summary(beside),
        "ratio": round(ratio, 2),
        "memory_mb": round(after_mb - before_mb, 1),
    }


def _measure_clients(ground: Ground, count: int) -> tuple[list[float], float]:
    """Create networks with so many clients on `/networks/`; return every client's delay, and the share that got everything."""
    delays: list[float] = []
    expected = reached = 0
    with Served(ground.folder / "served", ground.engine.url) as served:
        cookies = served.cookies(count // SOCKETS_PER_PERSON + 1)
        served.wait_until_settled(len(ground.world.containers))
        live = live_of(served.visitor(cookies[0]).page("/networks/"))
        with Crowd(Places(served.port, live, cookies, count)) as crowd, RawEvents(ground.engine.socket) as events:
            for number in range(ground.rounds(10, 2)):
                crowd.forget()
                docker_id = make_network(ground.raw, number, prefix="wide")
                event, _ = wait_until(lambda docker_id=docker_id: events.find("create", docker_id), "the event")
                time.sleep(3.0 if not ground.is_brief else 0.5)  # long after: what comes later counts as not come
                firsts = [next((at for _, at in one if at > event["timeNano"]), None) for one in crowd.arrivals()]
                expected += count
                reached += sum(first is not None for first in firsts)
                delays += [(first - event["timeNano"]) / 1e6 for first in firsts if first is not None]
                ground.raw.call("DELETE", f"/networks/{docker_id}")
                time.sleep(0.5)
    return delays, reached / expected


if __name__ == "__main__":
    run("fan_out", measure)
