"""A copy of the project to run commands in, and a machine on which no Docker runs yet."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT, own_files
from tests.private_engine import wait_until

# A namespace of mounts, processes and network: /run without a socket and without systemd, and no Docker data. All of it,
# and every process in it, ends with the machine.
MACHINE = """
mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib && mount -t tmpfs tmpfs /var/log
[ ! -d /etc/docker ] || mount -t tmpfs tmpfs /etc/docker
ip link set lo up
touch /run/ready
exec sleep 1000000
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the project's own files, with what Python compiled of them and the same .venv, into a folder of this test's own."""
    folder = tmp_path / "project"
    files = list(own_files())
    for path in files:
        (folder / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)  # with its times: what was compiled counts only with them
    for compiled in {path.parent / "__pycache__" for path in files if path.suffix == ".py"}:
        if (ROOT / compiled).exists():
            shutil.copytree(ROOT / compiled, folder / compiled)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine without Docker, as far as processes in it can see. `pid`: its first process."""

    pid: int

    def start(self, *argv: str, **popen: Any) -> subprocess.Popen[str]:
        """Start a process on the machine."""
        entering = ["nsenter", f"--target={self.pid}", "--mount", "--net", "--pid", f"--wd={popen.pop('cwd', '/')}", "--"]
        return subprocess.Popen([*entering, *argv], text=True, **popen)

    def succeeds(self, *argv: str) -> bool:
        """Run a command on the machine and tell whether its status is 0."""
        return self.start(*argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait(30) == 0


def child_of(process: subprocess.Popen[str]) -> int:
    """Return the id of the only child: nsenter and unshare wait outside for what they started inside."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return int(wait_until(lambda: path.read_text().split(), f"a child of {process.args!r}")[0])


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Make a machine on which Docker is installed and does not run."""
    process = subprocess.Popen(
        ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", MACHINE],
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        made = Machine(child_of(process))
        wait_until(lambda: made.succeeds("test", "-e", "/run/ready"), "the machine's mounts")
        yield made
    finally:
        process.kill()
        process.wait(10)
