"""What a private Engine leaves in the kernel and on disk, found by its name and taken away."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# A name carries its owner: process id and start time (clock ticks since boot, so a reused id is told apart).
NAME = re.compile(r"nt-(?P<pid>\d+)-(?P<start>\d+)-[a-z0-9_]+")
NETNS_FOLDER = Path("/run/netns")
PLUGINS_FOLDER = Path("/run/docker/plugins")  # all Engines of a machine look there
CGROUP_FOLDER = Path("/sys/fs/cgroup")


def start_ticks(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot, or None when it is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    members = text.rpartition(")")[2].split()
    return None if members[0] in "ZX" else int(members[19])


def name_prefix() -> str:
    """Return the beginning of the names of everything that this process owns."""
    return f"nt-{os.getpid()}-{start_ticks(os.getpid())}-"


def is_owner_alive(name: str) -> bool:
    """Tell whether the process that made this name still runs."""
    found = NAME.fullmatch(name)
    return bool(found) and start_ticks(int(found["pid"])) == int(found["start"])


def reap_leftovers() -> list[str]:
    """Clear what earlier, killed runs left; those of living owners stay. Returns the names cleared."""
    folders = {path.name: path for path in Path(tempfile.gettempdir()).glob("nt-*") if path.is_dir()}
    names = set(folders)
    names |= {path.name for path in NETNS_FOLDER.glob("nt-*")}
    names |= {path.stem for path in PLUGINS_FOLDER.glob("nt-*.sock")}
    names |= {path.name for pattern in ("nt-*", "*/nt-*") for path in CGROUP_FOLDER.glob(pattern)}
    dead = sorted(name for name in names if NAME.fullmatch(name) and not is_owner_alive(name))
    for name in dead:
        take_away(name, folders.get(name, Path(tempfile.gettempdir()) / name))
    return dead


def take_away(name: str, folder: Path) -> None:
    """End every process of the Engine of this name, then remove its mounts, network namespace, cgroups and folder."""
    _end_processes(name)
    _unmount_below(folder)
    if (NETNS_FOLDER / name).exists():
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
    _remove_cgroups(name)
    (PLUGINS_FOLDER / f"{name}.sock").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def links_in(net_dev: str) -> set[str]:
    """Return the names of links in what /proc/PID/net/dev says."""
    return {row.partition(":")[0].strip() for row in net_dev.splitlines()[2:]}


def processes_of(name: str) -> set[int]:
    """Return the ids of processes in the Engine's network namespace or in its cgroups, zombies left out."""
    found = {int(line) for path in _cgroups(name) for line in _lines(path / "cgroup.procs")}
    with contextlib.suppress(OSError):
        inode = (NETNS_FOLDER / name).stat().st_ino
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (path / "ns" / "net").stat().st_ino == inode:
                    found.add(int(path.name))
    return {pid for pid in found if pid != os.getpid() and start_ticks(pid) is not None}


def _end_processes(name: str, deadline_s: float = 20) -> None:
    deadline = time.monotonic() + deadline_s
    while found := processes_of(name):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Processes of {name} did not end: {sorted(found)}")
        for path in _cgroups(name):  # a frozen process (docker pause) of cgroup v1 does not even hear SIGKILL
            with contextlib.suppress(OSError):
                if (path / "freezer.state").exists():
                    (path / "freezer.state").write_text("THAWED")
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _unmount_below(folder: Path) -> None:
    # mountinfo's fifth member is the mount point, with blanks written as \040; the last mounted goes first
    points = [line.split()[4].replace("\\040", " ") for line in _lines(Path("/proc/self/mountinfo"))]
    for point in reversed([point for point in points if Path(point).is_relative_to(folder)]):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def _remove_cgroups(name: str, deadline_s: float = 5) -> None:
    deadline = time.monotonic() + deadline_s
    while remaining := list(_cgroups(name)):
        for path in reversed(remaining):
            with contextlib.suppress(OSError):  # busy while its last process is on its way out: again below
                path.rmdir()
        if time.monotonic() > deadline:
            raise TimeoutError(f"Cgroups of {name} could not be removed: {remaining[:3]}")
        time.sleep(0.005)


def _cgroups(name: str) -> Iterator[Path]:
    """Yield the cgroups of this name in every hierarchy, parents before children."""
    for pattern in (name, f"*/{name}"):
        for top in CGROUP_FOLDER.glob(pattern):
            if not top.is_symlink() and not top.parent.is_symlink():
                yield from (Path(folder) for folder, _, _ in os.walk(top))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    for cleared in reap_leftovers():
        print(f"Cleared what an earlier, killed run had left: {cleared}")
