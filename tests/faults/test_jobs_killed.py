"""Killed with -9 at every step, and at any moment: every job ends, nothing is lost, nothing is asked for twice without need."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.job_rows import JobRows, Wish
from tests.management.serving import ROOT
from tests.private_engine import PrivateEngine, wait_until

pytestmark = pytest.mark.engine
# A step takes some ten milliseconds, and each look opens the database: every millisecond they took the core that runs the job.
LOOK_EVERY_S = 0.005
KILLS, NETWORKS = (100, 10) if IS_FULL else (2, 4)


class Runner:
    """`manage.py follow`, which runs jobs as `serve` does and starts sooner."""

    def __init__(self, folder: Path, docker_host: str) -> None:
        ours = ("NETADMIN_", "DJANGO_")
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self._environment |= {"NETADMIN_DATA_DIR": str(folder / "data"), "DOCKER_HOST": docker_host}
        self._log = folder / "follow.log"
        self.rows = JobRows(folder / "data")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start one more."""
        with self._log.open("ab") as log:
            command = [sys.executable, "manage.py", "follow"]
            self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log))

    def kill(self) -> None:
        """Kill them all with -9."""
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        self.processes.clear()

    def start_first(self) -> None:
        """Start it, and wait until it has made its tables."""
        self.start()
        wait_until(lambda: "Following" in self._log.read_text(), "the first start", deadline_s=60, interval_s=0.05)


@pytest.fixture(scope="module")
def kept_runner(shared_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Keep one data directory for these tests: the first start, which makes the tables, takes twice as long as any later one."""
    made = Runner(tmp_path_factory.mktemp("runner"), shared_engine.url)
    made.start_first()
    yield made
    made.kill()


@pytest.fixture
def runner(engine: PrivateEngine, kept_runner: Runner) -> Runner:
    """Give the runner with one process that follows, or is about to."""
    if len(kept_runner.processes) != 1:
        kept_runner.kill()
        kept_runner.start()
    return kept_runner


def make_network(engine: PrivateEngine, name: str) -> tuple[str, str]:
    return engine.cli("network", "create", name), name


def is_on(engine: PrivateEngine, container: str, network: str) -> bool:
    return network in json.loads(engine.cli("inspect", "-f", "{{json .NetworkSettings.Networks}}", container))


def calls_of(engine: PrivateEngine, since: float) -> Counter[tuple[str, str]]:
    """Return how often the Engine did what to which network, by its own events. One disconnect is reported twice."""
    filters = ("--filter", "type=network", "--since", f"{since:.3f}", "--until", f"{time.time():.3f}")
    lines = engine.cli("events", *filters, "--format", "{{.Action}} {{.Actor.Attributes.name}}").splitlines()
    return Counter((line.split(" ")[0], line.split(" ")[1]) for line in lines)


def tries_of(rows: JobRows, number: int) -> dict[int, int]:
    """Return how many actions each step has taken."""
    asked = (json.loads(row[0]) for row in rows.query("SELECT asked FROM networks_action"))
    return dict(Counter(one["step"] for one in asked if one.get("job") == number))


def test_it_ends_complete_when_killed_at_every_step(engine: PrivateEngine, runner: Runner) -> None:
    networks = [make_network(engine, f"net-{number}") for number in range(5)]
    web = (engine.run("web", "--network", "net-1"), "web")
    engine.cli("network", "connect", "net-3", "web")
    wishes = [
        Wish("remove_network", networks[0]),
        Wish("connect_container", networks[2], web),
        Wish("disconnect_container", networks[1], web),
        Wish("disconnect_container", networks[3], web),
        Wish("remove_network", networks[4]),
    ]
    began_at = time.time()
    number = runner.rows.write(wishes)

    for position in range(len(wishes)):
        is_there = partial(is_begun, runner.rows, number, position)
        wait_until(is_there, f"step {position + 1}", deadline_s=30, interval_s=LOOK_EVERY_S)
        runner.kill()
        runner.start()
    wait_until(lambda: runner.rows.has_ended(number), "the job to end", deadline_s=30)

    assert (runner.rows.state(number), runner.rows.states(number)) == ("done", ["done"] * 5)
    left = set(engine.cli("network", "ls", "--format", "{{.Name}}").split())
    assert left == {"bridge", "host", "none", "net-1", "net-2", "net-3"}
    assert [is_on(engine, "web", f"net-{at}") for at in (1, 2, 3)] == [False, True, False]
    assert max(tries_of(runner.rows, number).values()) <= 2
    calls = calls_of(engine, began_at)
    assert {what: count for what, count in calls.items() if what[0] in ("destroy", "connect")} == {
        ("destroy", "net-0"): 1,
        ("connect", "net-2"): 1,
        ("destroy", "net-4"): 1,
    }
    assert_settled(runner.rows)


def is_begun(rows: JobRows, number: int, position: int) -> bool:
    return rows.states(number)[position] != "waiting"


def assert_settled(rows: JobRows) -> None:
    """No action may be left without an outcome."""
    assert rows.query("SELECT id FROM networks_action WHERE id NOT IN (SELECT action_id FROM networks_outcome)") == []


def test_it_ends_complete_when_killed_at_any_moment(engine: PrivateEngine, runner: Runner) -> None:
    chance = random.Random(7)  # noqa: S311 (moments, not secrets)
    kills = 0
    while kills < KILLS:
        networks = [make_network(engine, f"net-{number}") for number in range(NETWORKS)]
        containers = [(engine.run(f"c-{number}"), f"c-{number}") for number in range(4)]
        began_at = time.time()
        pairs = [(network, container) for network in networks for container in containers]
        number = runner.rows.write([Wish("connect_container", *pair) for pair in pairs])
        killed = 0
        while not runner.rows.has_ended(number) and kills < KILLS:
            # Half of the time is the start of the process, where nothing happens yet.
            wait_until(lambda n=number: is_moving(runner, n), "the job to move", deadline_s=30)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.4))
            runner.kill()
            runner.start()
            kills, killed = kills + 1, killed + 1
        wait_until(lambda n=number: runner.rows.has_ended(n), "the job to end", deadline_s=60)  # type: ignore[misc]

        assert (runner.rows.state(number), set(runner.rows.states(number))) == ("done", {"done"})
        for (_, network), (_, container) in pairs:
            assert is_on(engine, container, network)
        tries = tries_of(runner.rows, number)
        assert sum(tries.values()) <= len(pairs) + killed
        connects = {what: count for what, count in calls_of(engine, began_at).items() if what[0] == "connect"}
        assert {count for (_, name), count in connects.items() if name.startswith("net-")} == {len(containers)}
        assert_settled(runner.rows)
        engine.empty()


def is_moving(runner: Runner, number: int) -> bool:
    """Whether the job goes on since the last start, or has ended."""
    done = runner.rows.states(number).count("done")
    wait_until(lambda: runner.rows.states(number).count("done") > done or runner.rows.has_ended(number), "a step", deadline_s=30)
    return True


def test_it_runs_in_the_process_that_follows_and_there_alone(engine: PrivateEngine, runner: Runner) -> None:
    runner.start()  # a second process on the same data
    networks = [make_network(engine, f"net-{number}") for number in range(6)]
    began_at = time.time()

    numbers = [runner.rows.write([Wish("remove_network", network) for network in part]) for part in (networks[:3], networks[3:])]
    wait_until(lambda: all(map(runner.rows.has_ended, numbers)), "both jobs to end", deadline_s=30)

    assert [runner.rows.state(number) for number in numbers] == ["done", "done"]
    assert set(calls_of(engine, began_at).values()) == {1}
    assert [max(tries_of(runner.rows, number).values()) for number in numbers] == [1, 1]
