"""Who ended a container: told by events, kept over a restart of Netadmin, and not said where nobody followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connections

from networks.engine.facts import Ending, EventFact
from networks.models import Container, Engine, EngineStatus, Event
from networks.queries.engines import read_engine
from networks.queries.overview import read_totals
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.snapshot.endings import MOST_CONTAINERS, Endings, read_signal
from networks.sync.snapshot.journal import HIDDEN
from tests.private_engine import PrivateEngine, wait_until

S = 1_000_000_000
# runc's own process takes 13 MB before it becomes the container's: with less, it now and then can't be started at all.
LITTLE_MEMORY = ("--memory", "32m", "--memory-swap", "32m")
FORGED = dict.fromkeys(sorted(HIDDEN), "0")
STUBBORN = ("sh", "-c", "trap '' TERM; while :; do sleep 1; done")


def told(verb: str, at_s: float, **attributes: str) -> EventFact:
    return EventFact("container", verb, "c1", "web", int(at_s * S), attributes)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("kill", 2000, {"signal": "15"}), ("kill", 2010, {"signal": "9"}), ("die", 2010, {"exitCode": "137"})], Ending.ASKED),
        ([("kill", 2000, {"signal": "SIGTERM"}), ("die", 2001, {"exitCode": "143"})], Ending.ASKED),
        ([("kill", 2000, {"signal": "15"}), ("die", 2001, {"exitCode": "137"})], Ending.ITSELF),
        ([("kill", 2000, {"signal": "15"}), ("die", 2001, {"exitCode": "1"})], Ending.ITSELF),
        ([("die", 2001, {"exitCode": "143"})], Ending.ITSELF),
        ([("oom", 2000, {}), ("die", 2001, {"exitCode": "137"})], Ending.MEMORY),
        ([("kill", 2000, {"signal": "9"}), ("start", 2002, {}), ("die", 2005, {"exitCode": "137"})], Ending.ITSELF),
        ([("kill", 2000, {}), ("die", 2001, {"exitCode": "137"})], Ending.UNKNOWN),
        ([("kill", 2000, {"signal": "a label"}), ("die", 2001, {"exitCode": "128"})], Ending.UNKNOWN),
        ([("die", 1030, {"exitCode": "137"})], Ending.UNKNOWN),
        ([("die", 1100, {"exitCode": "143"})], Ending.UNKNOWN),
        ([("start", 1010, {}), ("die", 1020, {"exitCode": "137"})], Ending.ITSELF),
    ],
)
def test_it_tells_who_ended_a_container(events: list[tuple[str, float, dict[str, str]]], expected: Ending) -> None:
    endings = Endings()
    endings.begin(1000 * S)
    endings.note([told("create", 1000)])

    endings.note(last := [told(verb, at_s, **attributes) for verb, at_s, attributes in events])

    assert endings.of_event(last[-1]) is expected


def test_it_knows_what_it_missed() -> None:
    endings = Endings()
    endings.begin(1000 * S)
    endings.note([told("create", 1000)])
    endings.begin(2000 * S)
    endings.note([told("create", 2000), end := told("die", 2001, exitCode="143")])
    endings.begin(2001 * S)
    endings.note([told("start", 2900), told("start", 2901), missed := told("die", 2990, exitCode="143")])
    endings.begin(2990 * S)
    endings.lose()
    endings.note([lost := told("die", 3800, exitCode="143")])

    assert [endings.of_event(each) for each in (end, missed, lost)] == [Ending.ITSELF, Ending.ITSELF, Ending.UNKNOWN]


def test_it_says_nothing_of_what_it_had_to_forget() -> None:
    endings = Endings()
    endings.begin(1000 * S)
    endings.note([told("create", 1000), told("start", 1500), told("kill", 2000, signal="15")])

    endings.note(
        EventFact("container", "start", f"other{number}", "x", 2001 * S, {}) for number in range(2 * MOST_CONTAINERS + 1)
    )
    endings.note([end := told("die", 2002, exitCode="143")])

    assert endings.of_event(end) is Ending.UNKNOWN


def test_it_reads_signals_as_engines_write_them() -> None:
    assert [read_signal(each) for each in ("15", "9", "SIGTERM", "term", "", "x", "-1")] == [15, 9, 15, 15, 0, 0, 0]


def begin_following(engine: PrivateEngine, data_dir: Path) -> Follower:
    """Follow as a new process does, and return once it is live."""
    follower = Follower(ensure_local_engine(engine.url), data_dir)
    EngineStatus.objects.update(state="disconnected")
    follower.start()
    wait_until(lambda: EngineStatus.objects.filter(state="live").exists(), "live")
    return follower


@pytest.fixture
def follow(engine: PrivateEngine, transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], Follower]]:
    """Make followers of the private Engine, as processes that follow one after the other."""
    made: list[Follower] = []

    def begin() -> Follower:
        made.append(begin_following(engine, tmp_path))
        return made[-1]

    yield begin
    for follower in made:
        follower.stop()
    connections.close_all()


def end_of(container_id: str, state: str = "exited") -> tuple[int | None, str]:
    """Wait until the snapshot has the end of a container, and return its exit code and who ended it."""
    wait_until(lambda: Container.objects.filter(docker_id=container_id, state=state, has_detail=True).exists(), state)
    row = Container.objects.get(docker_id=container_id)
    return row.exit_code, row.ending


def wait_for_ends(expected: dict[str, tuple[int, str]]) -> None:
    """Wait until the snapshot says so of each of them: a list may tell of an end before the event that says who brought it."""
    with suppress(TimeoutError):
        wait_until(lambda: {each: end_of(each) for each in expected} == expected, "who ended them")
    assert {each: end_of(each) for each in expected} == expected


def failed(slug: str = "local") -> tuple[int, int]:
    engine = read_engine(slug)
    assert engine is not None
    totals = read_totals(engine)
    return totals.stopped, totals.failed


def test_it_calls_nothing_failed_that_was_asked_for_in_a_shell(engine: PrivateEngine, follow: Callable[[], Follower]) -> None:
    follow()
    stopped = engine.run("stopped", "--stop-signal", "TERM", command=STUBBORN)
    killed = engine.run("killed")
    trapped = engine.run("trapped", "--init", "--stop-signal", "TERM")
    crashed = engine.run("crashed", command=("sh", "-c", "sleep 0.2; exit 3"))
    shot = engine.run("shot")
    wait_until(lambda: Container.objects.filter(state="running", has_detail=True).count() >= 4, "all of them")

    engine.cli("stop", "-t", "1", "stopped", "trapped")
    engine.cli("kill", "killed")
    pid = engine.cli("inspect", "-f", "{{.State.Pid}}", "shot")
    engine.check_inside("kill", "-9", pid)

    wait_for_ends({stopped: (137, "asked"), killed: (137, "asked"), trapped: (143, "asked")})
    wait_for_ends({crashed: (3, "itself"), shot: (137, "itself")})
    assert failed() == (3, 2)
    ends = Event.objects.filter(verb="die", actor_id__in=[stopped, killed, trapped, crashed, shot])
    wait_until(lambda: ends.count() == 5, "their events")
    assert dict(ends.values_list("actor_name", "ending")) == {
        "stopped": "asked",
        "killed": "asked",
        "trapped": "asked",
        "crashed": "itself",
        "shot": "itself",
    }


@pytest.mark.parametrize(
    ("is_known_before", "forged"),
    [(True, {"signal": "9"}), (False, {"signal": "9"}), (True, FORGED), (False, FORGED)],
    ids=["known before", "seen from its start", "known before, all of it", "seen from its start, all of it"],
)
def test_it_takes_no_label_for_what_the_engine_tells(
    is_known_before: bool, forged: dict[str, str], engine: PrivateEngine, follow: Callable[[], Follower]
) -> None:
    labels = [word for name, text in forged.items() for word in ("--label", f"{name}={text}")]
    if not is_known_before:
        follow()
    calm = engine.run("calm", *labels, command=("sh", "-c", "trap '' WINCH; while [ ! -e /go ]; do sleep 0.1; done; exit 137"))
    if is_known_before:
        follow()
    wait_until(lambda: Container.objects.filter(docker_id=calm, state="running", has_detail=True).exists(), "it")

    engine.cli("kill", "--signal", "WINCH", "calm")
    engine.cli("rename", "calm", "calmer")
    engine.cli("exec", "calmer", "sh", "-c", ": > /go", check=False)  # it may end before the shell does

    wait_until(lambda: Event.objects.filter(actor_id=calm, verb="die").exists(), "the event of its end")
    assert end_of(calm) == (137, "")  # Docker tells nobody which signal it was
    assert not Event.objects.filter(
        actor_id=calm, verb__in=("kill", "die", "rename"), attributes__has_any_keys=sorted(forged)
    ).exists()
    assert set(Event.objects.filter(actor_id=calm, verb="die").values_list("ending", flat=True)) == {""}


def test_it_calls_failed_what_ran_out_of_memory(engine: PrivateEngine, follow: Callable[[], Follower]) -> None:
    follow()
    hungry = engine.run("hungry", *LITTLE_MEMORY, command=("tail", "/dev/zero"))

    wait_for_ends({hungry: (137, "memory")})
    assert failed() == (0, 1)


def test_it_remembers_over_a_restart_and_says_nothing_of_what_nobody_saw(
    fresh_engine: PrivateEngine, transactional_db: None, tmp_path: Path
) -> None:
    before = fresh_engine.run("before")
    fresh_engine.cli("kill", "before")
    hungry = fresh_engine.run("hungry", *LITTLE_MEMORY, command=("tail", "/dev/zero"))
    wait_until(lambda: fresh_engine.cli("ps", "-q") == "", "the end of both")
    fresh_engine.restart()  # with it go its events
    follower = begin_following(fresh_engine, tmp_path)
    asked, meanwhile = fresh_engine.run("asked"), fresh_engine.run("meanwhile", "--stop-signal", "TERM", command=STUBBORN)
    try:
        fresh_engine.cli("kill", "asked")
        wait_for_ends({before: (137, ""), hungry: (137, "memory"), asked: (137, "asked")})
        wait_until(lambda: Container.objects.filter(docker_id=meanwhile, state="running").exists(), "meanwhile")
    finally:
        follower.stop()
    fresh_engine.cli("stop", "-t", "1", "meanwhile")
    follower = begin_following(fresh_engine, tmp_path)
    try:
        wait_for_ends({before: (137, ""), asked: (137, "asked"), meanwhile: (137, "asked")})
        assert failed() == (3, 1)
    finally:
        follower.stop()
        connections.close_all()
    assert Engine.objects.count() == 1
