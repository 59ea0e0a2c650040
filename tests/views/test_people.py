"""The pages about people: what they show to whom, and that each button does its one thing."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from networks.models import Action, Engine, Grant, Outcome, Role
from tests.builders import make_engine
from tests.proving import prove

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engine() -> Engine:
    cache.clear()
    return make_engine()


@pytest.fixture
def root() -> Client:
    User.objects.create_superuser("root", password=PASSWORD)
    browser = Client()
    browser.post("/accounts/login/", {"login": "root", "password": PASSWORD})
    browser.post("/accounts/reauthenticate/?next=/", {"password": PASSWORD})
    return browser


@pytest.fixture
def ann(engine: Engine) -> User:
    person = User.objects.create_user("ann", password=PASSWORD)
    Grant.objects.create(user=person, engine=engine, role=Role.VIEWER)
    return person


@pytest.fixture
def adam(engine: Engine) -> Client:
    person = User.objects.create_user("adam", password=PASSWORD)
    Grant.objects.create(user=person, engine=engine, role=Role.ADMIN)
    browser = Client()
    browser.force_login(person)
    return prove(browser)


def test_it_makes_an_account_whose_owner_chooses_the_password(root: Client) -> None:
    made = root.post("/people/create/", {"username": "bob"})
    token = re.findall(r"/welcome/#([\w.-]+)", made.content.decode())[0]
    bob = Client()
    form = {"token": token, "password1": "another horse battery", "password2": "another horse battery"}

    chosen = bob.post("/welcome/", form)
    again = Client().post("/welcome/", form)
    bob.post("/accounts/login/", {"login": "bob", "password": "another horse battery"})

    assert made.status_code == 200
    assert (chosen.status_code, chosen.headers["Location"]) == (302, "/accounts/login/")
    assert (again.status_code, "has been used, is too old" in again.content.decode()) == (422, True)
    assert bob.get("/accounts/sessions/").status_code == 200


@pytest.mark.parametrize(
    ("password1", "password2", "words"),
    [
        ("short", "short", "too short"),
        ("1234567890123", "1234567890123", "numeric"),
        ("correct horse", "correct house", "match"),
    ],
)
def test_it_takes_no_weak_password_and_the_link_still_works(root: Client, password1: str, password2: str, words: str) -> None:
    token = re.findall(r"/welcome/#([\w.-]+)", root.post("/people/create/", {"username": "bob"}).content.decode())[0]

    answer = Client().post("/welcome/", {"token": token, "password1": password1, "password2": password2})
    later = Client().post("/welcome/", {"token": token, "password1": PASSWORD, "password2": PASSWORD})

    assert (answer.status_code, later.status_code) == (422, 302)
    assert words in answer.content.decode()


@pytest.mark.parametrize("username", ["", "ann", "ANN", "a b", "<script>", "x" * 151, "a\u202eb"])
def test_it_makes_no_account_of_a_bad_name(root: Client, ann: User, username: str) -> None:
    assert root.post("/people/create/", {"username": username}).status_code == 422
    assert User.objects.count() == 2


def test_it_asks_for_the_password_before_it_makes_a_link_for_somebody(ann: User) -> None:
    second = Client()
    second.force_login(User.objects.create_superuser("second", password=PASSWORD))

    for path in ("invite/", "reset-two-factor/"):
        assert second.post(f"/people/{ann.pk}/{path}").headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Action.objects.exists()


def test_it_gives_a_link_for_a_forgotten_password(root: Client, ann: User) -> None:
    page = root.post(f"/people/{ann.pk}/invite/").content.decode()

    assert re.search(r"http://testserver/welcome/#[\w.-]+", page)
    assert User.objects.get(pk=ann.pk).check_password(PASSWORD)


@pytest.mark.parametrize("path", ["deactivate/", "reactivate/", "end-sessions/"])
def test_it_does_one_thing_and_comes_back(root: Client, ann: User, path: str) -> None:
    answer = root.post(f"/people/{ann.pk}/{path}")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{ann.pk}/")
    assert Outcome.objects.latest("pk").kind == "ok"
    assert root.get(f"/people/{ann.pk}/{path}").status_code == 405


def test_it_says_on_the_page_why_something_was_refused(root: Client) -> None:
    answer = root.post(f"/people/{User.objects.get(username='root').pk}/deactivate/")

    assert answer.status_code == 409
    assert "You can&#x27;t switch off your own account." in answer.content.decode()
    assert Outcome.objects.latest("pk").kind == "denied"


def test_it_sets_a_role_from_the_page_of_a_person(root: Client, ann: User) -> None:
    answer = root.post("/engines/local/people/grant/", {"username": "ann", "role": "operator", "from": "person"})

    assert answer.headers["Location"] == f"/people/{ann.pk}/"
    assert Grant.objects.get(user=ann).role == Role.OPERATOR


def test_it_shows_an_admin_their_engine_and_nobody_else(adam: Client, ann: User) -> None:
    User.objects.create_user("stranger")

    page = adam.get("/engines/local/people/").content.decode()

    assert "ann" in page
    assert "stranger" not in page
    assert adam.get("/people/").status_code == 403
    assert "/engines/local/people/" in adam.get("/").content.decode()


def test_it_lets_an_admin_give_and_take_a_role_by_name(adam: Client) -> None:
    bob = User.objects.create_user("bob")

    given = adam.post("/engines/local/people/grant/", {"username": "bob", "role": "operator", "from": "person"})
    role = Grant.objects.get(user=bob).role
    adam.post("/engines/local/people/grant/", {"username": "bob", "role": ""})

    assert (given.headers["Location"], role) == ("/engines/local/people/", Role.OPERATOR)
    assert not Grant.objects.filter(user=bob).exists()


@pytest.mark.parametrize(
    ("username", "role", "status"),
    [
        ("nobody", "viewer", 422),
        ("ann", "owner", 422),
        ("root", "viewer", 409),
        ("adam", "viewer", 409),
        ("ann\0", "viewer", 422),
    ],
)
def test_it_refuses_with_words_and_keeps_the_form(adam: Client, ann: User, username: str, role: str, status: int) -> None:
    User.objects.create_superuser("root")

    answer = adam.post("/engines/local/people/grant/", {"username": username, "role": role})

    assert answer.status_code == status
    assert "Give a role" in answer.content.decode()
    assert sorted(Grant.objects.values_list("user__username", "role")) == [("adam", "admin"), ("ann", "viewer")]


def test_it_takes_as_many_statements_for_a_hundred_people_as_for_one(root: Client, ann: User, engine: Engine) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            assert root.get("/people/").status_code == 200
        return len(found)

    few = statements()
    Grant.objects.bulk_create(
        Grant(user=User.objects.create_user(f"person{number}"), engine=engine, role=Role.VIEWER) for number in range(100)
    )

    assert statements() == few


def of_the_admin_site(person: User, **changed: str) -> dict[str, str]:
    """Return the form of the admin site for a person as it comes, with changes; "" unticks a box."""
    form = {"username": person.username, "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    form |= {"is_active": "on", "is_staff": "on", "is_superuser": "on", **changed}
    form |= {f"grants-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    return {name: value for name, value in form.items() if value}


@pytest.mark.parametrize("box", ["is_active", "is_superuser"])
def test_it_keeps_oneself_and_the_last_superuser_in_the_admin_site_too(root: Client, box: str) -> None:
    myself = User.objects.get(username="root")
    second = User.objects.create_superuser("second")

    own = root.post(f"/admin/auth/user/{myself.pk}/change/", of_the_admin_site(myself, **{box: ""}))
    deleted = root.post(f"/admin/auth/user/{myself.pk}/delete/", {"post": "yes"})
    bulk = root.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": str(myself.pk), "post": "yes"})
    other = root.post(f"/admin/auth/user/{second.pk}/change/", of_the_admin_site(second, **{box: ""}))

    assert (own.status_code, deleted.status_code, other.status_code) == (200, 403, 302)
    assert "You can&#x27;t switch off or demote your own account." in own.content.decode()
    assert bulk.status_code in (200, 302)
    assert list(User.objects.filter(is_superuser=True, is_active=True)) == [myself]
