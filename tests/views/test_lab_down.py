"""Taking the sample lab away: listed, its number typed, and nothing that wasn't shown."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from networks.actions.actors import Actor
from networks.models import Container, Engine, Grant, Network, Role
from tests.actions.conftest import followed, operator
from tests.private_engine import PrivateEngine, wait_until

__all__ = ["followed", "operator"]


@pytest.fixture
def browser(client: Client, operator: Actor) -> Client:
    Grant.objects.update(role=Role.ADMIN)
    client.force_login(get_user_model().objects.get(pk=operator.user_id))
    return client


@pytest.fixture
def labelled(engine: PrivateEngine, followed: Engine) -> list[str]:
    """Have a network and a container with the lab's label, one of them somebody's own."""
    ids = [
        engine.cli("network", "create", "--label", "netadmin.lab=1", "mybridge"),
        engine.run("precious", "--label", "netadmin.lab=1"),
    ]
    wait_until(lambda: Network.objects.filter(name="mybridge").exists(), "the network in the snapshot")
    wait_until(lambda: Container.objects.filter(name="precious", state="running").exists(), "the container in the snapshot")
    return ids


def test_it_lists_what_goes_before_it_takes_anything(
    engine: PrivateEngine, followed: Engine, browser: Client, labelled: list[str]
) -> None:
    url = f"/engines/{followed.slug}/lab/down/"

    pressed = browser.post(url)
    untyped = browser.post(url, {"shown": ",".join(labelled)})

    assert (pressed.status_code, untyped.status_code) == (200, 422)
    assert all(name in pressed.content.decode() for name in ("precious", "mybridge"))
    assert engine.cli("ps", "-q", "--filter", "name=precious")
    done = browser.post(url, {"shown": ",".join(labelled), "typed_count": "2"})
    assert done.status_code == 302
    assert not engine.cli("ps", "-aq", "--filter", "name=precious")
    assert not engine.cli("network", "ls", "-q", "--filter", "name=mybridge")


def test_it_takes_nothing_that_was_not_shown(
    engine: PrivateEngine, followed: Engine, browser: Client, labelled: list[str]
) -> None:
    answer = browser.post(f"/engines/{followed.slug}/lab/down/", {"shown": labelled[0], "typed_count": "1"})

    assert answer.status_code == 409
    assert "Something has changed since this page was shown" in answer.content.decode()
    assert engine.cli("ps", "-q", "--filter", "name=precious")
    assert engine.cli("network", "ls", "-q", "--filter", "name=mybridge")


def test_the_command_lists_and_asks(
    engine: PrivateEngine, followed: Engine, labelled: list[str], capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.NETADMIN_DOCKER_HOST = engine.url  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="add --yes"):
        call_command("lab", "down", engine=followed.slug)

    told = capsys.readouterr().out
    assert all(f"{noun}\t{docker_id[:12]}\t" in told for noun, docker_id in zip(("network", "container"), labelled, strict=True))
    assert engine.cli("ps", "-q", "--filter", "name=precious")
    call_command("lab", "down", engine=followed.slug, yes=True)
    assert not engine.cli("ps", "-aq", "--filter", "name=precious")
