"""Every benchmark runs through, in the smallest world and a few rounds; how quick anything is, is no test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The others take a quarter of a minute each, most of it for servers and browsers that journeys have too.
QUICK = ("sync", "previews")
NAMES = (
    *QUICK,
    "address_history",
    "consequences",
    "host_links",
    "writers",
    "jobs",
    "activity",
    "event_to_dom",
    "pages",
    "fan_out",
    "at_rest",
    "burst",
    "start",
    "do_no_harm",
    "memory",
    "addresses",
    "host_map",
    "interfaces",
    "terminal",
    "engines",
    "run_container",
)
DEADLINE_S = 180


@pytest.mark.engine
@pytest.mark.parametrize("name", [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.full]) for name in NAMES])
def test_it_runs_and_reports(name: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--size", "tiny", "--brief"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout)
    assert report["benchmark"] == name
    assert report["targets"]
    assert all(entry.keys() == {"target", "what", "measured", "limit", "is_reached"} for entry in report["targets"])


def test_it_tries_every_benchmark() -> None:
    with_a_command = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "\n    run" in path.read_text()}
    with_a_command |= {"writers"}

    assert with_a_command == set(NAMES)
