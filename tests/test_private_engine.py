"""The private Engine itself: apart from everything else, and gone without a trace."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.leftovers import CGROUP_FOLDER, NETNS_FOLDER, processes_of, start_ticks
from tests.private_engine import PrivateEngine, reap_leftovers, wait_until

ROOT = Path(__file__).parent.parent
# Starts an Engine with a running, a paused and a host-mode container, says its name, and waits for a signal.
OWNER = """
import signal
from tests.private_engine import PrivateEngine
with PrivateEngine() as engine:
    engine.import_image()
    engine.run("c1", "-p", "8080:80")
    engine.run("c2", "--network", "host")
    engine.cli("pause", "c1")
    print(engine.netns, engine.folder, flush=True)
    signal.pause()
"""


def traces(name: str, folder: Path) -> list[str]:
    """Return whatever is left of a private Engine, in words."""
    left = [f"process {pid}" for pid in processes_of(name)]
    left += [str(path) for pattern in (name, f"*/{name}") for path in CGROUP_FOLDER.glob(pattern)]
    left += [str(path) for path in (NETNS_FOLDER / name, folder) if path.exists()]
    return left + [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if name in line]


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that holds a private Engine: where its traces are."""

    process: subprocess.Popen[str]
    name: str
    folder: Path


@pytest.fixture
def owner() -> Iterator[Owner]:
    process = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        name, folder = process.stdout.readline().split()
        yield Owner(process, name, Path(folder))
    finally:  # also when this run is interrupted
        process.terminate()
        process.communicate(timeout=30)
        reap_leftovers()


@pytest.mark.engine
def test_it_leaves_nothing_behind_when_its_owner_is_terminated(owner: Owner) -> None:
    assert traces(owner.name, owner.folder)

    owner.process.send_signal(signal.SIGTERM)
    owner.process.wait(30)

    assert traces(owner.name, owner.folder) == []


@pytest.mark.engine
def test_it_reaps_what_a_killed_owner_left_and_nothing_of_a_living_one(owner: Owner, shared_engine: PrivateEngine) -> None:
    owner.process.kill()
    owner.process.wait(10)
    assert traces(owner.name, owner.folder)

    reaped = reap_leftovers()

    assert owner.name in reaped
    assert traces(owner.name, owner.folder) == []
    assert shared_engine.answers()


def test_it_keeps_two_engines_apart(engine: PrivateEngine, fresh_engine: PrivateEngine) -> None:
    engine.cli("network", "create", "only-here")

    assert "only-here" in engine.cli("network", "ls")
    assert "only-here" not in fresh_engine.cli("network", "ls")
    assert engine.check_inside("ip", "-br", "link") != fresh_engine.check_inside("ip", "-br", "link")


def test_it_comes_back_after_a_kill_and_a_hang(fresh_engine: PrivateEngine) -> None:
    fresh_engine.run("c1")
    fresh_engine.kill9()
    assert not fresh_engine.answers()

    fresh_engine.restart()
    assert fresh_engine.cli("ps", "-a", "--format", "{{.Names}}") == "c1"

    fresh_engine.stop()
    wait_until(lambda: not fresh_engine.answers(timeout_s=0.2), "the Engine to hang")
    fresh_engine.cont()
    wait_until(fresh_engine.answers, "an answer after SIGCONT")


def test_it_tells_a_reused_process_id_from_its_owner() -> None:
    sleeper = subprocess.Popen(["sleep", "60"])

    assert start_ticks(sleeper.pid) is not None
    sleeper.kill()
    sleeper.wait(10)

    assert start_ticks(sleeper.pid) is None
