"""Where this process runs: in which container, and whether on a virtual machine. Source: proc(5), cpuid(4), Xen's sysfs."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from pathlib import Path

from networks.hostnet.linux.processes import CONTAINER_ID

_SHORT_ID = re.compile(r"[0-9a-f]{12}")
# What Docker puts into each container of its own making. Other mounts may well belong to other containers: a host sees them all.
_OWN_MOUNTS = frozenset({"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"})


@lru_cache(maxsize=8)
def own_marks(proc: str) -> tuple[frozenset[str], str]:
    """Return by what this process may be found among an Engine's containers: full ids, and the hostname where it is a short id.

    `proc`: "/proc", or a copy of what a container has there. Where nothing speaks of a container both are empty.
    """
    ids: set[str] = set()
    for line in _read(proc, "self/mountinfo").splitlines():
        parts = line.split(" ")
        if len(parts) > 4 and parts[4] in _OWN_MOUNTS:
            ids.update(CONTAINER_ID.findall(parts[3]))
    for line in _read(proc, "self/cgroup").splitlines():
        ids.update(CONTAINER_ID.findall(line.rpartition("/")[2]))
    hostname = _read(proc, "sys/kernel/hostname").strip()
    return frozenset(ids), hostname if _SHORT_ID.fullmatch(hostname) else ""


@cache
def is_virtual_machine() -> bool:
    """Tell whether a hypervisor runs this machine, and decides which frames reach a link of it; False where nothing says so, as
    on most ARM machines.
    """
    flags = (line for line in _read("/proc", "cpuinfo").splitlines() if line.startswith("flags"))
    return os.path.isdir("/sys/hypervisor/properties") or any("hypervisor" in line.split() for line in flags)


def _read(proc: str, name: str) -> str:
    try:
        return (Path(proc) / name).read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux, or hidden
        return ""
