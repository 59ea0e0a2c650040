"""Folders of tunnels: locked while their process lives, so that those of a killed one, which may hold a key, are known and go."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "netadmin-ssh-"
_YOUNG = "netadmin-new-"  # not locked yet


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Make a private folder, 0700, and remove it when the block ends; first remove what killed processes left. Raises OSError."""
    clear_folders()
    young = Path(tempfile.mkdtemp(prefix=_YOUNG))
    folder = young.with_name(young.name.replace(_YOUNG, _PREFIX, 1))
    lock = os.open(young, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        young.rename(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(young, ignore_errors=True)
        os.close(lock)


def clear_folders() -> None:
    """Remove the folders whose processes are dead: the kernel has freed their locks. Others' it may not open, and leaves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
