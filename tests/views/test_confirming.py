"""The page that asks for the password once more says what for."""

from __future__ import annotations

from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse

from networks.policy.url_permissions import ROUTES, needs_proof
from networks.templatetags.people import WAITING
from tests.builders import make_container, make_engine


@pytest.fixture
def browser(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="correct horse battery"))
    return client


def read_page(browser: Client, url: str) -> str:
    answer = browser.get(url, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    return unescape(answer.content.decode())


def test_it_names_what_waits(browser: Client) -> None:
    engine = make_engine()
    container = make_container(engine, "web")
    person = User.objects.get()
    token = reverse("engine_swarm_token", args=["local"])

    asked = browser.post(reverse("person_invite", args=[person.pk]))
    held = unescape(browser.get(asked.headers["Location"]).content.decode())

    assert "for this: <b>Make a new link to choose a password</b>." in held
    assert "for this: <b>Set up an app as your second step</b>." in read_page(browser, reverse("mfa_activate_totp"))
    swarm = browser.get("/accounts/reauthenticate/", {"next": token}).content.decode()
    assert "for this: <b>Show a join token of the swarm of local</b>." in swarm
    terminal = reverse("container_terminal", args=["local", container.docker_id])
    words = browser.get("/accounts/reauthenticate/", {"next": terminal}).content.decode()
    assert "for this: <b>Open a terminal in a container on local</b>." in words
    assert "web" not in words.replace("webauthn", "")


@pytest.mark.parametrize("url", ["", "/", "/nowhere/", "https://elsewhere.example/account/sessions/end/", "//[", "http://["])
def test_it_names_nothing_that_does_not_follow(browser: Client, url: str) -> None:
    words = browser.get("/accounts/reauthenticate/", {"next": url}).content.decode()

    assert "Your password is needed again for what comes next." in words


def test_it_knows_all_that_asks_for_the_password() -> None:
    asking = {
        pattern.name
        for pattern in get_resolver("networks.urls").url_patterns
        if needs_proof(pattern.name, is_change=True) and "post" in dir(getattr(pattern.callback, "view_class", None))
    }

    own = {name for name in WAITING if not name.startswith("mfa_")}
    assert asking | {"container_terminal"} == own
    assert set(WAITING) <= set(ROUTES)
