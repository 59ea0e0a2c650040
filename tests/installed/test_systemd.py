"""The unit of systemd: right in all its lines, shut tight; in full, installed and started under a systemd of the test's own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT, own_files
from tests.installed.booted import BootedSystemd, booted, unbootable_reason
from tests.lab_image import IMAGE, build_test_rootfs
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


@pytest.mark.parametrize(("words", "status"), [(["--help"], 0), (["--remoev"], 1)])
def test_it_says_what_there_is_before_it_does_anything(words: list[str], status: int) -> None:
    done = subprocess.run([ROOT / "bin/install", *words], capture_output=True, text=True, check=False)

    assert done.returncode == status
    assert "--remove" in done.stdout or "What is --remoev?" in done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a copy of the project."""
    folder = tmp_path / "checkout"
    for path in own_files():
        (folder / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    return folder


def full_and_booted(test: Callable[..., None]) -> Callable[..., None]:
    """Mark what boots a systemd and an Engine."""
    reason = unbootable_reason()
    for mark in (pytest.mark.full, pytest.mark.engine, pytest.mark.skipif(reason is not None, reason=str(reason))):
        test = mark(test)
    return test


@full_and_booted
def test_it_is_installed_started_restarted_upgraded_and_taken_away(
    fresh_engine: PrivateEngine, checkout: Path, tmp_path: Path
) -> None:
    fresh_engine.run("seen")
    with booted(fresh_engine, checkout, tmp_path) as machine:
        assert_foreign_is_left_alone(machine)
        install(machine)
        assert_live(machine)
        assert_private(machine)

        assert_explained(machine)

        killed = machine.show("netadmin", "MainPID")
        machine.run("kill", "-9", killed, check=True)
        wait_until(lambda: machine.show("netadmin", "MainPID") not in (killed, "0"), "a restart", deadline_s=within(10))
        assert_live(machine)
        assert machine.show("netadmin", "NRestarts") == "1"

        machine.run("/srv/checkout/bin/install", "--no-install", check=True)
        assert_live(machine)
        assert machine.run("test", "-d", "/opt/netadmin.old").returncode == 0

        machine.run("systemctl", "stop", "netadmin", check=True)
        assert machine.show("netadmin", "Result") == "success"
        machine.run("/srv/checkout/bin/install", "--remove", check=True)
        assert machine.run("ls", "/opt", check=True).stdout == ""
        assert machine.run("test", "-e", "/var/lib/netadmin/netadmin.sqlite3").returncode == 0


def assert_foreign_is_left_alone(machine: BootedSystemd) -> None:
    """A checkout where the program would go stays what it is."""
    machine.run("mkdir", "-p", "/opt/netadmin/.data", check=True)
    refused = machine.run("/srv/checkout/bin/install", "--no-install")
    assert (refused.returncode, "/opt/netadmin/.data" in refused.stderr) == (1, True)
    assert machine.run("ls", "-A", "/opt", "/opt/netadmin").stdout.split() == ["/opt:", "netadmin", "/opt/netadmin:", ".data"]
    machine.run("rmdir", "/opt/netadmin/.data", check=True)


def assert_explained(machine: BootedSystemd) -> None:
    """One file for whoever helps, with the journal's last lines and without the token that stands in them."""
    token = json.loads(machine.run("cat", "/var/lib/netadmin/setup_token", check=True).stdout)["token"]
    assert token in machine.journal("netadmin")
    told = machine.run("/opt/netadmin/bin/manage", "diagnose", check=True).stdout
    document = json.loads(told)
    assert any("engine_live" in line for line in document["log"]["lines"])
    assert token not in told
    (engine,) = document["engines"]
    assert engine["answers"]["containers"] == 1
    assert document["database"]["migrations_missing"] == []


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
    assert_capabilities(machine, "0" * 16)
    token = machine.run("/opt/netadmin/bin/manage", "setup_token", check=True).stdout.strip()
    assert re.search(r"\S{43}", token)


def assert_capabilities(machine: BootedSystemd, wanted: str) -> None:
    status = machine.run("cat", f"/proc/{machine.show('netadmin', 'MainPID')}/status", check=True).stdout
    found = dict(re.findall(r"^(Cap(?:Eff|Bnd)|NoNewPrivs):\s*(\w+)$", status, re.MULTILINE))
    assert found == {"CapEff": wanted, "CapBnd": wanted, "NoNewPrivs": "1"}


def install(machine: BootedSystemd, *options: str) -> None:
    """Install the service, as if the packages of these tests had been there before: nothing is asked for over a network."""
    machine.run("mkdir", "-p", "/opt/netadmin", check=True)
    machine.run("cp", "-a", "/srv/venv", "/opt/netadmin/.venv", check=True)
    machine.run("systemd-sysusers", "/srv/checkout/deploy/systemd/sysusers.conf", check=True)
    machine.run("chgrp", "docker", "/run/docker.sock", check=True)
    assert "Installed and started." in machine.run("/srv/checkout/bin/install", "--no-install", *options, check=True).stdout


@full_and_booted
def test_it_sees_inside_containers_with_the_host_view_alone(fresh_engine: PrivateEngine, checkout: Path, tmp_path: Path) -> None:
    """The Engine runs beside it under the same systemd: who looks into a container has to see its process."""
    (checkout / "rootfs.tar").write_bytes(build_test_rootfs())
    with booted(fresh_engine, checkout, tmp_path) as machine:
        fresh_engine.terminate()
        machine.run("ip", "link", "delete", "docker0")
        machine.run("mkdir", "-p", "/etc/netadmin", check=True)
        machine.run("sh", "-c", "echo DOCKER_HOST=unix:///run/own.sock >/etc/netadmin/netadmin.env", check=True)
        machine.run("systemd-sysusers", "/srv/checkout/deploy/systemd/sysusers.conf", check=True)
        start = ("systemd-run", "--unit=own-docker", "--property=Delegate=yes", "dockerd", "--host=unix:///run/own.sock")
        machine.run(*start, "--group=docker", "--exec-opt=native.cgroupdriver=cgroupfs", check=True)
        docker = ("docker", "--host=unix:///run/own.sock")
        wait_until(lambda: machine.run(*docker, "info").returncode == 0, "dockerd", deadline_s=within(30), interval_s=0.3)
        machine.run(*docker, "import", "/srv/checkout/rootfs.tar", IMAGE, check=True)
        machine.run(*docker, "run", "-d", "--name=seen", "--stop-signal=KILL", IMAGE, "sleep", "1000000", check=True)

        install(machine)
        assert_live(machine)
        before = links_seen(machine)
        machine.run("/srv/checkout/bin/install", "--no-install", "--host-view", check=True)
        assert_live(machine)
        after = links_seen(machine)

        assert (before["view"], before["can_enter_containers"]) == ("host", False)
        assert (after["view"], after["can_enter_containers"], after["why"]) == ("host", True, None)
        (peer,) = [link["peer"] for link in after["links"] if link["peer"]]
        assert (peer["container_name"], peer["ifname"]) == ("seen", "eth0")
        assert_capabilities(machine, "0000000000280000")


def links_seen(machine: BootedSystemd) -> dict[str, Any]:
    """Return what `manage.py interfaces` tells in the sandbox of the service: the unit itself, with another command."""
    edit = (
        "s/manage.py serve/manage.py interfaces --json/; s/^Type=.*/Type=oneshot/; s/^Restart=.*/Restart=no/; "
        "s#^ExecStart=.*#&\\nStandardOutput=truncate:/run/links#"
    )
    system = "/etc/systemd/system"
    machine.run("sh", "-c", f"sed '{edit}' {system}/netadmin.service >{system}/links.service", check=True)
    machine.run("sh", "-c", f"rm -rf {system}/links.service.d; cp -R {system}/netadmin.service.d {system}/links.service.d")
    machine.run("systemctl", "daemon-reload", check=True)
    machine.run("systemctl", "start", "links", check=True)
    told: dict[str, Any] = json.loads(machine.run("cat", "/run/links", check=True).stdout)
    return told
