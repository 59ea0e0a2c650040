"""The page that says no: what is missing, what one can do about it oneself, and whom else to ask."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from networks.models import Engine, Grant, Role
from tests.builders import make_container, make_engine
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

PEOPLE = "/engines/local/people/"


@pytest.fixture
def engine() -> Engine:
    return make_engine()


@pytest.fixture
def page(engine: Engine) -> str:
    return f"/containers/local/{make_container(engine, 'web').docker_id}/terminal/"


def read(browser: Client, url: str) -> str:
    """Return what the page that refuses says, without its markup."""
    answer = browser.get(url)
    assert answer.status_code == 403
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    assert main is not None
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


def links(browser: Client, url: str) -> list[str]:
    return re.findall(r'<a class="btn[^"]*" href="([^"]+)"', browser.get(url).content.decode())


@pytest.mark.parametrize(
    ("is_on", "is_given", "missing", "advice"),
    [
        (False, False, "switched off for this Engine, and none was given to you.", "Switch them on and give one to yourself"),
        (True, False, "No terminal was given to you on this Engine", "Give one to yourself under People and roles"),
        (False, True, "Terminals are switched off for this Engine. ", "Switch them on under People and roles"),
    ],
)
def test_it_tells_a_superuser_what_to_do_about_a_terminal(
    engine: Engine, page: str, is_on: bool, is_given: bool, missing: str, advice: str
) -> None:
    browser = log_in("rose")
    User.objects.create_superuser("boss")
    Engine.objects.update(is_terminal_on=is_on)
    if is_given:
        Grant.objects.create(user=User.objects.get(username="rose"), engine=engine, role="", has_terminal=True)

    words = read(browser, page)

    assert missing in words
    assert advice in words
    assert "can grant it" not in words
    assert words.count("rose") == 1  # who one is logged in as
    assert links(browser, page) == [PEOPLE, "/"]
    assert browser.get(PEOPLE).status_code == 200


def test_it_sends_an_admin_to_the_switch_and_to_others_for_what_is_not_theirs_to_give(engine: Engine, page: str) -> None:
    browser = log_in("adam", engine, Role.ADMIN)
    User.objects.create_superuser("boss")
    Grant.objects.create(user=User.objects.create_user("eve"), engine=engine, role=Role.ADMIN)

    off = read(browser, page)
    assert "You can switch them on under People and roles." in off
    assert "People who can give you one: boss, eve You are logged in as adam." in off
    assert links(browser, page) == [PEOPLE, "/"]
    Engine.objects.update(is_terminal_on=True)
    on = read(browser, page)
    assert "No terminal was given to you on this Engine" in on
    assert "People who can grant it: boss, eve You are logged in as adam." in on
    assert links(browser, page) == ["/"]
    Engine.objects.update(is_terminal_on=False)
    Grant.objects.filter(user__username="adam").update(has_terminal=True)
    assert "boss" not in read(browser, page)  # a switch that is one's own to turn


def test_it_sends_everybody_else_to_those_who_can(engine: Engine, page: str) -> None:
    browser = log_in("olga", engine, Role.OPERATOR)
    User.objects.create_superuser("boss")

    words = read(browser, page)

    assert "Terminals are switched off for this Engine, and none was given to you." in words
    assert "People who can grant it: boss You are logged in as olga." in words
    assert links(browser, page) == ["/"]


@pytest.mark.parametrize("path", ["terminal/", "connect/", "start/"])
def test_it_tells_a_stranger_nothing_of_an_engine(engine: Engine, path: str) -> None:
    container = make_container(engine, "web")
    browser = log_in("nora", make_engine("other"), Role.VIEWER)
    User.objects.create_superuser("boss")
    Engine.objects.filter(slug="local").update(name="Payroll")

    words = read(browser, f"/containers/local/{container.docker_id}/{path}")

    assert "You may not view this Engine." in words
    assert "Payroll" not in words
    assert "You may look" not in words
