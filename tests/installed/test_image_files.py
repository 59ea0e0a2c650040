"""The image's files say what holds: what is copied is there and let through, what Compose reads is whole, versions agree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from netadmin.env import LANGUAGES
from tests.architecture.tree import ROOT, own_files, read

DOCKERFILE, IGNORED, COMPOSE = Path("Dockerfile"), Path(".dockerignore"), Path("compose.yaml")
SEVERAL = Path("deploy/docker/several.yaml")  # several servers: test_several_files.py
TIERS = [path for path in own_files() if path.parent == Path("deploy/docker") and path.suffix == ".yaml" and path != SEVERAL]
PAGE = Path("docs/installing-with-docker.md")
# What the running application has no use for. Whatever else is at the top has to be in the image.
STAYS_OUT = {
    *(".ci", ".dockerignore", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "README.md", "SECURITY.md"),
    *("benchmarks", "bin", "compose.yaml", "deploy", "docs", "package.json", "requirements-dev.in", "requirements.in", "tests"),
}
GIVEN = {"SOCKET_GID": "998"}


def copied() -> set[str]:
    """Return what the Dockerfile takes out of the project's folder."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", read(DOCKERFILE), re.MULTILINE)
    return {source.rstrip("/") for line in lines for source in line.split()[:-1]}


def let_through() -> set[str]:
    return {line[1:] for line in read(IGNORED).splitlines() if line.startswith("!")}


def test_it_copies_what_is_there_and_what_is_let_through() -> None:
    assert {source for source in copied() if not (ROOT / source).exists()} == set()
    assert copied() == let_through()
    assert "*" in read(IGNORED).splitlines()


def test_it_leaves_nothing_out_that_the_application_needs() -> None:
    tops = {path.parts[0] for path in own_files()} | {"static"}

    assert tops - {source.split("/")[0] for source in copied()} - STAYS_OUT == set()
    assert STAYS_OUT - {"deploy"} & copied() == set()


def test_it_lets_every_file_of_the_application_through() -> None:
    refused = [line for line in read(IGNORED).splitlines() if line.startswith("**/")]
    ours = [path for path in own_files() if path.parts[0] in copied()]

    left_out = {path for path in ours for line in refused if any(fnmatch(part, line[3:]) for part in path.parts)}
    assert {path.suffix for path in left_out} == {".po"}, "catalogues are read in their compiled form"
    assert {path.with_suffix(".mo") for path in left_out} <= set(own_files())


def test_it_is_built_from_what_no_line_fetches() -> None:
    text = read(DOCKERFILE)

    assert "# syntax=" not in text
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}", "base", "packages"}
    assert re.findall(r"^ADD|curl|wget|https?://", text, re.MULTILINE) == []
    assert set(re.findall(r"--mount=type=(\w+)", text)) == {"secret", "tmpfs"}


def test_it_bears_the_version_of_the_project() -> None:
    project = tomllib.loads(read(Path("pyproject.toml")))["project"]

    assert re.findall(r"^ARG VERSION=(.+)$", read(DOCKERFILE), re.MULTILINE) == [project["version"]]
    assert f'licenses="{project["license"]}"' in read(DOCKERFILE)


def test_it_keeps_the_catalogues_of_every_language_of_its_pages() -> None:
    kept = re.findall(r"! -path '\*/locale/(\w+)", read(DOCKERFILE))

    assert tuple(kept) == LANGUAGES


class Tagged(yaml.SafeLoader):
    """Reads Compose's own tags, of which only the content matters here."""


for tag in ("!reset", "!override"):
    Tagged.add_constructor(tag, lambda loader, node: loader.construct_sequence(node, deep=True))  # type: ignore[attr-defined]


def services(path: Path) -> dict[str, dict[str, Any]]:
    return dict(yaml.load(read(path), Tagged)["services"])  # noqa: S506 (a safe loader with two tags more)


def test_it_gives_each_container_no_more_than_it_is_said_to_need() -> None:
    plain = services(COMPOSE)["netadmin"]
    more = {path.stem: services(path)["netadmin"] for path in TIERS}
    proxy = services(Path("deploy/docker/socket-proxy.yaml"))["socket-proxy"]

    for each in (plain, proxy):
        assert (each["read_only"], each["cap_drop"], each["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert all(port.startswith("127.0.0.1:") for port in plain["ports"])
    assert not {"privileged", "cap_add", "pid", "network_mode", "user"} & plain.keys()
    assert {name: sorted({"cap_add", "pid", "network_mode", "user"} & each.keys()) for name, each in more.items()} == {
        "host-view": ["cap_add", "pid", "user"],
        "links": ["network_mode"],
        "socket-proxy": [],
    }
    assert more["links"]["environment"]["NETADMIN_BIND"] == "127.0.0.1"
    assert not any("docker.sock:/var" in volume for volume in more["socket-proxy"]["volumes"])
    assert proxy["network_mode"] == "none"


def environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "NETADMIN_", "SOCKET_"))}
    return ours | GIVEN | {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}


def why_no_compose() -> str:
    if shutil.which("docker") is None:
        return "there is no docker"
    found = subprocess.run(["docker", "compose", "version"], env=environment(), capture_output=True, check=False)
    return "there is no docker compose (Debian: docker-compose)" if found.returncode else ""


needs_compose = pytest.mark.skipif(bool(why_no_compose()), reason=why_no_compose())


@needs_compose
def test_it_says_what_it_has_to_be_told() -> None:
    unnamed = {name: text for name, text in environment().items() if name not in GIVEN}
    command = ["docker", "compose", "--env-file", "/dev/null", "config"]
    said = subprocess.run(command, cwd=ROOT, env=unnamed, capture_output=True, text=True, check=False)

    assert said.returncode != 0
    assert "SOCKET_GID is missing a value: Write it into .env, the number that stat -c %g" in said.stderr


def composed(*more: Path, given: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what Compose makes of the files."""
    files = [word for path in (COMPOSE, *more) for word in ("-f", str(path))]
    done = subprocess.run(
        ["docker", "compose", "--env-file", "/dev/null", *files, "config", "--format", "json"],
        cwd=ROOT,
        env=environment() | (given or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(yaml.safe_load(done.stdout)["services"])


@needs_compose
def test_it_is_what_compose_understands() -> None:
    plain = composed()["netadmin"]
    links, host_view, proxied = (composed(Path(f"deploy/docker/{name}.yaml")) for name in ("links", "host-view", "socket-proxy"))
    elsewhere = composed(given={"NETADMIN_PORT": "9000"})["netadmin"]

    assert plain["environment"]["NETADMIN_PUBLIC_URL"] == "http://localhost:8000"
    assert elsewhere["environment"]["NETADMIN_PUBLIC_URL"] == "http://localhost:9000"
    assert [(port["host_ip"], port["published"], port["target"]) for port in elsewhere["ports"]] == [("127.0.0.1", "9000", 9000)]
    assert not links["netadmin"].get("ports")
    assert host_view["netadmin"]["entrypoint"][:4] == ["setpriv", "--reuid=10001", "--regid=10001", "--groups=998"]
    assert [mount["target"] for mount in proxied["netadmin"]["volumes"]] == ["/data", "/run/socket-proxy"]
    assert not proxied["netadmin"].get("group_add")
    assert proxied["netadmin"]["environment"]["NETADMIN_READ_ONLY"] == "true"


def test_it_names_every_tier_in_the_documentation() -> None:
    assert [path for path in TIERS if f"-f {path} up --build" not in read(PAGE)] == []
    assert all("up --build" in read(path) for path in (*TIERS, COMPOSE))
