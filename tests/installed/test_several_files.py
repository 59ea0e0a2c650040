"""The files of several servers say what holds: contained, with secrets from files, of images that the Dockerfile makes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import read
from tests.installed.several_images import TARGETS, USER
from tests.installed.test_image_files import DOCKERFILE, SEVERAL, composed, needs_compose, services

STACK, NGINX = Path("deploy/swarm/stack.yaml"), Path("deploy/docker/nginx.conf")
PAGE = Path("docs/postgresql.md")


@pytest.fixture(params=[SEVERAL, STACK], ids=["compose", "swarm"])
def parts(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """Give the services; of Compose's file, `netadmin` is compose.yaml's with what this one says besides."""
    found = services(request.param)
    if request.param == SEVERAL:
        found["netadmin"] = services(Path("compose.yaml"))["netadmin"] | found["netadmin"]
    return found


def test_they_are_contained(parts: dict[str, dict[str, Any]]) -> None:
    assert parts.keys() == {"netadmin", "web", "proxy", "database"}
    assert {(part["read_only"], tuple(part["cap_drop"])) for part in parts.values()} == {(True, ("ALL",))}
    assert not any({"privileged", "cap_add", "pid", "network_mode"} & part.keys() for part in parts.values())


def test_the_socket_is_one_servers_alone(parts: dict[str, dict[str, Any]]) -> None:
    with_socket = [name for name, part in parts.items() if "docker.sock" in str(part.get("volumes", ""))]

    assert with_socket == ["netadmin"]
    said = {name: parts[name]["environment"]["NETADMIN_ENGINE"] for name in ("netadmin", "web")}
    assert said == {"netadmin": "local", "web": ""}


def test_secrets_come_from_files(parts: dict[str, dict[str, Any]]) -> None:
    for name in ("netadmin", "web"):
        given = parts[name]["environment"]
        assert given["DATABASE_URL_FILE"] == "/run/secrets/database-url"
        assert given["NETADMIN_SECRET_KEY_FILE"] == "/run/secrets/secret-key"
    assert "PASSWORD" not in str(parts).replace("database-password", "")


def test_images_are_the_dockerfiles(parts: dict[str, dict[str, Any]]) -> None:
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", read(DOCKERFILE), re.MULTILINE))

    assert {part["image"].removeprefix("${REGISTRY:-}") for part in parts.values()} == set(TARGETS)
    assert set(TARGETS.values()) <= targets
    assert read(DOCKERFILE).count(f"USER {USER}:{USER}") == len(TARGETS) + 1, "the socket proxy's as well"


def test_the_proxy_knows_the_services_names(parts: dict[str, dict[str, Any]]) -> None:
    assert set(re.findall(r"tasks\.(\w+)", read(NGINX))) == {"web", "netadmin"} <= parts.keys()


def test_the_documentation_has_how_they_are_started() -> None:
    page = " ".join(read(PAGE).split())

    for path in (SEVERAL, STACK):
        said = re.findall(r"^#   (docker compose .+)$|^#     (docker stack .+)$", read(path), re.MULTILINE)
        assert [one or other for one, other in said if (one or other) not in page] == []
        assert said


@needs_compose
def test_it_is_what_compose_understands() -> None:
    found = composed(SEVERAL)

    assert not found["netadmin"].get("ports")
    assert [(port["host_ip"], port["target"]) for port in found["proxy"]["ports"]] == [("127.0.0.1", 8000)]
    assert found["web"]["deploy"]["replicas"] == 2
    assert {found[name]["environment"]["NETADMIN_PUBLIC_URL"] for name in ("netadmin", "web")} == {"http://localhost:8000"}
