"""An operator's label as a lock: only admins set it, and a superuser lifts it in one recorded step."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from networks.actions.actors import Actor
from networks.actions.credentials import lift_protection
from networks.actions.launching import run_container
from networks.actions.networks import create_network, remove_network
from networks.engine.specs import EndpointSpec, NetworkSpec, RunSpec
from networks.models import Action, Container, Engine, Grant, Network, Outcome, OutcomeKind, Role
from networks.policy.protection import protection_of
from tests.lab_image import IMAGE
from tests.private_engine import PrivateEngine, wait_until
from tests.proving import prove

LABEL = {"netadmin.protect": "true"}


@pytest.mark.parametrize("spelling", ["netadmin.protect", "Netadmin.Protect", " netadmin.protect", "netadmin.other"])
def test_an_operator_locks_nothing(engine: PrivateEngine, followed: Engine, operator: Actor, spelling: str) -> None:
    bridge = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")

    made = create_network(operator, followed, NetworkSpec("lock", labels={spelling: "true"}))
    ran = run_container(
        operator, followed, RunSpec(IMAGE, "lock", networks=(EndpointSpec(bridge, "bridge"),), labels={spelling: "true"})
    )

    assert (made.kind, ran.kind) == (OutcomeKind.DENIED, OutcomeKind.DENIED)
    assert "lock" not in engine.cli("network", "ls", "--format", "{{.Name}}").split()
    assert not engine.cli("ps", "-aq", "--filter", "name=lock")


@pytest.fixture
def locked(engine: PrivateEngine, followed: Engine) -> tuple[str, str]:
    """Have a network and a container with the label. Gives their ids."""
    network = engine.cli("network", "create", "--label", "netadmin.protect=true", "vault")
    container = engine.run("keeper", "--label", "netadmin.protect=true")
    wait_until(Network.objects.filter(docker_id=network).exists, "the network in the snapshot")
    wait_until(Container.objects.filter(docker_id=container, state="running").exists, "the container in the snapshot")
    return network, container


def test_a_superuser_lifts_it_in_one_recorded_step(
    engine: PrivateEngine, followed: Engine, admin_client: Client, locked: tuple[str, str]
) -> None:
    network, container = locked
    prove(admin_client)
    told = admin_client.get(f"/networks/{followed.slug}/{network}/").content.decode()

    lifted = admin_client.post(f"/networks/{followed.slug}/{network}/protection/", {"do": "lift"})
    removed = admin_client.post(f"/networks/{followed.slug}/{network}/remove/", {"typed_name": "vault", "shown": ""})

    assert "Lift the protection…" in told
    assert (lifted.status_code, removed.status_code) == (302, 302), removed.content.decode()
    assert "vault" not in engine.cli("network", "ls", "--format", "{{.Name}}").split()
    done = Action.objects.get(verb="lift_protection")
    assert (done.who, done.what, done.docker_id) == ("admin", "vault", network)
    assert Outcome.objects.get(action_id=done.pk).kind == OutcomeKind.OK
    assert list(protection_of(followed.slug).containers) == [container]  # that one alone
    assert admin_client.post(f"/containers/{followed.slug}/{container}/protection/", {"do": "lift"}).status_code == 302
    assert not protection_of(followed.slug).containers
    assert admin_client.post(f"/containers/{followed.slug}/{container}/protection/", {"do": "restore"}).status_code == 302
    assert list(protection_of(followed.slug).containers) == [container]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_nobody_else_lifts_it(
    engine: PrivateEngine, followed: Engine, operator: Actor, client: Client, locked: tuple[str, str], role: str
) -> None:
    Grant.objects.update(role=role)
    client.force_login(User.objects.get(pk=operator.user_id))
    prove(client)
    network, _container = locked

    answer = client.post(f"/networks/{followed.slug}/{network}/protection/", {"do": "lift"})
    result = lift_protection(operator, followed, network, name="vault")

    assert (answer.status_code, result.kind) == (403, OutcomeKind.DENIED)
    assert remove_network(operator, followed, network, name="vault").kind is OutcomeKind.DENIED


def test_a_superuser_without_the_password_lifts_nothing(followed: Engine, admin_client: Client, locked: tuple[str, str]) -> None:
    answer = admin_client.post(f"/networks/{followed.slug}/{locked[0]}/protection/", {"do": "lift"})

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert list(protection_of(followed.slug).networks) == [locked[0]]


def test_nobody_lifts_what_is_dockers_or_netadmins_own(engine: PrivateEngine, followed: Engine, admin_client: Client) -> None:
    prove(admin_client)
    bridge = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")

    answer = admin_client.post(f"/networks/{followed.slug}/{bridge}/protection/", {"do": "lift"})

    assert answer.status_code == 409
    assert "isn&#x27;t protected by a label" in answer.content.decode()
    assert Engine.objects.get(pk=followed.pk).unprotected == []


def test_another_of_the_same_name_is_protected_again(
    engine: PrivateEngine, followed: Engine, admin_client: Client, locked: tuple[str, str]
) -> None:
    prove(admin_client)
    admin_client.post(f"/networks/{followed.slug}/{locked[0]}/protection/", {"do": "lift"})
    engine.cli("network", "rm", "vault")
    again = engine.cli("network", "create", "--label", "netadmin.protect=true", "vault")
    wait_until(Network.objects.filter(docker_id=again).exists, "the new network in the snapshot")
    wait_until(lambda: not Network.objects.filter(docker_id=locked[0]).exists(), "the old one's end")

    assert list(protection_of(followed.slug).networks) == [again]
    admin_client.post(f"/containers/{followed.slug}/{locked[1]}/protection/", {"do": "lift"})
    assert Engine.objects.get(pk=followed.pk).unprotected == [locked[1]]  # what is gone is forgotten
