"""What is protected stays, whoever asks: refused by the action in words, and below it by the last guard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from networks.actions.actors import CONSOLE
from networks.actions.clients import open_client
from networks.actions.networks import connect_container, disconnect_container, remove_network
from networks.actions.recording import ActionResult
from networks.actions.sample_lab.building import take_down_lab
from networks.engine.allow_list import Profile
from networks.engine.errors import NotAllowed
from networks.engine.specs import ConnectSpec, DisconnectSpec
from networks.hostnet.own_process import own_marks
from networks.models import Container, Endpoint, Engine, Network, OutcomeKind
from networks.policy.protection import protection_of
from tests.private_engine import PrivateEngine, wait_until


def try_everything(engine: Engine, network_id: str, container_id: str, *, network: str, container: str) -> list[ActionResult]:
    names = {"network_name": network, "container_name": container}
    return [
        disconnect_container(CONSOLE, engine, DisconnectSpec(network_id, container_id), **names),
        connect_container(CONSOLE, engine, ConnectSpec(network_id, container_id), **names),
        remove_network(CONSOLE, engine, network_id, name=network),
    ]


def is_seen(container_id: str, network_id: str) -> None:
    joined = Endpoint.objects.filter(container__docker_id=container_id, network__docker_id=network_id)
    wait_until(joined.exists, "the endpoint in the snapshot")


def test_it_leaves_a_labelled_network_alone(engine: PrivateEngine, followed: Engine) -> None:
    network = engine.cli("network", "create", "--label", "netadmin.protect=true", "vault")
    container = engine.run("web", "--network", "vault")
    is_seen(container, network)

    results = try_everything(followed, network, container, network="vault", container="web")

    assert [result.kind for result in results] == [OutcomeKind.DENIED] * 3
    assert all("vault is protected by its label" in result.sentence for result in results)
    assert engine.cli("network", "inspect", "-f", "{{len .Containers}}", "vault") == "1"


def test_it_leaves_a_labelled_container_alone(engine: PrivateEngine, followed: Engine) -> None:
    network = engine.cli("network", "create", "front")
    container = engine.run("keeper", "--network", "front", "--label", "netadmin.protect=true")
    other = engine.run("web", "--network", "front")
    is_seen(container, network)
    is_seen(other, network)

    results = try_everything(followed, network, container, network="front", container="keeper")
    unprotected = disconnect_container(
        CONSOLE, followed, DisconnectSpec(network, other), network_name="front", container_name="web"
    )

    assert [result.kind for result in results] == [OutcomeKind.DENIED] * 3
    assert "keeper is protected by its label" in results[0].sentence
    assert "keeper, which is protected, is on front" in results[2].sentence
    assert unprotected.is_ok


def test_it_refuses_below_the_actions_too(engine: PrivateEngine, followed: Engine) -> None:
    network = engine.cli("network", "create", "--label", "netadmin.protect=true", "vault")
    container = engine.run("keeper", "--label", "netadmin.protect=true")
    wait_until(lambda: Network.objects.filter(name="vault").exists(), "the network in the snapshot")
    wait_until(lambda: Container.objects.filter(name="keeper").exists(), "the container in the snapshot")

    with closing(open_client(followed, Profile.NETWORK)) as client, pytest.raises(NotAllowed, match="protected"):
        client.remove_network(network)
    with closing(open_client(followed, Profile.RUN)) as client, pytest.raises(NotAllowed, match="protected"):
        client.remove_container(container)

    assert engine.cli("inspect", "-f", "{{.State.Running}}", "keeper") == "true"


def test_it_takes_down_no_lab_with_something_protected_in_it(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("network", "create", "--label", "netadmin.lab=1", "plain")
    engine.cli("network", "create", "--label", "netadmin.lab=1", "--label", "netadmin.protect=true", "vault")

    result = take_down_lab(CONSOLE, followed, lambda step: None)

    assert (result.kind, "vault is protected" in result.sentence) == (OutcomeKind.DENIED, True)
    assert engine.cli("network", "ls", "-q", "--filter", "name=plain")


@pytest.fixture
def inside(engine: PrivateEngine, followed: Engine, tmp_path: Path, settings: Any) -> Iterator[str]:
    """Be a process that runs in a real container on a network of its own: with that container's /proc. Gives its full id."""
    engine.cli("network", "create", "own_net")
    container_id = engine.run("dashboard", "--network", "own_net", "--hostname", "netadmin")
    for name in ("self/mountinfo", "self/cgroup", "sys/kernel/hostname"):
        place = tmp_path / "proc" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(engine.cli("exec", "dashboard", "cat", f"/proc/{name}"))
    settings.NETADMIN_PROC_DIR = str(tmp_path / "proc")
    yield container_id
    own_marks.cache_clear()


def test_it_finds_the_container_that_it_runs_in_by_itself(engine: PrivateEngine, followed: Engine, inside: str) -> None:
    network = engine.cli("network", "inspect", "-f", "{{.Id}}", "own_net")
    is_seen(inside, network)

    results = try_everything(followed, network, inside, network="own_net", container="dashboard")

    assert list(protection_of(followed.slug).containers) == [inside]
    assert [result.kind for result in results] == [OutcomeKind.DENIED] * 3
    assert "dashboard is the container that Netadmin runs in" in results[0].sentence
    assert "dashboard, which is protected, is on own_net" in results[2].sentence
