"""Two servers whose PostgreSQL hangs, is cut off, dies and comes back, or stands behind a pooler: late at most, never wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.served import Served
from tests.conftest import IS_FULL
from tests.installed.pairs import ServerPair, has_heard, listen, status_of
from tests.patience import within
from tests.postgres import PrivatePostgres, why_no_postgres
from tests.private_engine import PrivateEngine, wait_until

BOUNCER = Path("/usr/sbin/pgbouncer")
KILLS = 20 if IS_FULL else 1
SETTINGS = """[databases]
netadmin = host={folder} user=netadmin dbname=netadmin
[pgbouncer]
listen_port = 6543
unix_socket_dir = {folder}
listen_addr =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
logfile = {folder}/pooler.log
"""
FENCE = "SELECT fence, holder FROM networks_lease WHERE name = 'follower-local'"
RENEWING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'UPDATE networks_lease SET beat%'"
LISTENING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"

pytestmark = [pytest.mark.skipif(bool(why_no_postgres()), reason=why_no_postgres())]


def log_of(served: Served) -> str:
    return (served.folder / "serve.log").read_text()


def is_told(served: Served, cookie: str, engine: PrivateEngine, name: str, deadline_s: float) -> None:
    """Make a network, and have it come to a page of this server."""
    with listen(served, cookie, "/networks/") as crowd:
        made = engine.cli("network", "create", name)
        wait_until(lambda: has_heard(crowd, made), f"{name} on {served.port}", deadline_s=deadline_s)


@pytest.mark.full
def test_it_polls_while_the_path_is_silent(postgres: PrivatePostgres, engine: PrivateEngine, tmp_path: Path) -> None:
    with ServerPair(tmp_path, engine.url, postgres.url()) as pair:
        pair.wait_until_live(postgres)
        cookies = {served.port: served.cookies()[0] for served in pair.both}
        listening = [int(pid) for pid in postgres.sql(LISTENING).splitlines()]
        assert len(listening) == 2

        for pid in listening:
            os.kill(pid, signal.SIGSTOP)
        for served in pair.both:
            wait_until(lambda served=served: "hints_not_heard" in log_of(served), "the silence to be noticed", deadline_s=40)
            is_told(served, cookies[served.port], engine, f"silent-{served.port}", within(4.0))
        for pid in listening:
            os.kill(pid, signal.SIGCONT)

        wait_until(lambda: len(postgres.sql(LISTENING).splitlines()) >= 2, "both to listen again", deadline_s=40)
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        for served in pair.both:
            is_told(served, cookies[served.port], engine, f"cut-{served.port}", within(4.0))


@pytest.mark.full
def test_it_keeps_the_lease_when_the_connection_that_renews_it_hangs(
    postgres: PrivatePostgres, engine: PrivateEngine, tmp_path: Path
) -> None:
    with ServerPair(tmp_path, engine.url, postgres.url()) as pair:
        pair.wait_until_live(postgres)
        wait_until(lambda: postgres.sql(RENEWING), "a renewal", deadline_s=20)
        before = postgres.sql(FENCE)
        os.kill(int(postgres.sql(RENEWING).splitlines()[0]), signal.SIGSTOP)

        time.sleep(25)  # the lease lasts 15

        assert postgres.sql(FENCE) == before
        cookie = pair.second.cookies()[0]
        is_told(pair.second, cookie, engine, "still-followed", within(5.0))


@pytest.mark.full
def test_it_is_right_again_after_each_kill_of_the_database(
    postgres: PrivatePostgres, engine: PrivateEngine, tmp_path: Path
) -> None:
    with ServerPair(tmp_path, engine.url, postgres.url()) as pair:
        pair.wait_until_live(postgres)
        cookies = {served.port: served.cookies()[0] for served in pair.both}
        for turn in range(KILLS):
            postgres.kill9()
            began = time.monotonic()
            page = pair.second.visitor(cookies[pair.second.port])
            answer = page.get("/networks/")
            page.close()
            assert (answer.status, b"PostgreSQL" in answer.body) == (503, True), answer.body.decode()[-2000:]
            assert time.monotonic() - began < within(6.0)
            engine.cli("network", "create", f"while-away-{turn}")
            postgres.start()

            def is_right(served: Served, turn: int = turn) -> bool:
                visitor = served.visitor(cookies[served.port])
                answer = visitor.get("/networks/")
                visitor.close()
                return answer.status == 200 and f"while-away-{turn}".encode() in answer.body

            for served in pair.both:
                wait_until(
                    lambda served=served: is_right(served), "the page to be right", deadline_s=within(30.0), interval_s=0.2
                )
                is_told(served, cookies[served.port], engine, f"back-{turn}-{served.port}", within(20.0))
            wait_until(lambda: status_of(postgres)[0] == "live", "the Engine to be followed", deadline_s=within(20.0))
            made = [f"while-away-{turn}", *(f"back-{turn}-{served.port}" for served in pair.both)]
            engine.cli("network", "rm", *made)  # a list has fifty rows


@contextmanager
def pooler(postgres: PrivatePostgres) -> Iterator[str]:
    """Run PgBouncer before it, and give the address that leads through it."""
    settings = postgres.folder / "pgbouncer.ini"
    settings.write_text(SETTINGS.format(folder=postgres.folder))
    running = subprocess.Popen(
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(BOUNCER), str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=postgres.folder,
    )
    try:
        wait_until(lambda: (postgres.folder / ".s.PGSQL.6543").exists(), "the pooler")
        yield f"{postgres.url()}&port=6543"
    finally:
        running.terminate()
        running.wait(10)


@pytest.mark.skipif(not BOUNCER.exists(), reason="PgBouncer isn't installed (package pgbouncer)")
def test_it_polls_behind_a_pooler(postgres: PrivatePostgres, engine: PrivateEngine, tmp_path: Path) -> None:
    with pooler(postgres) as address, ServerPair(tmp_path, engine.url, address) as pair:
        pair.wait_until_live(postgres)
        for served in pair.both:
            wait_until(
                lambda served=served: "a pooler stands between" in log_of(served), "the pooler to be noticed", deadline_s=30
            )
            is_told(served, served.cookies()[0], engine, f"pooled-{served.port}", within(4.0))
