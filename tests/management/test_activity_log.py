"""NETADMIN_ACTIVITY_LOG with a real `manage.py serve`: written, killed, rotated, taken over and verified from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.actions.trail.receiving import Receiver
from tests.management.serving import ROOT, Serving, free_port
from tests.prepared import prepare
from tests.private_engine import wait_until

NOBODY = "unix:///nonexistent/docker.sock"


class Logged:
    """A server whose record goes to a file, and the commands of its data directory."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log" / "activity.log"
        self.log.parent.mkdir()
        self.data_dir = folder / "data"
        prepare(self.data_dir)

    def serving(self, *more: tuple[str, str]) -> Serving:
        return Serving(self.data_dir, NOBODY, free_port(), extra=(("NETADMIN_ACTIVITY_LOG", f"file://{self.log}"), *more))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py beside the server, or without one."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}
        environment |= {
            "NETADMIN_DATA_DIR": str(self.data_dir),
            "NETADMIN_ACTIVITY_LOG": f"file://{self.log}",
            "DOCKER_HOST": NOBODY,
        }
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)

    def act(self, name: str) -> None:
        """Have a command make a person, which is recorded."""
        made = self.run("createsuperuser", "--noinput", "--username", name, "--email", "")
        assert made.returncode == 0, made.stderr

    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.log.read_text().splitlines()] if self.log.exists() else []

    def wait_for(self, name: str) -> None:
        """Wait until the making of this person stands in the file, with its outcome."""
        wait_until(lambda: _is_done(self.documents(), name), f"the line about {name}", interval_s=0.1)


def _is_done(documents: list[dict[str, Any]], name: str) -> bool:
    begun = {each["id"] for each in documents if each["kind"] == "action" and each["what"] == name}
    return any(each["kind"] == "outcome" and each["action_id"] in begun for each in documents)


@pytest.fixture
def logged(tmp_path: Path) -> Logged:
    return Logged(tmp_path)


def test_it_writes_the_record_over_a_kill_a_rotation_and_a_clean_end(logged: Logged) -> None:
    serving = logged.serving()
    with serving:
        logged.act("anna")
        logged.wait_for("anna")
        assert logged.run("verify_activity").stdout.startswith("The record is whole")
        serving.signal(signal.SIGKILL)
    logged.act("bert")  # while nothing serves
    rotated = logged.log.with_name("activity.log.1")
    serving = logged.serving()
    with serving:
        logged.wait_for("bert")
        logged.log.rename(rotated)
        logged.act("carl")
        logged.wait_for("carl")
        assert serving.signal(signal.SIGTERM) == 0

    verified = logged.run("verify_activity", str(rotated), str(logged.log))
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout.startswith("The record is whole: ")
    numbers = [json.loads(text)["sequence"] for path in (rotated, logged.log) for text in path.read_text().splitlines()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_it_tells_a_changed_file_by_status_and_sentence(logged: Logged) -> None:
    with logged.serving():
        logged.act("anna")
        logged.wait_for("anna")
    logged.log.write_text(logged.log.read_text().replace('"what":"anna"', '"what":"bert"'))

    verified = logged.run("verify_activity")

    assert verified.returncode == 1
    assert "is wrong: it was changed: its hash is not that of what it says." in verified.stderr
    assert "Traceback" not in verified.stderr


def test_it_lets_another_process_write_on_when_the_one_that_wrote_is_killed(logged: Logged) -> None:
    first, second = logged.serving(), logged.serving()
    with first, second:
        logged.act("anna")
        logged.wait_for("anna")
        first.signal(signal.SIGKILL)
        second.get("/healthz")
        logged.act("bert")
        logged.wait_for("bert")

    assert logged.run("verify_activity").returncode == 0


def test_it_ends_in_time_while_a_receiver_hangs(logged: Logged, tmp_path: Path) -> None:
    receiver = Receiver(tmp_path)
    receiver.is_hanging = True
    with receiver:
        destination = ("NETADMIN_ACTIVITY_LOG", f"syslog+tls://127.0.0.1:{receiver.port}")
        serving = logged.serving(destination, ("NETADMIN_ACTIVITY_LOG_CA", str(tmp_path / "ca.pem")))
        with serving:
            logged.act("anna")
            wait_until(lambda: receiver.connections, "it to be sending")
            assert serving.get("/healthz") == 200

            assert serving.signal(signal.SIGTERM) == 0  # within 15 s, or it fails
    assert "ending_took_too_long" not in serving.log()
