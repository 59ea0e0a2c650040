"""How each kind of database is copied into a file while it is worked with, and how such a file is checked."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

NAMES = {"sqlite": "netadmin.sqlite3"}  # of the copy, by what made it


class NoDump(Exception):
    """The database could not be copied, or the copy is not what it should be; in words."""


def give_way() -> None:
    """Have this thread come after the others, from now on: pages that are asked for meanwhile first.

    Not last: on a busy machine a backup took twice as long then.
    """
    thread = threading.get_native_id()  # Linux: of the thread alone
    os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + 5))


def dump_database(opened: BaseDatabaseWrapper, to: Path) -> None:
    """Copy a consistent state into a new file, while others read and write. Raises NoDump, leaving what is there of it."""
    if opened.vendor != "sqlite":
        raise NoDump(f"a database of the kind {opened.vendor} is not copied by this command")
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with _told_in_words(), closing(sqlite3.connect(opened.settings_dict["NAME"], timeout=20)) as database:
        database.execute("VACUUM INTO ?", [str(to)])
    with to.open("rb+") as file:
        os.fsync(file.fileno())


def check_dump(path: Path) -> str:
    """Return a copy's SHA-256, in hex, once it was read and found whole. Raises NoDump."""
    with _told_in_words(), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        found = [row[0] for row in database.execute("PRAGMA quick_check(5)")]
    if found != ["ok"]:
        raise NoDump(f"the copy is damaged: {found[0]}")
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise NoDump(str(error)) from error
