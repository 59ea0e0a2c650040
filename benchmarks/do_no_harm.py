"""Do no harm: what the Engine's other callers notice of us, how soon dockerd stops, and what is kept of 5,000 events."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from benchmarks.commands import Ground, run
from benchmarks.crowd import Crowd, Places
from benchmarks.figures import Report, percentile, summary, target, timed_ms
from benchmarks.raw import RawEngine, RawEvents
from benchmarks.served import Served, live_of
from benchmarks.worlds import in_parallel, make_network
from tests.private_engine import wait_until

EVENTS, BRIEF_EVENTS = 5_000, 80
ROUNDS, CALLS = 4, 12
PAUSE_S = 0.03  # between two calls: a person's pace, and ours has to go on beside it


def measure(ground: Ground) -> Report:
    """Ask the Engine with and without us in turn, then flood it, then stop it."""
    served = Served(ground.folder / "served", ground.engine.url)
    latency: dict[bool, dict[str, list[float]]] = {False: {}, True: {}}
    try:
        served.start()
        cookies = served.cookies(2)
        served.wait_until_settled(len(ground.world.containers))
        for _ in range(ground.rounds(ROUNDS, 1)):
            with ExitStack() as stack:
                _watch(stack, served, cookies)
                _ask_as_others_do(ground, latency[True])
            served.stop()
            _ask_as_others_do(ground, latency[False])
            served.start()
            served.wait_until_settled(len(ground.world.containers))
        with ExitStack() as stack:
            _watch(stack, served, cookies)
            burst = _flood(ground, served)
        stop = _stop(ground, served)
    finally:
        served.stop()
    ratios = {name: percentile(latency[True][name], 50) / percentile(latency[False][name], 50) for name in latency[False]}
    return {
        "calls": {
            name: {
                "without_us_ms": summary(latency[False][name]),
                "followed_ms": summary(latency[True][name]),
                "ratio": round(ratios[name], 3),
            }
            for name in ratios
        },
        "burst": burst,
        "stop": stop,
        "targets": [
            target("do no harm", "time of all calls, followed / without us", _total(latency[True]) / _total(latency[False]), 1.1),
            target("do no harm", "events lost of a burst", burst["lost"], 0),
            target("do no harm", "dockerd's stop while followed", stop["followed_s"], 1.5, unit="s"),
        ],
    }


def _watch(stack: ExitStack, served: Served, cookies: list[str]) -> None:
    live = live_of(served.visitor(cookies[0]).page("/networks/"))
    stack.enter_context(Crowd(Places(served.port, live, cookies[1:], 1)))


def _total(found: dict[str, list[float]]) -> float:
    """Return the time of one call of each kind."""
    return sum(percentile(times, 50) for times in found.values())


def _ask_as_others_do(ground: Ground, found: dict[str, list[float]]) -> None:
    """Call the Engine as somebody else would, and note how long each call takes."""
    container = ground.world.running[0]
    body = {"Container": container}

    def note(name: str, work: Callable[[], object]) -> None:
        found.setdefault(name, []).append(timed_ms(work))
        time.sleep(PAUSE_S)

    for number in range(ground.rounds(CALLS, 2)):
        note("list networks", lambda: ground.raw.call("GET", "/networks"))
        note("list containers", lambda: ground.raw.call("GET", "/containers/json?all=1"))
        note("inspect", lambda: ground.raw.call("GET", f"/containers/{container}/json"))
        made: list[str] = []
        note("create network", lambda made=made, number=number: made.append(make_network(ground.raw, number, prefix="asked")))  # type: ignore[misc]
        note("connect", lambda made=made: ground.raw.call("POST", f"/networks/{made[0]}/connect", body))  # type: ignore[misc]
        note("disconnect", lambda made=made: ground.raw.call("POST", f"/networks/{made[0]}/disconnect", body))  # type: ignore[misc]
        note("remove network", lambda made=made: ground.raw.call("DELETE", f"/networks/{made[0]}"))  # type: ignore[misc]


def _flood(ground: Ground, served: Served) -> Report:
    """Rename containers to and fro, one event each, as quickly as Docker does it; count them in the journal."""
    wanted = BRIEF_EVENTS if ground.is_brief else EVENTS
    quiet = ground.world.containers[ground.world.size.running :][:20]
    each = wanted // len(quiet)
    since_ns = time.time_ns()

    def rename(raw: RawEngine, docker_id: str) -> None:
        for number in range(each):
            raw.call("POST", f"/containers/{docker_id}/rename?name=flood-{docker_id[:12]}-{number % 2}")

    def written() -> int:
        return int(served.query("SELECT count(*) FROM networks_event WHERE verb = 'rename' AND time_nano > ?", since_ns)[0][0])

    with RawEvents(ground.engine.socket) as events:
        took_ms = timed_ms(lambda: in_parallel(ground.engine.socket, quiet, rename))
        expected = each * len(quiet)
        wait_until(lambda: _renames(events) >= expected, "the raw reader's events", deadline_s=30)
        ended_at = time.monotonic()
        with suppress(TimeoutError):  # what is missing is what is reported
            wait_until(lambda: written() >= expected, "the journal", deadline_s=20)
        written_s = time.monotonic() - ended_at
    truth = {one["Id"]: one["Names"][0].lstrip("/") for one in ground.raw.ask("GET", "/containers/json?all=1")}
    held = dict(served.query("SELECT docker_id, name FROM networks_container"))
    return {
        "events": expected,
        "events_per_s": round(expected / took_ms * 1000),
        "in_the_journal": written(),
        "lost": expected - written(),
        "journal_complete_after_s": round(written_s, 2),
        "names_that_differ_then": sum(truth[key] != held.get(key) for key in truth),
    }


def _renames(events: RawEvents) -> int:
    return sum(event["Action"] == "rename" for event, _ in events.arrivals)


def _stop(ground: Ground, served: Served) -> Report:
    """Stop dockerd, with no container running, alone and while we follow."""
    found: dict[str, float] = {}
    for name, is_followed in (("alone_s", False), ("followed_s", True)):
        in_parallel(ground.engine.socket, _running(ground), lambda raw, one: raw.call("POST", f"/containers/{one}/kill"))
        wait_until(lambda: not _running(ground), "the end of all containers")
        ground.raw.close()
        if is_followed:
            served.start()
            served.wait_until_settled(len(ground.world.containers))
        else:
            served.stop()
        began_at = time.monotonic()
        ground.engine.terminate()
        found[name] = round(time.monotonic() - began_at, 2)
        ground.engine.restart()
    return found


def _running(ground: Ground) -> list[str]:
    return [one["Id"] for one in ground.raw.ask("GET", "/containers/json")]


if __name__ == "__main__":
    run("do_no_harm", measure)
