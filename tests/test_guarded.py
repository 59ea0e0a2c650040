"""The guard that holds tests to their own sockets: what it stops, what it lets pass, and that it is heard."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from networks.engine.access.openers import opener_for
from tests.another_engine import AnotherEngine
from tests.guarded.sitecustomize import MACHINES_OWN, VARIABLE, hold, why_stray, why_stray_process
from tests.private_engine import PrivateEngine

ELSEWHERE = ["unix:///var/run/docker.sock", "unix:///run/user/0/docker.sock", "tcp://127.0.0.1:2375"]
ADDRESSES = ["/var/run/docker.sock", "/run/podman/podman.sock", ("127.0.0.1", 2375), ("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)]
OWN = ["/nonexistent/docker.sock", "/tmp/nt-1-2-abc/docker.sock", ("127.0.0.1", 8000), ("::1", 8000, 0, 0), ("localhost", 80)]
OWN.append("/proc/self/fd/29/run/docker/plugins/nt-1-2-ovs.sock")  # a plugin's, where Docker looks for them
OWN += ["\0nt-1-2-abc", "/nowhere"]
ADDRESSES += ["\0docker.sock", "/nonexistent/../var/run/docker.sock", "../../../../var/run/docker.sock", ("0.0.0.0", 2375)]  # noqa: S104 to connect to
ADDRESSES += ["/proc/self/root/var/run/docker.sock", "/proc/self/cwd/docker.sock"]
# Connects as an Engine's client would, in a process with other settings.
OPEN = "import sys; from networks.engine.access.openers import opener_for; opener_for(sys.argv[1])(1)"


STRAY_COMMANDS = [
    ["docker", "-H", "unix:///var/run/docker.sock", "ps"],
    ["docker", "-Hunix:///run/user/0/docker.sock", "ps"],
    ["docker", "--log-level", "error", "--host=tcp://127.0.0.1:2375", "ps"],
    ["docker", "--host", "ssh://root@127.0.0.1", "ps"],
    ["docker", "-c", "default", "ps"],
    ["docker", "--context=desktop-linux", "ps"],
    ["docker", "context", "use", "default"],
    ["sh", "-c", "true; docker -H unix:///var/run/docker.sock ps"],
    ["sh", "-c", "DOCKER_HOST=unix:///var/run/docker.sock docker ps"],
    ["env", "DOCKER_HOST=tcp://192.0.2.1:2376", "docker", "ps"],
    ["nsenter", "--net=/proc/self/ns/net", "--", "docker", "-H", "unix:///var/run/docker.sock", "ps"],
    ["nsenter", "--net=/proc/self/ns/net", "--", "docker", "-H", "tcp://10.0.0.1:2375", "ps"],
    ["nsenter", "--target=self", "--mount", "--", "docker", "-H", "unix:///var/run/docker.sock", "ps"],
    ["nsenter", "--target=self", "--net", "--", "docker", "-H", "tcp://10.0.0.1:2375", "ps"],
    ["unshare", "--mount", "--", "docker", "-H", "unix:///var/run/docker.sock", "ps"],
    ["dockerd", "-H", "unix:///var/run/docker.sock"],
    ["dockerd", "--data-root", "/tmp/x"],
    ["ssh", "-o", "BatchMode=yes", "root@127.0.0.1"],
    ["ssh", "-p", "2222", "192.0.2.1"],
    [sys.executable, "-I", "-c", "pass"],
    [sys.executable, "-S", "-c", "pass"],
]
OWN_COMMANDS = [
    ["docker", "-H", "unix:///tmp/nt-1-2-abc/docker.sock", "ps"],
    ["docker", "run", "-c", "512", "--host", "x"],
    ["sh", "-c", "docker network create front"],
    ["nsenter", "--net=/run/netns/nt-1-2-abc", "--", "docker", "-H", "tcp://10.0.0.1:2375", "ps"],
    ["nsenter", "--target=99999999", "--mount", "--", "docker", "ps"],
    ["unshare", "--net", "--", "docker", "-H", "tcp://10.0.0.1:2375", "ps"],
    ["dockerd", "--version"],
    ["ssh", "-p", "40001", "--", "127.0.0.1"],
    [sys.executable, "-m", "pytest"],
]


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


@pytest.mark.parametrize("words", STRAY_COMMANDS, ids=" ".join)
def test_it_starts_no_program_that_would_go_elsewhere(words: list[str], strays: Path) -> None:
    with pytest.raises(RuntimeError, match="was about to start"):
        subprocess.run(words, check=False, capture_output=True, timeout=10)

    assert "was about to start" in strays.read_text()


@pytest.mark.parametrize("words", OWN_COMMANDS, ids=" ".join)
def test_it_starts_what_stays_with_what_is_ours(words: list[str]) -> None:
    assert why_stray_process(words, os.environ, keep()) == ""


@pytest.mark.parametrize("missing", ["DOCKER_HOST", "PYTHONPATH", VARIABLE])
def test_it_starts_no_shell_without_what_holds_it(missing: str, strays: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != missing}

    with pytest.raises(RuntimeError, match="was about to start"):
        subprocess.run(["sh", "-c", "true"], env=environment, check=False)


def test_it_holds_on_where_a_test_has_emptied_the_environment(strays: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX) as opened, suppress(OSError):
        opened.connect("/nonexistent/docker.sock")
    monkeypatch.delenv(VARIABLE)

    with socket.socket(socket.AF_UNIX) as opened, pytest.raises(RuntimeError, match="was about to connect to"):
        opened.connect(MACHINES_OWN)


def test_it_stops_a_datagram_too(strays: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened, pytest.raises(RuntimeError, match="was about to connect to"):
        opened.sendto(b"x", ("192.0.2.1", 9))


def test_it_knows_an_engine_that_this_machine_started_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "nt-1-2-abc" / "docker.sock"
    path.parent.mkdir()
    path.touch()
    for module in {sys.modules[why_stray.__module__], sys.modules.get("sitecustomize")} - {None}:
        monkeypatch.setattr(module, "MACHINES_OWN", str(path))

    assert why_stray(str(path), keep() | {"engine": []}) == "it is the machine's own Engine"


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
