"""What people do to networks, against a real Engine: done, refused, denied, and always written down."""

from __future__ import annotations

import json
import threading
from ipaddress import ip_address, ip_network

import pytest
from django.db import connections

from networks.actions.actors import CONSOLE, Actor
from networks.actions.networks import connect_container, create_network, disconnect_container, remove_network
from networks.actions.recording import ActionResult
from networks.addressing.pool_checks import Pool
from networks.engine.specs import ConnectSpec, DisconnectSpec, NetworkSpec
from networks.models import Action, Container, Endpoint, Engine, Grant, Network, Outcome, OutcomeKind, Role
from tests.private_engine import PrivateEngine

POOL = Pool(ip_network("172.72.0.0/16"), ip_network("172.72.0.0/24"), ip_address("172.72.0.1"), {"r": ip_address("172.72.0.9")})
SEED = NetworkSpec("my_custom_network", pools=(POOL,), labels={"who": "me", "db.password": "hush"})


def outcomes(result: ActionResult) -> list[tuple[str, int]]:
    return list(Outcome.objects.filter(action_id=result.action_id).values_list("kind", "status"))


@pytest.mark.usefixtures("as_admin")
def test_it_creates_exactly_what_was_asked(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    result = create_network(operator, followed, SEED)

    assert (result.kind, result.is_seen, outcomes(result)) == (OutcomeKind.OK, True, [("ok", 0)])
    made = json.loads(engine.cli("network", "inspect", "my_custom_network"))[0]
    assert made["Id"] == result.docker_id
    assert made["IPAM"]["Config"] == [
        {
            "Subnet": "172.72.0.0/16",
            "IPRange": "172.72.0.0/24",
            "Gateway": "172.72.0.1",
            "AuxiliaryAddresses": {"r": "172.72.0.9"},
        }
    ]
    assert Network.objects.filter(docker_id=result.docker_id).exists()


@pytest.mark.usefixtures("as_admin")
def test_it_writes_down_who_asked_for_what_without_secrets(followed: Engine, operator: Actor) -> None:
    result = create_network(operator, followed, SEED)

    action = Action.objects.get(pk=result.action_id)
    assert (action.who, action.user_id, action.from_address) == ("olga", operator.user_id, "127.0.0.1")
    assert (action.verb, action.what, action.engine_slug) == ("create_network", "my_custom_network", followed.slug)
    assert action.asked["pools"][0]["ip_range"] == "172.72.0.0/24"
    assert "--subnet 172.72.0.0/16" in action.command
    assert "hush" not in action.command + json.dumps(action.asked)


@pytest.mark.usefixtures("as_admin")
def test_it_connects_and_disconnects(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    network_id = create_network(operator, followed, SEED).docker_id
    container_id = engine.run("web")

    names = {"network_name": "my_custom_network", "container_name": "web"}
    spec = ConnectSpec(network_id, container_id, ipv4=ip_address("172.72.0.20"), aliases=("blog",))
    done = connect_container(operator, followed, spec, **names)

    assert (done.is_ok, done.is_seen) == (True, True)
    assert Endpoint.objects.get(network__docker_id=network_id).ipv4 == "172.72.0.20"
    assert "172.72.0.20/16" in engine.cli("exec", "web", "ip", "-4", "addr", "show", "eth1")

    undone = disconnect_container(operator, followed, DisconnectSpec(network_id, container_id), **names)

    assert (undone.is_ok, undone.is_seen) == (True, True)
    assert not Endpoint.objects.filter(network__docker_id=network_id).exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--network", "host"), "uses the host's own network"),
        (("--network", "none"), "is on none"),
        (("--network", "container:donor"), "shares another container's network"),
    ],
)
def test_it_refuses_special_containers_in_words(
    engine: PrivateEngine, followed: Engine, operator: Actor, options: tuple[str, str], words: str
) -> None:
    engine.run("donor")
    container_id = engine.run("odd", *options)
    network_id = create_network(operator, followed, NetworkSpec("mybridge")).docker_id

    names = {"network_name": "mybridge", "container_name": "odd"}
    for result in (
        connect_container(operator, followed, ConnectSpec(network_id, container_id), **names),
        disconnect_container(operator, followed, DisconnectSpec(network_id, container_id), **names),
    ):
        assert (result.kind, result.status) == (OutcomeKind.DENIED, 0)
        assert words in result.sentence


@pytest.mark.parametrize("name", ["host", "none"])
def test_it_refuses_special_networks_in_words(engine: PrivateEngine, followed: Engine, operator: Actor, name: str) -> None:
    container_id = engine.run("web")
    network_id = engine.cli("network", "inspect", "-f", "{{.Id}}", name).strip()

    spec = ConnectSpec(network_id, container_id)
    result = connect_container(operator, followed, spec, network_name=name, container_name="web")

    assert (result.kind, outcomes(result)) == (OutcomeKind.DENIED, [("denied", 0)])
    assert f"{name} is a special network" in result.sentence


def test_it_refuses_to_remove_docker_s_own(engine: PrivateEngine, followed: Engine) -> None:
    network_id = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge").strip()

    result = remove_network(CONSOLE, followed, network_id, name="bridge")

    assert result.kind is OutcomeKind.DENIED
    assert "Docker's own" in result.sentence


def test_it_passes_on_why_a_network_in_use_stays(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    network_id = create_network(operator, followed, NetworkSpec("mybridge")).docker_id
    engine.run("web", "--network", "mybridge")

    result = remove_network(operator, followed, network_id, name="mybridge")

    assert (result.kind, result.status, result.request) == (OutcomeKind.REFUSED, 403, f"DELETE /networks/{network_id}")
    assert "has active endpoints" in result.sentence


def test_it_tells_the_second_of_two_people(followed: Engine, operator: Actor) -> None:
    network_id = create_network(operator, followed, NetworkSpec("mybridge")).docker_id
    results: list[ActionResult] = []

    def remove() -> None:
        results.append(remove_network(operator, followed, network_id, name="mybridge"))
        connections.close_all()

    threads = [threading.Thread(target=remove) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result.kind for result in results) == ["ok", "refused"]
    refused = next(result for result in results if not result.is_ok)
    assert refused.sentence == "The network mybridge was already removed."


def test_it_removes_nothing_that_has_another_name(followed: Engine, operator: Actor) -> None:
    network_id = create_network(operator, followed, NetworkSpec("mybridge")).docker_id

    result = remove_network(operator, followed, network_id, name="yourbridge")

    assert result.kind is OutcomeKind.DENIED
    assert Network.objects.filter(docker_id=network_id).exists()


@pytest.mark.parametrize("name", ["../containers/victim", "<script>", "a/b", "\u202egnp", "--help"])
def test_it_removes_what_is_called_strangely_and_nothing_else(engine: PrivateEngine, followed: Engine, name: str) -> None:
    victim = engine.run("victim")
    made = create_network(CONSOLE, followed, NetworkSpec(name))

    result = remove_network(CONSOLE, followed, made.docker_id, name=name)

    assert (made.kind, result.kind) == (OutcomeKind.OK, OutcomeKind.OK)
    assert Container.objects.filter(docker_id=victim).exists()


def test_it_denies_what_the_role_does_not_give(followed: Engine, operator: Actor) -> None:
    shaped = create_network(operator, followed, NetworkSpec("front", driver="macvlan"))
    Grant.objects.filter(user_id=operator.user_id).update(role=Role.VIEWER)
    viewed = create_network(operator, followed, NetworkSpec("front"))

    assert (shaped.kind, viewed.kind) == (OutcomeKind.DENIED, OutcomeKind.DENIED)
    assert not Network.objects.filter(name="front").exists()


def test_it_refuses_an_unknown_driver_at_once(followed: Engine) -> None:
    result = create_network(CONSOLE, followed, NetworkSpec("front", driver="weave"))

    assert result.kind is OutcomeKind.DENIED
    assert "no driver “weave”" in result.sentence
    assert result.duration_ms < 1_000


def test_it_changes_nothing_in_read_only_mode(followed: Engine, settings: object) -> None:
    settings.NETADMIN_READ_ONLY = True  # type: ignore[attr-defined]

    result = create_network(CONSOLE, followed, NetworkSpec("front"))

    assert (result.kind, result.action_id) == (OutcomeKind.DENIED, 0)
    assert "read-only" in result.sentence
    assert not Action.objects.exists()


def test_it_says_so_when_no_engine_answers(engine: PrivateEngine, followed: Engine) -> None:
    followed.url = "unix:///nonexistent/docker.sock"

    result = create_network(CONSOLE, followed, NetworkSpec("front"))

    assert (result.kind, outcomes(result)) == (OutcomeKind.FAILED, [("failed", 0)])
