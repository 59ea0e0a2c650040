"""From SQLite to PostgreSQL and back by one command, compared row by row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.served import Served
from tests.postgres import PrivatePostgres, why_no_postgres
from tests.private_engine import PrivateEngine, wait_until
from tests.push.site import ROOT

pytestmark = [pytest.mark.skipif(bool(why_no_postgres()), reason=why_no_postgres())]

DUMP = "import json; from networks.management.moving import digests; print(json.dumps(digests()))"


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_it_goes_there_and_back(engine: PrivateEngine, postgres: PrivatePostgres, tmp_path: Path) -> None:
    engine.import_image()
    engine.cli("network", "create", "front")
    engine.run("web", "--net", "front")
    with Served(tmp_path / "old", engine.url, more={"NETADMIN_FOLLOW": "false"}) as only_serving:
        refused = manage(only_serving.environment, "move_database", postgres.url())
        assert "stop it first" in refused.stderr
    with Served(tmp_path / "old", engine.url) as served:
        wait_until(lambda: served.query("SELECT count(*) FROM networks_endpoint") == [(1,)], "the endpoint")
        visitor = served.visitor()
        visitor.page("/networks/")
        visitor.close()
        refused = manage(served.environment, "move_database", postgres.url())
    assert "stop it first" in refused.stderr

    moved = manage(served.environment, "move_database", postgres.url())
    assert moved.returncode == 0, moved.stderr
    assert "rows, each compared" in moved.stdout
    again = manage(served.environment, "move_database", postgres.url())
    assert "isn't empty" in again.stderr

    there = {**served.environment, "DATABASE_URL": postgres.url(), "NETADMIN_ENGINE": "local"}
    before, behind = (manage(one, "shell", "-v", "0", "-c", DUMP).stdout for one in (served.environment, there))
    assert before == behind
    back = manage(there, "move_database", str(tmp_path / "new"))
    assert back.returncode == 0, back.stderr
    home = {**served.environment, "NETADMIN_DATA_DIR": str(tmp_path / "new")}
    assert manage(home, "shell", "-v", "0", "-c", DUMP).stdout == before

    # New rows get keys of their own on the other database, and the record still only grows.
    with Served(tmp_path / "old", engine.url, more={"DATABASE_URL": postgres.url(), "NETADMIN_ENGINE": "local"}) as on_it:
        engine.cli("network", "create", "back")
        visitor = on_it.visitor()
        wait_until(lambda: "back" in visitor.page("/networks/"), "the new network on the moved database")
        visitor.close()
    web = {"DATABASE_URL": postgres.url(), "NETADMIN_ENGINE": "", "NETADMIN_FOLLOW": "false"}
    with Served(tmp_path / "web", engine.url, more=web):
        refused = manage(there, "move_database", str(tmp_path / "newer"))
        assert "Netadmin is running on this database" in refused.stderr
    with pytest.raises(subprocess.CalledProcessError):
        postgres.sql("DELETE FROM networks_action")
