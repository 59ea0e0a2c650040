"""Networks removed and containers disconnected from the pages, on a real Engine."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from networks.models import Action, Container, Endpoint, Engine, Network
from networks.templatetags.wording import can_be_typed
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import confirm, shown_by
from tests.views.test_forms import browser, seen, text_of

__all__ = ["browser"]


def test_it_refuses_to_remove_a_network_in_use_and_names_who(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = engine.cli("network", "create", "mybridge")
    engine.run("web", "--network", "mybridge")
    running = Endpoint.objects.filter(network__docker_id=network, container__state="running")
    wait_until(running.exists, "the endpoint of a running container")

    url = reverse("network_remove", args=[followed.slug, network])
    before, after = browser.get(url), confirm(browser, url, "mybridge")

    assert "1 running container is on it: Docker will refuse" in text_of(before)
    assert after.status_code == 409
    assert "has active endpoints" in text_of(after)
    assert "web" in text_of(after)


def test_it_says_what_a_stopped_container_loses_and_wants_the_name(
    engine: PrivateEngine, followed: Engine, browser: Client
) -> None:
    network = engine.cli("network", "create", "mybridge")
    engine.run("old", "--network", "mybridge")
    engine.cli("stop", "old")
    wait_until(lambda: Endpoint.objects.filter(network__docker_id=network, container__state="exited").exists(), "the stopped one")

    url = reverse("network_remove", args=[followed.slug, network])
    shown, careless, careful = browser.get(url), confirm(browser, url), confirm(browser, url, "mybridge")

    assert "1 stopped container still needs it" in text_of(shown)
    assert careless.status_code == 422
    assert careful.status_code == 302
    assert not Network.objects.filter(docker_id=network).exists()


def test_it_tells_who_comes_second(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "mybridge"))
    url = reverse("network_remove", args=[followed.slug, network])

    first, second = (browser.post(url, {"typed_name": "mybridge"}) for _ in range(2))

    assert first.status_code == 302
    assert second.status_code == 404
    assert "The network mybridge was already removed." in text_of(second)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "../containers/victim", "a/b", "\u202egnp", "x\ny"])
def test_it_shows_and_removes_strange_names_safely(engine: PrivateEngine, followed: Engine, browser: Client, name: str) -> None:
    victim = engine.run("victim")
    network = seen(engine, Network, engine.cli("network", "create", "--", name))

    urls = [reverse(f"network_{verb}", args=[followed.slug, network]) for verb in ("connect", "remove")]
    pages = [browser.get(url).content.decode() for url in urls]
    removed = confirm(browser, urls[1], name if can_be_typed(name) else network[:12])

    assert removed.status_code == 302
    assert not Network.objects.filter(docker_id=network).exists()
    assert Container.objects.filter(docker_id=victim).exists()
    assert all("<script>alert" not in page and "\u202e" not in page for page in pages)


def test_it_forces_a_disconnect_where_that_is_asked(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "front"))
    container = engine.run("web", "--network", "front")
    joined = Endpoint.objects.filter(network__docker_id=network, container__docker_id=container)
    whole = joined.filter(container__has_detail=True, container__state="running")
    wait_until(whole.exists, "the endpoint in the snapshot, and the container as it will stay")
    url = reverse("network_disconnect", args=[followed.slug, network, container])

    done = browser.post(url, {"shown": shown_by(browser.get(url)), "is_forced": "on"})

    assert done.status_code == 302
    assert "--force" in Action.objects.get().command
    assert not joined.exists()


def test_it_sees_a_stopped_container_that_no_event_told_of(engine: PrivateEngine, followed: Engine, browser: Client) -> None:
    network = seen(engine, Network, engine.cli("network", "create", "front"))
    engine.run("old")
    engine.cli("stop", "old")
    wait_until(lambda: Container.objects.filter(name="old", state="exited").exists(), "the stopped one")
    url = reverse("network_remove", args=[followed.slug, network])
    shown = shown_by(browser.get(url))
    engine.cli("network", "connect", "front", "old")

    response = browser.post(url, {"typed_name": "front", "shown": shown})

    assert response.status_code == 422
    assert "old, which is stopped, needs front to start." in text_of(response)
    assert engine.cli("network", "ls", "-q", "--filter", "name=front")


@pytest.mark.parametrize("is_dockers", [True, False])
def test_it_says_which_linux_bridge_goes_with_a_network(
    engine: PrivateEngine, followed: Engine, browser: Client, is_dockers: bool
) -> None:
    if not is_dockers:
        engine.check_inside("ip", "link", "add", "br-mine", "type", "bridge")
    try:
        made = engine.cli("network", "create", "-o", "com.docker.network.bridge.name=br-mine", "mine")
        url = reverse("network_remove", args=[followed.slug, seen(engine, Network, made)])
        said = text_of(browser.get(url))
        browser.post(url, {"typed_name": "mine"})

        assert not Network.objects.filter(docker_id=made).exists()
        assert "Docker removes the Linux bridge too, if it made it itself" in said
        assert ("br-mine" in engine.check_inside("ip", "-br", "link")) is not is_dockers
    finally:
        if not is_dockers:
            engine.check_inside("ip", "link", "delete", "br-mine")
