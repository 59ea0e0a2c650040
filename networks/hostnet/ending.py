"""Ending what was begun in a container, where its process can be seen from here: it is proved first, and none other is touched.

Source: proc(5), pidfd_open(2), setsid(2).
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator

from networks.hostnet.errors import HostError
from networks.hostnet.linux.processes import Process, process_ids

Proved = tuple[int, int]  # pid, and when it started, in ticks since boot
_SESSION = 3  # among the members of /proc/PID/stat that follow the name


def prove_process(pid: int, container_id: str, mark: str) -> int:
    """Return when this process started, in ticks since boot; 0 where it isn't proved to be the container's that has the mark.

    `mark`: a member of its environment, "NAME=value". An Engine on another machine, or in another PID namespace, counts
    processes in its own way: there the number means nobody, or somebody else.
    """
    try:
        with Process(pid) as process:
            started_at = process.prove(container_id)
            return started_at if mark in process.read("environ").split("\0") else 0
    except (HostError, OSError):
        return 0


def session_of(pid: int, container_id: str, started_at: int) -> tuple[Proved, ...]:
    """Return a proved process, first, and all of the session that it leads; none where it has ended, or may not be seen.

    `started_at`: as `prove_process` returned it.
    """
    try:
        with Process(pid) as leader:
            if leader.prove(container_id) != started_at:
                return ()
            members = tuple(_members(pid, container_id))
            return ((pid, started_at), *members) if leader.started_at() == started_at else ()
    except (HostError, OSError):
        return ()


def send_signal(processes: Iterable[Proved], number: signal.Signals) -> int:
    """Send a signal to each process that still is the one it was; return how many got it."""
    return sum(_send(process, number) for process in processes)


def _members(leader: int, container_id: str) -> Iterator[Proved]:
    """Yield every process of a session but its leader."""
    for pid in process_ids():
        if pid == leader:
            continue
        with contextlib.suppress(HostError, OSError), Process(pid) as process:
            stat = process.read("stat").rpartition(")")[2].split()
            if len(stat) > _SESSION and int(stat[_SESSION]) == leader:
                yield pid, process.prove(container_id)


def _send(member: Proved, number: signal.Signals) -> int:
    """Send it to the process that has this number and started then; whoever has the number later is left alone."""
    pid, started_at = member
    with contextlib.suppress(HostError, OSError), Process(pid) as process:
        handle = os.pidfd_open(pid)
        try:
            if process.started_at() != started_at:  # it still runs, so the handle is its own
                return 0
            signal.pidfd_send_signal(handle, number)
            return 1
        finally:
            os.close(handle)
    return 0
