"""The C library's heaps, kept few and given back: what `manage.py serve` does before there are threads."""

from __future__ import annotations

import ctypes
import threading
import time
from typing import Any

M_ARENA_MAX = -8  # Source: malloc.h of glibc
# Each request runs in a thread of its own, and glibc has up to eight heaps for each core, given to threads in turn: one after the
# other grows to the size of the largest page, and none shrinks.
ARENAS = 2
TRIM_EVERY_S = 60.0


def bound_allocator(*, trim_every_s: float = TRIM_EVERY_S) -> bool:
    """Have few heaps from now on, and what is free in them given back every minute, by a daemon thread.

    Call it while there are few threads. Returns whether that was done: not where the C library isn't glibc.
    """
    libc = _find_glibc()
    if libc is None:
        return False
    libc.mallopt(M_ARENA_MAX, ARENAS)

    def trim() -> None:
        while True:
            time.sleep(trim_every_s)
            libc.malloc_trim(0)  # others run meanwhile: ctypes lets go of the interpreter's lock

    threading.Thread(target=trim, name="trim", daemon=True).start()
    return True


def _find_glibc() -> Any:
    try:
        libc = ctypes.CDLL(None)
        return libc if libc.gnu_get_libc_version and libc.mallopt and libc.malloc_trim else None
    except (OSError, AttributeError, TypeError):  # musl, macOS
        return None
