"""The guard that holds tests to their own sockets: what it stops, what it lets pass, and that it is heard."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from networks.engine.access.openers import opener_for
from tests.another_engine import AnotherEngine
from tests.guarded.sitecustomize import MACHINES_OWN, VARIABLE, hold, why_stray
from tests.private_engine import PrivateEngine

ELSEWHERE = ["unix:///var/run/docker.sock", "unix:///run/user/0/docker.sock", "tcp://127.0.0.1:2375"]
ADDRESSES = ["/var/run/docker.sock", "/run/podman/podman.sock", ("127.0.0.1", 2375), ("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)]
OWN = ["/nonexistent/docker.sock", "/tmp/nt-1-2-abc/docker.sock", ("127.0.0.1", 8000), ("::1", 8000, 0, 0), ("localhost", 80)]
OWN.append("/proc/self/fd/29/run/docker/plugins/nt-1-2-ovs.sock")  # a plugin's, where Docker looks for them
# Connects as an Engine's client would, in a process with other settings.
OPEN = "import sys; from networks.engine.access.openers import opener_for; opener_for(sys.argv[1])(1)"


@pytest.fixture
def strays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have this test's attempts written down apart from what fails tests."""
    path = tmp_path / "strays"
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("PYTHONPATH", "")
    hold(path)
    return path


@pytest.mark.parametrize("url", ELSEWHERE[:2])
def test_it_stops_an_opener_on_its_way_elsewhere(url: str, strays: Path) -> None:
    # The class of whichever of the two modules came first in this process.
    with pytest.raises(RuntimeError, match="was about to connect to"):
        opener_for(url)(1)

    assert "was about to connect to" in strays.read_text()


@pytest.mark.parametrize("url", ELSEWHERE)
def test_it_stops_a_process_that_a_test_starts(url: str, strays: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))}

    done = subprocess.run([sys.executable, "-c", OPEN, url], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "StraySocket" in done.stderr
    assert "was about to connect to" in strays.read_text()


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_knows_what_no_test_made(address: object, strays: Path) -> None:
    assert why_stray(address, keep())


@pytest.mark.parametrize("address", OWN)
def test_it_lets_tests_use_what_is_theirs(address: object) -> None:
    assert why_stray(address, keep()) == ""


def test_it_knows_the_machines_own_engine_by_another_path(tmp_path: Path) -> None:
    path = tmp_path / "nt-1-2-abc" / "docker.sock"
    path.parent.mkdir()
    path.touch()
    found = path.stat()

    assert why_stray(str(path), keep() | {"engine": [found.st_dev, found.st_ino]}) == "it is the machine's own Engine"
    assert why_stray(str(path), keep() | {"engine": [found.st_dev, found.st_ino], "mnt": "another"})


def test_it_lets_a_test_reach_a_private_engine(engine: PrivateEngine, another_engine: AnotherEngine) -> None:
    with closing(opener_for(engine.url)(1)) as opened:
        assert opened.family == socket.AF_UNIX
    with closing(opener_for(another_engine.engine.url)(1)) as opened:
        assert opened.family == socket.AF_UNIX


def test_it_leaves_docker_no_engine_of_this_machine() -> None:
    assert os.environ["DOCKER_HOST"] == "unix:///nonexistent/docker.sock"
    assert MACHINES_OWN == "/var/run/docker.sock"


def keep() -> dict[str, object]:
    import json

    return dict(json.loads(os.environ[VARIABLE]))
