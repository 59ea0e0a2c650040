"""What a real server says of an Engine and of a database that were held up."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.management.serving import Serving, free_port
from tests.prepared import prepare
from tests.private_engine import PrivateEngine, wait_until


@pytest.mark.full
def test_it_says_which_call_and_which_statement_were_held_up(fresh_engine: PrivateEngine, tmp_path: Path) -> None:
    prepare(tmp_path / "data")
    with Serving(tmp_path / "data", fresh_engine.url, free_port(), extra=(("NETADMIN_LOG_FORMAT", "json"),)) as server:

        def events(name: str) -> list[dict[str, Any]]:
            lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
            return [line for line in lines if line["event"] == name]

        wait_until(lambda: events("engine_live"), "live")

        def hold_up() -> list[dict[str, Any]]:
            """Hold the Engine up for a while that a ping, which comes every 5 s and has 3, outlasts."""
            fresh_engine.stop()
            time.sleep(2.5)
            fresh_engine.cont()
            return events("engine_call_slow")

        call = wait_until(hold_up, "a call that was held up", deadline_s=40, interval_s=0.5)[-1]
        assert call["what"].startswith("GET /")
        assert call["duration_ms"] >= call["budget_ms"] == 1000
        assert call["url"] == fresh_engine.url
        before = len(events("query_slow"))
        with closing(sqlite3.connect(server.data_dir / "netadmin.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            fresh_engine.cli("network", "create", "meanwhile")
            time.sleep(1.5)
            other.execute("COMMIT")

        query = wait_until(lambda: events("query_slow")[before:], "the statement that waited")[0]
        assert query["what"].startswith("BEGIN IMMEDIATE")
        assert query["duration_ms"] >= query["budget_ms"] == 500
