"""A container whose own network was removed: what Docker then refuses is said before anybody asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from networks.models import Container
from networks.queries.containers import container_rows
from networks.queries.engines import read_engine
from networks.queries.rows import ContainerRow
from tests.lab_image import IMAGE
from tests.live import following
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.truth import ask


@pytest.fixture
def followed(engine: PrivateEngine, transactional_db: None, tmp_path: Path) -> Iterator[PrivateEngine]:
    with following(engine, tmp_path):
        yield engine


def orphan(engine: PrivateEngine, name: str, *networks: str, is_by_id: bool = False) -> str:
    """Run a container with a network of its own, put it on others instead, and remove its own."""
    own = engine.cli("network", "create", "own")
    mode = own if is_by_id else "own"
    container_id = engine.cli("run", "-d", "--name", name, "--network", mode, IMAGE, "sleep", "1000")
    for network in networks:
        engine.cli("network", "connect", network, name)
    engine.cli("network", "disconnect", "own", name)
    engine.cli("network", "rm", "own")
    return container_id


def row_of(name: str) -> ContainerRow:
    engine = read_engine("local")
    assert engine is not None
    return next(row for row in container_rows(engine) if row.name == name)


def is_known_as_orphan(container_id: str) -> bool:
    found = Container.objects.filter(docker_id=container_id, is_mode_lost=True)
    return found.exists() and not found.filter(endpoints__network_name="own").exists()


def test_it_says_what_docker_refuses_without_its_own_network(followed: PrivateEngine, admin_client: Client) -> None:
    followed.cli("network", "create", "front")
    followed.cli("network", "create", "back")
    held, free = orphan(followed, "held", "front"), orphan(followed, "free")
    wait_until(lambda: is_known_as_orphan(held) and is_known_as_orphan(free), "the snapshot")

    assert (row_of("held").held_by, row_of("free").held_by) == ("own", "")
    page = admin_client.get(f"/containers/local/{held}/").content.decode()
    assert "its own network, own, isn&#x27;t there any more" in page
    assert "Docker connects it to nothing" in admin_client.get(f"/containers/local/{held}/connect/").content.decode()
    assert "isn&#x27;t there any more" in admin_client.get(f"/containers/local/{held}/restart/").content.decode()
    status, answer = ask(followed.socket, "POST", "/networks/back/connect", {"Container": held})
    assert (status, "network mode own" in answer["message"]) == (404, True)
    assert ask(followed.socket, "POST", f"/containers/{free}/restart?t=0", None)[0] == 204
    assert ask(followed.socket, "POST", f"/containers/{held}/restart?t=0", None)[0] == 500
    wait_until(lambda: row_of("held").state == "exited", "its end")
    assert ask(followed.socket, "POST", f"/containers/{held}/start", None)[0] == 404

    followed.cli("network", "create", "own")  # of the same name
    wait_until(lambda: not row_of("held").held_by, "the network of that name")
    assert ask(followed.socket, "POST", f"/containers/{held}/start", None)[0] == 204


def test_it_knows_that_no_name_replaces_an_id(followed: PrivateEngine) -> None:
    followed.cli("network", "create", "front")
    held = orphan(followed, "held", "front", is_by_id=True)
    followed.cli("stop", "-t", "0", "held")
    followed.cli("network", "create", "own")
    wait_until(lambda: is_known_as_orphan(held) and row_of("held").state == "exited", "the snapshot")

    assert len(row_of("held").held_by) == 64
    assert ask(followed.socket, "POST", f"/containers/{held}/start", None)[0] == 404
