"""How every benchmark runs: options, a private Engine with a world, and the report as JSON."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Report
from benchmarks.raw import RawEngine
from benchmarks.worlds import SIZES, Size, World, grow
from tests.private_engine import PrivateEngine, reap_leftovers

REAL_TIME_PRIORITY = 5  # any above 0: before all that isn't real-time
CLONE_NEWNET = 0x40000000
OUT = Path(__file__).parent / "out"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a benchmark stands on: an Engine with a world, a raw connection to it, and an empty folder."""

    engine: PrivateEngine
    world: World
    raw: RawEngine
    folder: Path
    is_brief: bool = False

    def rounds(self, full: int, brief: int) -> int:
        """Return how often to measure: a brief run only shows that everything works."""
        return brief if self.is_brief else full


Measure = Callable[[Ground], Report]


def run(name: str, measure: Measure) -> None:
    """Read the options, grow the world, measure, and print the report; it also goes to benchmarks/out/."""
    options = _read_options(name)
    reap_leftovers()
    began_at = time.monotonic()
    with PrivateEngine() as engine, tempfile.TemporaryDirectory(prefix="netadmin-benchmark-") as folder:
        enter_namespace(engine.netns)
        world = grow(engine, SIZES[options.size])
        if options.first:
            go_first(engine)
        ground = Ground(engine, world, RawEngine(engine.socket), Path(folder), options.brief)
        grown_s = time.monotonic() - began_at
        report = (
            head_of(name, options.size, world.size)
            | {"goes_first": options.first, "grown_in_s": round(grown_s, 1)}
            | measure(ground)
        )
        ground.raw.close()
    tell(report, began_at, is_kept=not options.brief)


def run_alone(name: str, measure: Callable[[Path, bool], Report]) -> None:
    """Run a benchmark that needs no Engine: it gets an empty folder, and whether to be brief."""
    options = _read_options(name)
    began_at = time.monotonic()
    head = head_of(name, options.size, None) | {"goes_first": options.first}
    if options.first:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REAL_TIME_PRIORITY))
    with tempfile.TemporaryDirectory(prefix="netadmin-benchmark-") as folder:
        report = head | measure(Path(folder), options.brief)
    tell(report, began_at, is_kept=not options.brief)


def head_of(name: str, size_name: str, size: Size | None) -> Report:
    """Return what every report begins with. `load_before`: what else the machine had to do."""
    head: Report = {
        "benchmark": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "size": size_name,
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }
    if size is not None:
        head |= {"networks": size.networks, "containers": size.containers, "running": size.running, "endpoints": size.endpoints}
    return head


def tell(report: Report, began_at: float, *, is_kept: bool) -> None:
    """Print a report, and keep it unless it was brief."""
    report |= {"load_after": os.getloadavg()[0], "took_s": round(time.monotonic() - began_at, 1)}
    text = json.dumps(report, indent=2)
    if is_kept:
        OUT.mkdir(exist_ok=True)
        (OUT / f"{report['benchmark']}-{report['size']}.json").write_text(f"{text}\n")
    print(text)


def go_first(engine: PrivateEngine) -> None:
    """Let this process, all that it starts and dockerd run before the machine's other work, which would else be measured too."""
    assert engine.process is not None
    threads = [int(path.name) for path in Path(f"/proc/{engine.process.pid}/task").iterdir()]
    for thread_id in (0, *threads):
        os.sched_setscheduler(thread_id, os.SCHED_RR, os.sched_param(REAL_TIME_PRIORITY))


def enter_namespace(netns: str) -> None:
    """Put this process, and all that it starts from now on, into the Engine's network namespace: nothing leaves it."""
    with Path(f"/run/netns/{netns}").open() as opened:
        if ctypes.CDLL(None, use_errno=True).setns(opened.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _read_options(name: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--size", choices=sorted(SIZES), default="large", help="networks and containers: 3/10 to 200/500")
    parser.add_argument("--brief", action="store_true", help="measure a few times only: shows that everything works")
    parser.add_argument("--first", action="store_true", help="run before the machine's other work (real-time scheduling)")
    options = parser.parse_args()
    if sys.flags.optimize:
        parser.error("benchmarks check with assert what they measure; don't run them with -O")
    return options
