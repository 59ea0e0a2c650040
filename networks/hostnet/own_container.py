"""Which container this process runs in, as its own /proc has it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
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
            ids.update(_ID.findall(parts[3]))
    for line in _read(proc, "self/cgroup").splitlines():
        ids.update(_ID.findall(line.rpartition("/")[2]))
    hostname = _read(proc, "sys/kernel/hostname").strip()
    return frozenset(ids), hostname if _SHORT_ID.fullmatch(hostname) else ""


def _read(proc: str, name: str) -> str:
    try:
        return (Path(proc) / name).read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux, or hidden
        return ""
