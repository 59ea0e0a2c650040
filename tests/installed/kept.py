"""A data directory as a released version left it, the commands that people run on it, and what damages it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.management.serving import ROOT
from tests.released.make import SEALED_WITH, unpack

NOBODY = "unix:///nonexistent/docker.sock"
DATABASE = "netadmin.sqlite3"


def environment_for(data_dir: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command on this data directory, and of nothing else that is set here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
    return kept | {"NETADMIN_DATA_DIR": str(data_dir), "DOCKER_HOST": NOBODY} | more


def manage(data_dir: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=environment_for(data_dir, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def lay_released(data_dir: Path, version: str = "0.1.0") -> Path:
    """Lay a data directory as that version left it; return its database's path."""
    data_dir.mkdir(mode=0o700, parents=True)
    unpack(version, data_dir / DATABASE)
    (data_dir / DATABASE).chmod(0o600)
    (data_dir / "secret_key").write_text(SEALED_WITH)
    (data_dir / "secret_key").chmod(0o600)
    return data_dir / DATABASE


def lay_current(data_dir: Path) -> Path:
    """Lay one with the rows of the newest release, brought up to date; return its database's path."""
    path = lay_released(data_dir)
    done = manage(data_dir, "snapshot", "--engine", "local")
    assert done.returncode == 0, done.stderr
    return path


def ask(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run one statement on a database's file, and return its rows."""
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        return database.execute(statement, values).fetchall()


def people_in(path: Path) -> list[str]:
    return [str(row[0]) for row in ask(path, "SELECT username FROM auth_user ORDER BY username")]


def is_whole(path: Path) -> bool:
    return ask(path, "PRAGMA integrity_check") == [("ok",)]


def fold_log(path: Path) -> None:
    """Have SQLite put its log into the file, so that what is damaged there is what is read."""
    assert ask(path, "PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0


def damage_header(path: Path) -> None:
    fold_log(path)
    with path.open("r+b") as file:
        file.write(b"\xaa" * 100)


def damage_table(path: Path, table: str) -> None:
    """Overwrite the first page of a table; for one with few rows that is all of it."""
    fold_log(path)
    page = int(str(ask(path, "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?", table)[0][0]))
    size = int(str(ask(path, "PRAGMA page_size")[0][0]))
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xaa" * size)


def cut_in_half(path: Path) -> None:
    fold_log(path)
    os.truncate(path, path.stat().st_size // 2)
