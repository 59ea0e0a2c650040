"""`manage.py serve`, from outside: what it makes, prints, answers, and how it ends."""

from __future__ import annotations

import signal
import socket
import stat
from pathlib import Path

import pytest

from tests.management.serving import Serving, free_port
from tests.private_engine import wait_until

NOBODY = "unix:///nonexistent/docker.sock"


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    return Serving(tmp_path / "data", NOBODY, free_port())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_without_an_engine_and_ends_with_status_0(serving: Serving, number: int) -> None:
    with serving:
        assert serving.get("/healthz") == 200
        assert len(serving.token()) >= 43, "256 bits"

        assert serving.signal(number) == 0


def test_it_keeps_key_and_database_private(serving: Serving) -> None:
    with serving:
        assert stat.S_IMODE(serving.data_dir.stat().st_mode) == 0o700
        for name in ("secret_key", "netadmin.sqlite3", "netadmin.sqlite3-wal"):
            assert stat.S_IMODE((serving.data_dir / name).stat().st_mode) == 0o600, name


def test_it_says_in_one_sentence_that_the_port_is_taken(serving: Serving) -> None:
    with socket.create_server(("127.0.0.1", serving.port)):
        serving.start()
        wait_until(serving.has_ended, "the server to give up", deadline_s=30)

    assert serving.process is not None
    assert serving.process.returncode == 1
    assert f"Port {serving.port} on 127.0.0.1 is taken" in serving.log()
    assert "NETADMIN_PORT" in serving.log()
    assert "Traceback" not in serving.log()


def test_it_makes_the_first_admin_from_the_environment(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct-horse-battery\n")
    serving.extra = (("NETADMIN_ADMIN_USERNAME", "root"), ("NETADMIN_ADMIN_PASSWORD_FILE", str(tmp_path / "password")))

    with serving:
        assert "The first admin is root." in serving.log()
        assert "token" not in serving.log()
        assert serving.get("/accounts/login/") == 200
