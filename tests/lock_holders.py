"""Who keeps a locked database locked: the connections of this process that are in a transaction, and what each thread is at."""

from __future__ import annotations

import gc
import sys
import threading
import traceback
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def describe_lock_holders() -> str:
    """Return lines for whoever reads a test's failure: connections in use, locks of all processes by inode, stacks."""
    return "\n".join((*_connections(), *_locks(), *_stacks()))


def _connections() -> list[str]:
    # This thread's is of before the collector was told to leave alone what is there.
    found = {id(each): each for each in (*connections.all(), *gc.get_objects()) if isinstance(each, BaseDatabaseWrapper)}
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return [
        f"connection of {names.get(each._thread_ident, 'a thread that has ended')}: "  # type: ignore[attr-defined]
        f"in_transaction={each.connection.in_transaction} in_atomic_block={each.in_atomic_block}"
        for each in found.values()
        if each.connection is not None
    ]


def _locks() -> list[str]:
    inodes = {path.stat().st_ino: path.name for path in _files()}
    lines = Path("/proc/locks").read_text().splitlines()
    return [f"{inodes[inode]}: {line}" for line in lines if (inode := int(line.split()[-3].rpartition(":")[2])) in inodes]


def _files() -> list[Path]:
    opened = (Path("/proc/self/fd", each.name) for each in Path("/proc/self/fd").iterdir())
    return [path.resolve() for path in opened if ".sqlite3" in str(path.resolve()) and path.resolve().exists()]


def _stacks() -> list[str]:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames().items()
    return [f"--- {names.get(ident, ident)}\n{''.join(traceback.format_stack(frame)[-8:])}" for ident, frame in frames]
