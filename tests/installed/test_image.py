"""The image is built without a registry and run as the documentation says, in every tier, on a private Engine."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installed.composed import ADDRESS, ASKED, SPOKEN, composed, status_of
from tests.installed.image_builder import BASE, ImageBuilder, make_base, why_no_build
from tests.installed.starts import Start, start_container
from tests.installed.test_image_files import why_no_compose
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until

REASON = why_no_build() or why_no_compose()
pytestmark = [
    pytest.mark.full,
    pytest.mark.engine,
    pytest.mark.skipif(bool(REASON), reason=REASON),
]
IMAGES = ("netadmin", "netadmin-socket-proxy")
MOST_BYTES = 180_000_000  # over the base
FIRST_S, AGAIN_S, STOP_S = 4.0, 2.5, 9.0
LINKS = "/interfaces/"
NOT_INSIDE = "the inside of its containers isn't."
SEES_NOTHING = "Neither the links of this Engine's machine nor the inside of its containers is visible."


@dataclass(frozen=True)
class Built:
    """The images in one file, and how large each is, by name; the base is among them."""

    archive: Path
    sizes: dict[str, int]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("image")
    base = make_base(folder)
    with ImageBuilder() as builder:
        builder.docker("import", str(base), BASE)
        for image, target in zip(IMAGES, ("netadmin", "socket-proxy"), strict=True):
            builder.build(target, image)
        builder.save(folder / "images.tar", *IMAGES)
        return Built(folder / "images.tar", {image: builder.bytes_of(image) for image in (BASE, *IMAGES)})


@pytest.fixture(scope="module")
def machine(built: Built) -> Iterator[PrivateEngine]:
    """Give an Engine that has the images, and a container on a network of its own to look at."""
    with PrivateEngine() as engine:
        engine.cli("load", "--input", str(built.archive), timeout_s=300)
        engine.import_image()
        engine.cli("network", "create", "front")
        engine.run("web", "--network", "front")
        yield engine


def test_it_stays_small(built: Built) -> None:
    over = built.sizes["netadmin"] - built.sizes[BASE]
    print(f"the image: {over / 1e6:.0f} MB over its base of {built.sizes[BASE] / 1e6:.0f} MB")

    assert over <= MOST_BYTES


def test_it_says_what_it_is(machine: PrivateEngine) -> None:
    config = json.loads(machine.cli("image", "inspect", "netadmin"))[0]["Config"]
    listed = json.loads(machine.cli("run", "--rm", "--network", "none", "--entrypoint", "cat", "netadmin", "sbom.cdx.json"))

    assert (config["User"], config["StopSignal"], list(config["Volumes"])) == ("10001:10001", "SIGTERM", ["/data"])
    assert config["Labels"]["org.opencontainers.image.title"] == "Netadmin"
    assert {one["name"] for one in listed["components"]} > {"django", "daphne"}
    words = machine.cli("image", "history", "--no-trunc", "netadmin") + json.dumps(config)
    assert not any(name in words for name in ("secret_key", "PIP_CERT=/etc", "index"))


def test_it_holds_no_key_and_nothing_that_runs_as_root(machine: PrivateEngine) -> None:
    find = ("run", "--rm", "--network", "none", "--user", "0:0", "--entrypoint", "find", "netadmin", "/opt", "/data", "/tmp")

    assert machine.cli(*find, "-name", "secret_key*", "-o", "-name", "*.sqlite3*", "-o", "-name", "pip") == ""
    assert machine.cli(*find, "-user", "10001").splitlines() == ["/data"]
    assert machine.cli(*find, "-path", "*/django/conf/locale/*.mo", "-not", "-path", "*/en_*").count("\n") == 1, "English, Korean"


def test_it_serves_soon_and_ends_clean(machine: PrivateEngine) -> None:
    options = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--publish", "127.0.0.1:8000:8000")
    first: list[Start] = []
    again: list[Start] = []
    stopped = []
    for name in ("timed-1", "timed-2"):
        machine.cli("create", "--name", name, *options, "--env", f"NETADMIN_PUBLIC_URL={ADDRESS}", "netadmin")
        for turn, starts in enumerate((first, again, again), start=1):
            starts.append(start_container(machine, name))
            wait_until(lambda: machine.cli("logs", name, check=False).count("Ctrl-C ends it") == turn, "its words")  # noqa: B023
            asked_at = time.monotonic()
            machine.cli("stop", "--time", "30", name)
            stopped.append(time.monotonic() - asked_at)
            assert machine.cli("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
        log = machine.cli("logs", name, check=False)
        machine.cli("rm", "--volumes", name)
        assert f"Netadmin serves {ADDRESS} and follows" in log
        assert f"open {ADDRESS}/setup/#" in log
        assert "Traceback" not in log
    print(f"first {first}, again {again}, stopped within {max(stopped):.1f} s")

    assert any(start.is_within(FIRST_S) for start in first)
    assert any(start.is_within(AGAIN_S) for start in again)
    assert max(stopped) <= within(STOP_S)


def test_it_is_healthy_below_a_path_too(machine: PrivateEngine) -> None:
    with composed(machine, NETADMIN_PUBLIC_URL="https://example.org/netadmin/", NETADMIN_TRUSTED_PROXIES="1") as tier:
        probe = tier.compose("exec", "--no-TTY", "netadmin", "python", "deploy/docker/healthz.py")
        tier.wait_until_healthy()

        assert probe == ""


def test_it_sees_by_its_socket_what_docker_tells(machine: PrivateEngine) -> None:
    with composed(machine) as tier:
        tier.make_admin()
        own = f"/containers/local/{tier.id_of('netadmin-netadmin-1')}/"
        seen = tier.pages("/networks/=front", "/containers/=web", LINKS, tier.inside("web"), f"{own}=Netadmin runs in")

        assert f"Netadmin serves {ADDRESS} and follows unix:///var/run/docker.sock" in tier.log()
        assert "live" in seen["/networks/"]
        assert SEES_NOTHING in seen[LINKS]
        assert "is the container that Netadmin runs in: Netadmin doesn't change it." in seen[own]
        assert "--pid=host" in seen[tier.inside("web")]
        assert status_of(machine, "Uid").split() == ["10001"] * 4
        assert [status_of(machine, each) for each in ("CapEff", "CapBnd", "NoNewPrivs")] == ["0" * 16, "0" * 16, "1"]
        assert "as root" not in tier.log()


def test_it_sees_every_link_in_the_machines_network(machine: PrivateEngine) -> None:
    with composed(machine, "links") as tier:
        tier.make_admin()
        tier.wait_until_healthy()
        seen = tier.pages(f"{LINKS}=web", tier.inside("web"))

        assert f"All links of this Engine's machine are visible; {NOT_INSIDE}" in seen[LINKS]
        assert "docker0" in seen[LINKS]
        assert "web" in seen[LINKS]
        assert status_of(machine, "CapEff") == "0" * 16
        assert "127.0.0.1:8000" in machine.check_inside("ss", "-ltnH")
        assert "0.0.0.0:8000" not in machine.check_inside("ss", "-ltnH")


def test_it_sees_inside_containers_with_two_capabilities(machine: PrivateEngine) -> None:
    with composed(machine, "host-view") as tier:
        tier.make_admin()
        tier.wait_until_healthy()
        seen = tier.pages(f"{LINKS}=web", f"{tier.inside('web')}=eth0")

        assert "docker0" in seen[LINKS]
        assert NOT_INSIDE not in seen[LINKS]
        assert "eth0" in seen[tier.inside("web")]
        assert status_of(machine, "Uid").split() == ["10001"] * 4
        two = f"{1 << 21 | 1 << 19:016x}"  # SYS_ADMIN and SYS_PTRACE, of linux/capability.h
        assert [status_of(machine, each) for each in ("CapEff", "CapBnd", "CapAmb", "NoNewPrivs")] == [two, two, two, "1"]
        assert "as root" not in tier.log()


def test_it_has_no_socket_behind_a_proxy_and_follows_all_the_same(machine: PrivateEngine) -> None:
    with composed(machine, "socket-proxy") as tier:
        tier.make_admin()
        seen = tier.pages("/networks/=front", LINKS)
        made = machine.cli("network", "create", "made-later")
        later = tier.pages("/networks/=made-later", f"/networks/local/{made}/")

        assert "live" in seen["/networks/"]
        assert "made-later" in later["/networks/"]
        assert SEES_NOTHING in seen[LINKS]
        assert "read-only" in later[f"/networks/local/{made}/"].lower()
        mounts = machine.cli("inspect", "--format", "{{range .Mounts}}{{.Destination}} {{end}}", "netadmin-netadmin-1").split()
        assert sorted(mounts) == ["/data", "/run/socket-proxy"]
        machine.cli("network", "rm", "made-later")


@pytest.mark.parametrize(("allowed", "statuses"), [("", [200, 403, 403, 403, 403]), ("network", [200, 400, 403, 403, 403])])
def test_it_lets_a_proxy_refuse_what_is_not_on_the_list(machine: PrivateEngine, allowed: str, statuses: list[int]) -> None:
    calls = [
        ("GET", "/v1.44/networks"),
        ("POST", "/v1.44/networks/create"),
        ("POST", "/v1.44/containers/create"),
        ("GET", "/v1.44/containers/web/json"),
        ("GET", "/v1.44/secrets"),
    ]
    with composed(machine, "socket-proxy", SOCKET_PROXY_ALLOWS=allowed) as tier:
        told = tier.compose("exec", "--no-TTY", "netadmin", "python", "-c", ASKED, json.dumps(calls)).splitlines()

    assert [int(line.split()[0]) for line in told] == statuses
    assert "The socket proxy lets no such call through." in told[-1]


def test_it_changes_what_a_proxy_was_told_to_let_pass(machine: PrivateEngine) -> None:
    with composed(machine, "socket-proxy", SOCKET_PROXY_ALLOWS="network run terminal", NETADMIN_READ_ONLY="false") as tier:
        tier.make_admin()
        inside = ("exec", "--no-TTY", "netadmin", "python")
        made = tier.compose(*inside, "manage.py", "lab", "up", "--yes")  # an image's archive is among it
        names = machine.cli("ps", "--format", "{{.Names}}").split()
        heard = tier.compose(*inside, "-c", SPOKEN, tier.id_of("web"))
        gone = tier.compose(*inside, "manage.py", "lab", "down", "--yes")

    assert "The lab is up." in made
    assert {"mynetwork_bridge", "host-network", "myvolume_3"} <= set(names)
    assert heard.count("it is heard") == 2, "once as typed, once as cat says it"
    assert "The lab is gone." in gone


def test_it_says_which_group_the_socket_takes(machine: PrivateEngine) -> None:
    gid = os.stat(machine.socket).st_gid
    with composed(machine, SOCKET_GID="4321") as tier:
        tier.make_admin()
        said = f"Permission denied. It lets the group {gid}"
        seen = tier.pages(f"/engines/local/={said}")

        assert said in seen["/engines/local/"]
        assert f"--group-add {gid}" in seen["/engines/local/"]
        assert said in tier.log()


def run_once(engine: PrivateEngine, *options: str) -> str:
    """Return what the image prints until it serves, or ends."""
    engine.cli("run", "--detach", "--name", "once", "--env", f"NETADMIN_PUBLIC_URL={ADDRESS}", *options, "netadmin")
    try:
        wait_until(
            lambda: (
                "Ctrl-C ends it" in engine.cli("logs", "once", check=False)
                or engine.cli("inspect", "--format", "{{.State.Running}}", "once") == "false"
            ),
            "its words",
            interval_s=0.2,
        )
        return engine.cli("logs", "once", check=False)
    finally:
        engine.cli("rm", "--force", "--volumes", "once")


def test_it_says_how_it_was_started_badly(machine: PrivateEngine, tmp_path: Path) -> None:
    theirs, open_ = tmp_path / "theirs", tmp_path / "open"
    theirs.mkdir(mode=0o755)
    open_.mkdir()
    os.chown(open_, 10001, 10001)
    open_.chmod(0o755)

    as_root = run_once(machine, "--user", "0:0")
    not_ours = run_once(machine, "--volume", f"{theirs}:/data")
    for_all = run_once(machine, "--volume", f"{open_}:/data")
    powerless_root = run_once(machine, "--user", "0:0", "--cap-drop", "ALL")
    well = run_once(machine)
    unnamed = run_once(machine, "--env", "NETADMIN_PUBLIC_URL=")

    assert "Netadmin runs as root in this container and needn't" in as_root
    assert not_ours == (
        "The data directory /data can't be used: Permission denied. It belongs to the user 0, and this runs as the user 10001: "
        "chown it to 10001. NETADMIN_DATA_DIR may name another."
    )
    assert "The data directory /data is open to others (its mode is 755)" in for_all
    assert "It belongs to the user 10001, and this runs as the user 0: run this as that user." in powerless_root
    assert not any(word in well for word in ("as root", "open to others", "Traceback"))
    assert "NETADMIN_BIND=0.0.0.0 listens on every address" in unnamed
