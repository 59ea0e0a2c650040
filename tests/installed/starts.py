"""How long a container takes to its first answer, told apart from what else the machine does meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.installed.image_builder import ROOT
from tests.patience import within
from tests.private_engine import PrivateEngine

# Docker's own part, and what waits for a disk, is the rest.
OF_IT_ON_A_PROCESSOR = 0.7
QUIET = 0.7  # of the processors' time nobody wants


@dataclass(frozen=True)
class Start:
    """How long a container took to its first answer, and its process on the processors; whether they had little else to do."""

    took_s: float
    processor_s: float
    was_quiet: bool

    def is_within(self, seconds: float) -> bool:
        """Tell whether that was soon enough. Beside other work the processor's time alone tells."""
        return self.processor_s <= seconds * OF_IT_ON_A_PROCESSOR and (not self.was_quiet or self.took_s <= within(seconds))


def start_container(engine: PrivateEngine, name: str) -> Start:
    """Start a container that stands ready, and wait until /healthz was first answered."""
    looker = (sys.executable, "-m", "tests.installed.first_answer", "8000")
    with engine.enter(*looker, cwd=ROOT, stdout=subprocess.PIPE, text=True) as looking:
        assert looking.stdout is not None
        looking.stdout.readline()
        was_quiet, began_at = idle_share() > QUIET, time.time()
        engine.cli("start", name)
        took_s = float(looking.stdout.readline()) - began_at
    pid = engine.cli("inspect", "--format", "{{.State.Pid}}", name)
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]  # utime and stime, of proc(5)
    return Start(took_s, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), was_quiet)


def idle_share() -> float:
    """Return how much of the processors' time nobody wanted within a second."""
    before = [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    time.sleep(1)
    after = [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    passed = [late - early for early, late in zip(before, after, strict=True)]
    return passed[3] / max(sum(passed), 1)
