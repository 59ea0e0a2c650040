"""What only one of many may get, asked for by fifty at once on PostgreSQL, and first starts beside each other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.served import Served
from tests.postgres import PrivatePostgres, why_no_postgres
from tests.private_engine import wait_until
from tests.push.site import ROOT

pytestmark = [pytest.mark.skipif(bool(why_no_postgres()), reason=why_no_postgres())]

NOBODY = "unix:///nonexistent/docker.sock"
CLAIM = """
from concurrent.futures import ThreadPoolExecutor
from django.contrib.auth.models import User
from django.db import connection
from networks.policy import first_admin
first_admin.count_setup_guess = lambda address: type("Guess", (), {"take_back": lambda self: None})()
token = first_admin.ensure_setup_token()
def claim(number):
    try:
        first_admin.claim_setup(token, f"admin{number}", "a long enough pass phrase")
        return 1
    except first_admin.SetupRefused:
        return 0
    finally:
        connection.close()
with ThreadPoolExecutor(50) as claims:
    print(sum(claims.map(claim, range(50))), User.objects.count())
"""
COUNT = """
from concurrent.futures import ThreadPoolExecutor
from django.core.cache import cache
from django.db import connection
from networks.policy.login.throttle import TooManyGuesses, count_setup_guess
def guess(number):
    try:
        count_setup_guess("192.0.2.7")
        return 1
    except TooManyGuesses:
        return 0
    finally:
        connection.close()
with ThreadPoolExecutor(50) as guesses:
    print(sum(guesses.map(guess, range(50))))
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give that of a server on a PostgreSQL of its own, whose tables are there; nobody serves."""
    with PrivatePostgres() as postgres:
        served = Served(tmp_path / "first", NOBODY, more={"DATABASE_URL": postgres.url(), "NETADMIN_ENGINE": "local"})
        done = subprocess.run(
            [sys.executable, "manage.py", "setup_token"], cwd=ROOT, env=served.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        yield served.environment


def said_by(environment: dict[str, str], script: str) -> str:
    """Run a script in `manage.py shell`; return what it prints."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_one_of_fifty_becomes_the_first_admin(environment: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {**environment, "NETADMIN_DATA_DIR": str(tmp_path / "second")}

    with ThreadPoolExecutor(2) as servers:
        told = [one.split() for one in servers.map(lambda one: said_by(one, CLAIM), (environment, elsewhere))]

    assert sorted(int(succeeded) for succeeded, _people in told) == [0, 1]
    assert told[-1][1] == "1"


def test_fifty_guesses_at_once_count_as_fifty(environment: dict[str, str]) -> None:
    assert said_by(environment, COUNT) == "10"


def log_of(served: Served) -> str:
    return (served.folder / "serve.log").read_text()


def has_ended(served: Served) -> bool:
    return served.process is not None and served.process.poll() is not None


@pytest.mark.full
def test_ten_first_starts_at_once_end_well(tmp_path: Path) -> None:
    with PrivatePostgres() as postgres:
        more = {"DATABASE_URL": postgres.url(), "NETADMIN_ENGINE": "local"}
        servers = [Served(tmp_path / f"server-{number}", NOBODY, more=more) for number in range(10)]
        try:
            for server in servers:
                server.launch()
            for server in servers:
                wait_until(
                    lambda server=server: "Ctrl-C ends it" in log_of(server) or has_ended(server), "ten servers", deadline_s=120
                )
            assert [log_of(server)[-1500:] for server in servers if has_ended(server)] == []
        finally:
            for server in servers:
                server.stop()
