"""The unit of systemd: right in all its lines, shut tight; in full, installed and started under a systemd of the test's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, own_files
from tests.installed.booted import BootedSystemd, booted, unbootable_reason
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until

UNITS = ROOT / "deploy/systemd"
# How open systemd-analyze finds a unit, of 10: what it was measured at, and may not grow beyond.
CLOSED, HOST_VIEW = 2.0, 2.5
ASK = (
    "import sys, urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000' + sys.argv[1], timeout=5).read().decode())"
)

needs_analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (package systemd)")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a tree with the unit in place, and what the unit names."""
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    shutil.copy(UNITS / "netadmin.service", units)
    python = tmp_path / "opt/netadmin/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    return tmp_path


def add_host_view(tree: Path) -> None:
    folder = tree / "etc/systemd/system/netadmin.service.d"
    folder.mkdir()
    shutil.copy(UNITS / "host-view.conf", folder)


def analyze(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", f"--root={tree}", "--no-pager", *words, "netadmin.service"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def exposure(tree: Path) -> float:
    done = analyze(tree, "--offline=true", "security")
    found = re.search(r"Overall exposure level for netadmin.service: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[1])


@needs_analyze
@pytest.mark.parametrize("sees_host", [False, True], ids=["alone", "with the host view"])
def test_it_is_right_in_every_line(tree: Path, sees_host: bool) -> None:
    if sees_host:
        add_host_view(tree)

    done = analyze(tree, "verify")

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_analyze
def test_it_sees_a_line_that_is_wrong(tree: Path) -> None:
    with (tree / "etc/systemd/system/netadmin.service").open("a") as unit:
        unit.write("[Service]\nProtectEverything=yes\n")

    assert "ProtectEverything" in analyze(tree, "verify").stderr


@needs_analyze
def test_it_is_shut_tight(tree: Path) -> None:
    assert exposure(tree) <= CLOSED
    add_host_view(tree)
    assert exposure(tree) <= HOST_VIEW


def test_it_never_depends_on_docker() -> None:
    """It shows what it remembers while the Engine is away."""
    lines = (UNITS / "netadmin.service").read_text().splitlines()

    assert [line for line in lines if re.match(r"(Requires|BindsTo|Requisite|PartOf)=", line)] == []


def test_it_names_only_settings_that_there_are() -> None:
    documented = (ROOT / "docs/configuration.md").read_text()
    named = set(re.findall(r"\b(?:NETADMIN|DOCKER)_[A-Z_]+\b", (UNITS / "netadmin.env").read_text()))

    assert len(named) > 5
    assert {name for name in named if f"| `{name}` |" not in documented} == set()


def test_it_offers_settings_that_all_are_off() -> None:
    lines = (UNITS / "netadmin.env").read_text().splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a copy of the project, with the .venv of these tests in the place where an earlier version would have its own."""
    folder = tmp_path / "checkout"
    for path in own_files():
        (folder / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    shutil.copytree(sys.prefix, folder / "venv-before", symlinks=True)
    return folder


@pytest.mark.full
@pytest.mark.engine
@pytest.mark.skipif(unbootable_reason() is not None, reason=str(unbootable_reason()))
def test_it_is_installed_started_restarted_upgraded_and_taken_away(
    fresh_engine: PrivateEngine, checkout: Path, tmp_path: Path
) -> None:
    fresh_engine.run("seen")
    with booted(fresh_engine, checkout, tmp_path) as machine:
        machine.run("mkdir", "-p", "/opt/netadmin", check=True)
        machine.run("cp", "-a", "/opt/checkout/venv-before", "/opt/netadmin/.venv", check=True)
        machine.run("systemd-sysusers", "/opt/checkout/deploy/systemd/sysusers.conf", check=True)
        machine.run("chgrp", "docker", "/run/docker.sock", check=True)
        assert "Installed and started." in machine.run("/opt/checkout/bin/install", "--no-install", check=True).stdout
        assert_live(machine)
        assert_private(machine)

        killed = machine.show("netadmin", "MainPID")
        machine.run("kill", "-9", killed, check=True)
        wait_until(lambda: machine.show("netadmin", "MainPID") not in (killed, "0"), "a restart", deadline_s=within(10))
        assert_live(machine)
        assert machine.show("netadmin", "NRestarts") == "1"

        assert view_of(machine) == "none"
        machine.run("/opt/checkout/bin/install", "--no-install", "--host-view", check=True)
        assert_live(machine)
        assert view_of(machine) == "host"
        assert machine.run("test", "-d", "/opt/netadmin.old").returncode == 0

        machine.run("systemctl", "stop", "netadmin", check=True)
        assert machine.show("netadmin", "Result") == "success"
        machine.run("/opt/checkout/bin/install", "--remove", check=True)
        assert machine.run("ls", "/opt", check=True).stdout.split() == ["checkout"]
        assert machine.run("test", "-e", "/var/lib/netadmin/netadmin.sqlite3").returncode == 0


def assert_live(machine: BootedSystemd) -> None:
    """Wait until the Engine is live, as the service itself says."""

    def states() -> object:
        done = machine.run("/usr/bin/python3", "-c", ASK, "/readyz")
        return json.loads(done.stdout)["states"] if done.returncode == 0 else None

    wait_until(lambda: states() == {"live": 1}, "live", deadline_s=within(60), interval_s=0.3)


def assert_private(machine: BootedSystemd) -> None:
    """What the service holds is its own; what it may do is what the unit says."""
    modes = machine.run("stat", "-c", "%U %a", "/var/lib/netadmin", "/var/lib/netadmin/secret_key", "/etc/netadmin/netadmin.env")
    assert modes.stdout.splitlines() == ["netadmin 700", "netadmin 600", "root 640"]
    status = machine.run("cat", f"/proc/{machine.show('netadmin', 'MainPID')}/status", check=True).stdout
    assert re.search(r"^CapBnd:\s*0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s*1$", status, re.MULTILINE)
    token = machine.run("/opt/netadmin/bin/manage", "setup_token", check=True).stdout.strip()
    assert re.search(r"\S{43}", token)


def view_of(machine: BootedSystemd) -> object:
    """Return how far the service sees, by a command that runs with its own rights."""
    pid = machine.show("netadmin", "MainPID")
    capable = re.search(r"^CapEff:\s*(\w+)$", machine.run("cat", f"/proc/{pid}/status").stdout, re.MULTILINE)
    assert capable
    return "host" if int(capable[1], 16) else "none"
