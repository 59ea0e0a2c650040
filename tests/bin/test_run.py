"""./bin/run, as a person types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bin.conftest import Machine, child_of
from tests.private_engine import wait_until

# Succeeds when the URL given answers with 200.
ASK = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)"
PING = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/var/run/docker.sock'); "
PING += "s.sendall(b'GET /_ping HTTP/1.0\\r\\n\\r\\n'); assert b'200 OK' in s.recv(100)"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("unix:///nowhere/docker.sock", "No such file or directory"),
        ("tcp://127.0.0.1:1", "Connection refused"),
        ("nonsense", "an address begins with unix://"),
    ],
)
def test_it_says_what_to_do_where_no_engine_answers(project: Path, url: str, reason: str) -> None:
    done = subprocess.run(
        ["bin/run", "--no-install"],
        cwd=project,
        env=os.environ | {"DOCKER_HOST": url},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert f"No Docker Engine answers at {url}: {reason}" in done.stderr
    assert "start that Engine, or unset DOCKER_HOST" in done.stderr


@pytest.mark.engine
def test_it_starts_docker_and_serves_and_leaves_docker_running(machine: Machine, project: Path, tmp_path: Path) -> None:
    ours = ("DOCKER_", "NETADMIN_", "DJANGO_")  # what this test run itself has set
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment["NETADMIN_DATA_DIR"] = str(tmp_path / "data")
    output = tmp_path / "output"
    with output.open("w") as said:
        run = machine.start("bin/run", "--no-install", cwd=project, env=environment, stdout=said, stderr=said)

    def serves() -> bool:
        assert run.poll() is None, output.read_text()
        return machine.succeeds(sys.executable, "-c", ASK, "http://localhost:8000/healthz")

    try:
        wait_until(serves, "GET /healthz", deadline_s=90)
        os.kill(child_of(run), signal.SIGINT)
        status = run.wait(20)
    finally:
        run.kill()

    words = output.read_text()
    assert status == 0, words
    assert "Starting Docker: dockerd, whose log is /var/log/dockerd.log" in words
    assert "This Docker stays up when Netadmin ends. To stop it: kill " in words
    assert "http://localhost:8000" in words
    assert machine.succeeds(sys.executable, "-c", PING)
