"""Every released version's database is brought up to date, by one process at a time, with all that was in it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from networks.models.access import PURPOSE
from networks.models.sealing import open_for
from tests.architecture.tree import ROOT
from tests.installed.kept import DATABASE, NOBODY, ask, environment_for, is_whole, lay_released, manage, people_in
from tests.installed.million import fill_records
from tests.management.serving import Serving, free_port
from tests.private_engine import wait_until
from tests.released.make import PEOPLE, RELEASES, ROWS, SEALED_WITH, path_of, unpack

# Django makes the first two anew for what is new; the snapshot is Docker's.
GROWN = {"django_migrations", "auth_permission", "django_content_type", "sqlite_sequence"}
MIGRATE = "import django; django.setup(); from networks.management.migrating import migrate_if_needed; migrate_if_needed()"
STANDING_STILL_S = 10.0


def counts(path: Path) -> dict[str, int]:
    tables = [str(row[0]) for row in ask(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: int(str(ask(path, f'SELECT count(*) FROM "{table}"')[0][0])) for table in tables}  # noqa: S608


def test_it_keeps_a_database_of_every_release() -> None:
    released = re.findall(r"^## (\S+), \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert released
    assert sorted(released) == sorted(RELEASES)
    assert all(path_of(version).stat().st_size < 100_000 for version in released)


def test_it_calls_itself_as_the_project_does() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## (\S+), ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert project["version"] == settings.NETADMIN_VERSION
    assert newest is not None
    assert project["version"].removesuffix(".dev0") == newest[1]


@pytest.mark.parametrize("version", RELEASES)
def test_it_has_rows_in_every_table_of_a_release(version: str, tmp_path: Path) -> None:
    unpack(version, tmp_path / "released.sqlite3")

    assert {table for table, count in counts(tmp_path / "released.sqlite3").items() if not count} == set()


@pytest.mark.parametrize("version", RELEASES)
def test_it_keeps_everything_of_a_release(version: str, tmp_path: Path) -> None:
    path = lay_released(tmp_path / "data", version)
    before = counts(path)

    done = manage(tmp_path / "data", "snapshot", "--engine", "far")

    assert done.returncode == 0, done.stderr
    after = counts(path)
    assert {table: after.get(table) for table in before if table not in GROWN} == {
        table: count for table, count in before.items() if table not in GROWN
    }
    assert is_whole(path)
    assert people_in(path) == sorted(PEOPLE)
    assert ask(path, "SELECT who, verb, what FROM networks_action ORDER BY id")[0] == ("root", "create_network", "net0")
    assert ask(path, "SELECT version FROM networks_installation") == [(settings.NETADMIN_VERSION,)]
    for table in ("networks_action", "networks_outcome"):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608 (two fixed names)
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                ask(path, statement)


@pytest.mark.parametrize("version", RELEASES)
def test_what_a_release_sealed_opens(version: str, tmp_path: Path, settings: object) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SEALED_WITH, []  # type: ignore[attr-defined]
    unpack(version, tmp_path / "released.sqlite3")
    rows = ask(tmp_path / "released.sqlite3", "SELECT engine_id, sealed FROM networks_enginecredentials")

    assert len(rows) == ROWS
    assert all("ssh_key" in open_for(str(sealed), PURPOSE, f"engine {pk}") for pk, sealed in rows)


@pytest.mark.parametrize("is_first", [True, False], ids=["first start", "upgrade"])
def test_it_starts_many_times_at_once(is_first: bool, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    if not is_first:
        lay_released(data_dir)
    environment = environment_for(data_dir, DJANGO_SETTINGS_MODULE="netadmin.settings")
    runs = [
        subprocess.Popen([sys.executable, "-c", MIGRATE], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    ends = [(run.communicate(timeout=120)[1], run.returncode) for run in runs]

    assert ends == [("", 0)] * 4
    assert is_whole(data_dir / "netadmin.sqlite3")


@pytest.mark.parametrize("many", [2, pytest.param(10, marks=pytest.mark.full)])
def test_as_many_servers_start_at_once_for_the_first_time(many: int, tmp_path: Path) -> None:
    servers = [Serving(tmp_path / "data", NOBODY, free_port(), extra=(("NETADMIN_LOG_LEVEL", "ERROR"),)) for _ in range(many)]
    try:
        for server in servers:
            server.start()
        for server in servers:
            wait_until(lambda server=server: server.get("/readyz") == 200 or server.has_ended(), "it", deadline_s=120)  # type: ignore[misc]

        assert [server.get("/readyz") for server in servers] == [200] * many, servers[0].log()
    finally:
        for server in servers:
            server.end()
    assert "Error" not in servers[0].log()
    assert ask(tmp_path / "data" / DATABASE, "SELECT count(*) FROM networks_engine") == [(1,)]


@pytest.mark.full
@pytest.mark.parametrize("version", RELEASES)
def test_it_stands_still_for_seconds_with_a_million_records(version: str, tmp_path: Path) -> None:
    path = lay_released(tmp_path / "data", version)
    fill_records(path, 1_000_000)

    began = time.monotonic()
    done = manage(tmp_path / "data", "snapshot", "--engine", "far")
    took_s = time.monotonic() - began

    print(f"an upgrade from {version} with 1,000,000 records: {took_s:.1f} s")
    assert done.returncode == 0, done.stderr
    assert ask(path, "SELECT count(*) FROM networks_action")[0][0] == 1_000_000 + ROWS
    assert took_s <= STANDING_STILL_S
