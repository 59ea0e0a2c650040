"""Pages whose subject can't be acted on: they say why first, show no form that would be refused, and lead to what works."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from networks.models import Action, Container, Engine, Network
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import log_in

BUTTON = re.compile(r'type="submit"[^>]*>\s*Disconnect web')
PANEL = re.compile(r'<section class="panel[^"]*" aria-labelledby="h-why">.*?</section>', re.DOTALL)


def panel(answer: HttpResponse) -> str:
    """Return the part that says why, as text."""
    [found] = PANEL.findall(answer.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def links(answer: HttpResponse) -> list[str]:
    [found] = PANEL.findall(answer.content.decode())
    return [url.replace("&amp;", "&") for url in re.findall(r'<a [^>]*href="([^"]+)"', found)]


def has_form(answer: HttpResponse) -> bool:
    """Tell whether the page has the form, or its button."""
    page = answer.content.decode()
    return '<form class="panel"' in page or "connect-button" in page


@pytest.fixture
def places(followed: Engine, engine: PrivateEngine) -> dict[str, str]:
    """Run a container in each mode that allows no connection; return their ids by name, and that of a network."""
    engine.run("donor")
    ids = {
        "on-host": engine.run("on-host", "--network", "host"),
        "on-none": engine.run("on-none", "--network", "none"),
        "guest": engine.run("guest", "--network", "container:donor"),
        "guest-of-host": engine.run("guest-of-host", "--network", "container:on-host"),
        "front": engine.cli("network", "create", "front"),
    }
    for name, docker_id in ids.items():
        model = Network if name == "front" else Container
        wait_until(lambda model=model, docker_id=docker_id: model.objects.filter(docker_id=docker_id).exists(), name)
    return ids


@pytest.mark.django_db(transaction=True)
def test_it_shows_no_form_for_a_container_that_can_not_be_connected(
    followed: Engine, engine: PrivateEngine, places: dict[str, str]
) -> None:
    browser = log_in("root")
    image = Container.objects.get(name="on-host").image
    donor = Container.objects.get(name="donor").docker_id
    run = f"/containers/{followed.slug}/run/?image={image.replace(':', '%3A').replace('/', '%2F')}"
    expected = {
        "on-none": ("is on none", "Move it to a network…", [f"/containers/{followed.slug}/{places['on-none']}/move/"]),
        "on-host": ("uses the host's own network".replace("'", "&#x27;"), "Recreate it…", [run]),
        "guest": ("shares another container", "Connect donor…", [f"/containers/{followed.slug}/{donor}/connect/", run]),
        "guest-of-host": ("shares another", "Open on-host", [f"/containers/{followed.slug}/{places['on-host']}/", run]),
    }

    for name, (words, label, ways) in expected.items():
        own = reverse("container_connect", args=[followed.slug, places[name]])
        shown = browser.get(own)
        posted = browser.post(own, {"network_id": places["front"]})
        for answer, status in ((shown, 200), (posted, 422)):
            assert answer.status_code == status
            assert words in panel(answer)
            assert label in panel(answer)
            assert links(answer)[:-1] == ways
            assert not has_form(answer)
        for way in ways:
            assert browser.get(way).status_code == 200
    assert not Action.objects.exclude(verb__startswith="log").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "mode"), [("host", "host"), ("none", "none")])
def test_it_shows_no_form_for_a_network_that_takes_nobody(followed: Engine, engine: PrivateEngine, name: str, mode: str) -> None:
    browser = log_in("root")
    network = Network.objects.get(name=name)

    shown = browser.get(reverse("network_connect", args=[followed.slug, network.docker_id]))

    assert f"{name} is a special network" in panel(shown)
    assert links(shown)[0] == f"/containers/{followed.slug}/run/?mode={mode}"
    assert not has_form(shown)
    run = browser.get(links(shown)[0]).content.decode()
    assert re.search(rf'name="mode" value="{mode}"[^>]*checked', run)


@pytest.mark.django_db
def test_it_shows_no_form_for_what_is_protected_or_only_a_configuration() -> None:
    engine = make_engine()
    browser = log_in("root")
    kept = make_container(engine, "kept", labels={"netadmin.protect": "true"})
    front = make_network(engine, "front", "10.20.0.0/24", labels={"netadmin.protect": "true"})
    plan = make_network(engine, "plan", "10.21.0.0/24", is_config_only=True)

    for kind, docker_id in (("containers", kept.docker_id), ("networks", front.docker_id)):
        shown = browser.get(f"/{kind}/local/{docker_id}/connect/")
        assert panel(shown).startswith("It is protected")
        assert links(shown) == [f"/{kind}/local/{docker_id}/"]
        assert not has_form(shown)
    shown = browser.get(f"/networks/local/{plan.docker_id}/connect/")
    assert "only holds settings for other networks" in panel(shown)
    assert links(shown)[0] == "/networks/local/create/"


@pytest.mark.django_db
def test_it_goes_on_showing_the_form_where_it_can_be_done() -> None:
    engine = make_engine()
    browser = log_in("root")
    web, front = make_container(engine, "web"), make_network(engine, "front", "10.20.0.0/24")

    for kind, docker_id in (("containers", web.docker_id), ("networks", front.docker_id)):
        shown = browser.get(f"/{kind}/local/{docker_id}/connect/")
        assert has_form(shown)
        assert not PANEL.search(shown.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "words"), [("exited", "isn&#x27;t running"), ("created", "isn&#x27;t running"), ("paused", "is paused")]
)
def test_it_offers_no_terminal_where_nothing_runs(state: str, words: str) -> None:
    engine = make_engine()
    web = make_container(engine, "web", state=state)
    browser = give_terminal(log_in("root"), engine)

    shown = browser.get(f"/containers/local/{web.docker_id}/terminal/")

    assert f"web {words}" in panel(shown)
    assert links(shown) == [f"/containers/local/{web.docker_id}/"]
    assert "terminal-form" not in shown.content.decode()
    Container.objects.update(state="running")
    assert "terminal-form" in browser.get(f"/containers/local/{web.docker_id}/terminal/").content.decode()


def give_terminal(browser: Client, engine: Engine) -> Client:
    Engine.objects.update(is_terminal_on=True)
    root = User.objects.get(username="root")
    root.set_password("correct horse battery")
    root.save()
    browser.force_login(root)
    root.grants.create(engine=engine, role="", has_terminal=True)
    browser.post("/accounts/reauthenticate/?next=/", {"password": "correct horse battery"})
    return browser


@pytest.mark.django_db
def test_it_offers_only_force_for_a_connection_that_is_gone() -> None:
    engine = make_engine()
    browser = log_in("root")
    web, front = make_container(engine, "web"), make_network(engine, "front", "10.20.0.0/24")
    url = f"/networks/local/{front.docker_id}/disconnect/{web.docker_id}/"

    gone = browser.get(url).content.decode()
    assert "web is not on front" in gone
    [button] = BUTTON.finditer(gone)
    assert gone.index("Docker still lists it?") < button.start() < gone.index('<div class="foot">')
    make_endpoint(web, front, ipv4="10.20.0.2")
    there = browser.get(url).content.decode()
    [button] = BUTTON.finditer(there)
    assert there.index('<div class="foot">') < button.start()
