"""The page of a terminal, the link that leads there, and where it is switched on and given."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from networks.forms.terminal import TerminalForm
from networks.models import Action, Container, Engine, EngineStatus, Grant, Outcome, Role
from networks.policy.permissions import Permission, has_terminal, permissions_of, require
from tests.builders import make_container, make_engine

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engine() -> Engine:
    cache.clear()
    return make_engine()


@pytest.fixture
def web(engine: Engine) -> Container:
    return make_container(engine, "web")


def enter(name: str, role: str = "", *, is_superuser: bool = False, has_typed: bool = False) -> tuple[User, Client]:
    person = User.objects.create_user(name, password=PASSWORD, is_superuser=is_superuser)
    if role:
        Grant.objects.create(user=person, engine=Engine.objects.get(slug="local"), role=role)
    browser = Client()
    browser.force_login(person)
    if has_typed:
        browser.post("/accounts/reauthenticate/?next=/", {"password": PASSWORD})
    return person, browser


def give(person: User) -> None:
    Engine.objects.update(is_terminal_on=True)
    Grant.objects.update_or_create(
        user=person,
        engine=Engine.objects.get(slug="local"),
        defaults={"has_terminal": True},
        create_defaults={"role": "", "has_terminal": True},
    )


def page_of(web: Container) -> str:
    return f"/containers/local/{web.docker_id}/"


@pytest.mark.parametrize(("role", "is_superuser"), [(Role.VIEWER, False), (Role.ADMIN, False), ("", True)])
def test_it_is_in_no_role(web: Container, role: str, is_superuser: bool) -> None:
    person, browser = enter("ann", role, is_superuser=is_superuser, has_typed=True)

    Engine.objects.update(is_terminal_on=True)
    assert browser.get(page_of(web) + "terminal/").status_code == 403
    shown = browser.get(page_of(web)).content.decode()
    assert ("terminal/" in shown, "how to get one" in shown) == ((False, False) if role == Role.VIEWER else (True, True))
    give(person)
    assert browser.get(page_of(web) + "terminal/").status_code == 200
    shown = browser.get(page_of(web)).content.decode()
    assert (page_of(web) + "terminal/" in shown, "how to get one" in shown) == (True, False)
    Engine.objects.update(is_terminal_on=False)
    assert browser.get(page_of(web) + "terminal/").status_code == 403
    assert Permission.TERMINAL not in permissions_of(person, "local")


def test_it_needs_a_role_beside_it(web: Container) -> None:
    person, browser = enter("ann")
    give(person)

    assert not has_terminal(person, "local")
    assert browser.get(page_of(web)).status_code == 403
    assert browser.get("/networks/").status_code == 403  # a grant without a role shows nothing
    with pytest.raises(Exception, match="terminal"):
        require(person, Permission.TERMINAL, "local")


def test_it_asks_for_the_password(web: Container) -> None:
    person, browser = enter("ann", Role.VIEWER)
    give(person)

    answer = browser.get(page_of(web) + "terminal/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=%2Fcontainers%2Flocal%2F")


def test_it_is_a_page_that_needs_no_script_to_say_how(web: Container) -> None:
    person, browser = enter("ann", Role.VIEWER, has_typed=True)
    give(person)

    answer = browser.get(page_of(web) + "terminal/")

    assert "docker exec -it web /bin/sh" in answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self' 'nonce-" in policy
    assert "unsafe" not in policy
    assert "nonce" not in browser.get(page_of(web)).headers["Content-Security-Policy"]
    assert browser.get(f"/containers/local/{'0' * 64}/terminal/").status_code == 404


def test_it_opens_nothing_where_nothing_is_changed(web: Container, settings: Any) -> None:
    person, browser = enter("ann", Role.VIEWER, has_typed=True)
    give(person)

    Container.objects.update(labels={"netadmin.protect": "true"})
    EngineStatus.objects.update(revision=99)
    page = browser.get(page_of(web) + "terminal/").content.decode()
    assert "No terminal is opened in it." in page
    assert 'id="terminal-form"' not in page
    settings.NETADMIN_READ_ONLY = True
    assert browser.get(page_of(web) + "terminal/").status_code == 403
    assert f"{page_of(web)}terminal/" not in browser.get(page_of(web)).content.decode()


def test_it_is_switched_on_by_an_admin_who_types_the_password(engine: Engine) -> None:
    _adam, browser = enter("adam", Role.ADMIN)

    assert browser.post("/engines/local/terminals/", {"terminals": "on"}).headers["Location"].startswith("/accounts/reauth")
    engine.refresh_from_db()
    assert not engine.is_terminal_on
    browser.post("/accounts/reauthenticate/?next=/", {"password": PASSWORD})
    assert browser.post("/engines/local/terminals/", {"terminals": "on"}).status_code == 302
    engine.refresh_from_db()
    assert engine.is_terminal_on
    browser.post("/engines/local/terminals/", {"terminals": "off"})
    engine.refresh_from_db()
    assert not engine.is_terminal_on
    assert list(Action.objects.exclude(verb="log_in").order_by("pk").values_list("verb", flat=True))[-2:] == [
        "switch_terminals_on",
        "switch_terminals_off",
    ]


def test_it_is_given_to_others_and_by_superusers_to_themselves() -> None:
    _olga, _ = enter("olga", Role.OPERATOR)
    _nora, _ = enter("nora")
    _adam, admin = enter("adam", Role.ADMIN, has_typed=True)
    root, superuser = enter("root", is_superuser=True, has_typed=True)

    def give_to(browser: Client, name: str, terminal: str = "on") -> int:
        return browser.post("/engines/local/people/terminal/", {"username": name, "terminal": terminal}).status_code

    assert give_to(admin, "olga") == 302
    assert give_to(admin, "adam") == 409
    assert give_to(admin, "nora") == 409  # who has no role would see nothing
    assert give_to(admin, "nobody") == 422
    assert give_to(superuser, "root") == 302
    assert set(Grant.objects.filter(has_terminal=True).values_list("user__username", "role")) == {
        ("olga", "operator"),
        ("root", ""),
    }
    page = superuser.get("/engines/local/people/").content.decode()
    assert page.count("Take away") == 2
    assert give_to(superuser, "root", "off") == 302
    assert not Grant.objects.filter(user=root).exists()
    assert give_to(superuser, "olga", "off") == 302
    assert Grant.objects.get(user__username="olga").role == Role.OPERATOR
    kinds = dict(Outcome.objects.values_list("action_id", "kind"))
    rows = Action.objects.filter(verb__endswith="_terminal").order_by("pk")
    assert [(row.who, row.verb, row.what, kinds[row.pk]) for row in rows] == [
        ("adam", "grant_terminal", "olga", "ok"),
        ("adam", "grant_terminal", "adam", "denied"),
        ("adam", "grant_terminal", "nora", "denied"),
        ("root", "grant_terminal", "root", "ok"),
        ("root", "revoke_terminal", "root", "ok"),
        ("root", "revoke_terminal", "olga", "ok"),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"shell": "/bin/ash"}, ("/bin/ash",)),
        ({"shell": "own", "command": "redis-cli -n 1 'get it'"}, ("redis-cli", "-n", "1", "get it")),
        ({"shell": "/bin/sh", "command": "ignored", "user": "1000:1000"}, ("/bin/sh",)),
    ],
)
def test_it_takes_words_apart(fields: dict[str, str], words: tuple[str, ...]) -> None:
    form = TerminalForm(fields)

    assert form.is_valid(), form.errors
    assert form.words() == words


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "shell"),
        ({"shell": "/bin/zsh"}, "shell"),
        ({"shell": "own"}, "command"),
        ({"shell": "own", "command": "''"}, "command"),
        ({"shell": "own", "command": "echo 'half"}, "command"),
        ({"shell": "own", "command": "x " * 41}, "command"),
        ({"shell": "/bin/sh", "user": "a b"}, "user"),
        ({"shell": "/bin/sh", "user": "-u"}, "user"),
        ({"shell": "/bin/sh", "user": "a:b:c"}, "user"),
    ],
)
def test_it_says_at_which_field(fields: dict[str, str], field: str) -> None:
    assert list(TerminalForm(fields).errors) == [field]
