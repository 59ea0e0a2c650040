"""What admins do with people: done, refused by a rule, and written down either way."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from networks.actions.actors import CONSOLE, Actor
from networks.actions.people import (
    accept_invitation,
    create_person,
    invite_person,
    log_out_everywhere,
    reset_two_factor,
    set_active,
    set_role,
)
from networks.actions.recording import ActionResult
from networks.models import Action, Engine, Grant, Outcome, OutcomeKind, Role
from networks.policy.accounts import make_invitation, read_invitation

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engine() -> Engine:
    cache.clear()
    return Engine.objects.create(slug="local", name="Local", url="unix:///nonexistent/docker.sock")


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", password=PASSWORD)


def acting(person: User) -> Actor:
    return Actor(person.get_username(), person.pk, "192.0.2.7")


def give(person: User, engine: Engine, role: str) -> User:
    Grant.objects.create(user=person, engine=engine, role=role)
    return person


def recorded() -> list[tuple[str, str, str, str]]:
    """Return who, verb, what and outcome of each action, oldest first."""
    kinds = dict(Outcome.objects.values_list("action_id", "kind"))
    return [(row.who, row.verb, row.what, kinds[row.pk]) for row in Action.objects.order_by("pk")]


def test_it_makes_a_person_without_a_password_who_chooses_one_by_the_link(root: User) -> None:
    made = create_person(acting(root), "bob")
    assert made.person
    assert not made.person.has_usable_password()

    chosen = accept_invitation(made.token, PASSWORD, from_address="198.51.100.9")

    assert chosen
    assert chosen.check_password(PASSWORD)
    assert recorded() == [("root", "create_person", "bob", "ok"), ("bob", "accept_invitation", "bob", "ok")]
    assert made.token not in str(list(Action.objects.values())) + str(list(Outcome.objects.values()))


def test_it_takes_a_link_once(root: User) -> None:
    made = create_person(acting(root), "bob")
    accept_invitation(made.token, PASSWORD, from_address="")

    assert accept_invitation(made.token, "another horse battery", from_address="") is None
    assert User.objects.get(username="bob").check_password(PASSWORD)


@pytest.mark.parametrize(
    "text", ["", ".", "x", "MQ.", "MQ.x-y", "!!.a-b", "\0.\0", "999999999999999999999999.a-b", "MQ.a-b" * 2000]
)
def test_it_takes_no_forged_link(root: User, text: str) -> None:
    assert read_invitation(text) is None


def test_it_takes_no_link_of_somebody_else_or_of_somebody_switched_off(root: User, ann: User) -> None:
    other = make_invitation(root).partition(".")[0] + "." + make_invitation(ann).partition(".")[2]
    old = make_invitation(ann)
    set_active(acting(root), ann, is_active=False)
    off = read_invitation(old)
    set_active(acting(root), ann, is_active=True)

    assert read_invitation(other) is None
    assert off is None
    assert read_invitation(make_invitation(ann)) == ann


def test_it_logs_out_everybody_with_the_old_password_when_a_link_is_used(root: User, ann: User) -> None:
    browser = Client()
    browser.force_login(ann)
    token = invite_person(acting(root), ann).token

    accept_invitation(token, "another horse battery", from_address="")

    assert browser.get("/accounts/sessions/").status_code == 302


def test_it_switches_off_logs_out_and_switches_on_again(root: User, ann: User) -> None:
    browser = Client()
    browser.force_login(ann)

    set_active(acting(root), ann, is_active=False)
    off = browser.get("/accounts/sessions/").status_code
    set_active(acting(root), ann, is_active=True)

    assert (off, browser.get("/accounts/sessions/").status_code) == (302, 302)
    assert User.objects.get(pk=ann.pk).is_active
    assert [verb for _who, verb, _what, _kind in recorded()] == ["deactivate_person", "reactivate_person"]


def test_it_never_switches_off_oneself_or_the_last_superuser(root: User) -> None:
    itself = set_active(acting(root), root, is_active=False)
    last = set_active(CONSOLE, root, is_active=False)
    second = User.objects.create_superuser("second")
    allowed = set_active(acting(second), root, is_active=False)

    assert [one.kind for one in (itself, last, allowed)] == [OutcomeKind.DENIED, OutcomeKind.DENIED, OutcomeKind.OK]
    assert "last superuser" in last.sentence


@pytest.mark.parametrize("role", ["", *Role.values])
def test_it_lets_an_admin_set_each_role_on_their_engine(ann: User, engine: Engine, role: str) -> None:
    admin = give(User.objects.create_user("adam"), engine, Role.ADMIN)
    give(ann, engine, Role.VIEWER)

    result = set_role(acting(admin), engine, ann, role)

    assert result.is_ok
    assert list(Grant.objects.filter(user=ann).values_list("role", flat=True)) == ([role] if role else [])
    action = Action.objects.get()
    assert (action.engine_slug, action.from_address, action.asked) == ("local", "192.0.2.7", {"role": role, "was": "viewer"})


def test_it_lets_an_admin_do_nothing_on_another_engine(ann: User, engine: Engine) -> None:
    other = Engine.objects.create(slug="other", name="Other", url="unix:///nonexistent/other.sock")
    admin = give(User.objects.create_user("adam"), other, Role.ADMIN)

    result = set_role(acting(admin), engine, ann, Role.VIEWER)

    assert result.kind is OutcomeKind.DENIED
    assert not Grant.objects.filter(user=ann).exists()
    assert recorded() == [("adam", "grant_role", "ann", "denied")]


@pytest.mark.parametrize("role", ["", Role.VIEWER, Role.ADMIN])
def test_it_lets_nobody_change_their_own_role_or_that_of_a_superuser(root: User, engine: Engine, role: str) -> None:
    admin = give(User.objects.create_user("adam"), engine, Role.ADMIN)

    own, above = set_role(acting(admin), engine, admin, role), set_role(acting(admin), engine, root, role)

    assert {own.kind, above.kind} == {OutcomeKind.DENIED}
    assert list(Grant.objects.values_list("user__username", "role")) == [("adam", "admin")]


@pytest.mark.parametrize("role", ["owner", "superuser", "terminal"])
def test_it_gives_no_role_that_there_is_not(ann: User, engine: Engine, role: str) -> None:
    admin = give(User.objects.create_user("adam"), engine, Role.ADMIN)

    assert set_role(acting(admin), engine, ann, role).kind is OutcomeKind.DENIED


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
def test_it_lets_nobody_but_a_superuser_touch_accounts(ann: User, engine: Engine, role: str) -> None:
    person = acting(give(User.objects.create_user("adam"), engine, role))

    results: list[ActionResult] = [
        create_person(person, "bob").result,
        invite_person(person, ann).result,
        set_active(person, ann, is_active=False),
        log_out_everywhere(person, ann),
        reset_two_factor(person, ann),
    ]

    assert {one.kind for one in results} == {OutcomeKind.DENIED}
    assert {kind for _who, _verb, _what, kind in recorded()} == {"denied"}
    assert not User.objects.filter(username="bob").exists()
    assert User.objects.get(pk=ann.pk).is_active


def test_it_ends_every_session_of_a_person(root: User, ann: User) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(ann)

    log_out_everywhere(acting(root), ann)

    assert [browser.get("/accounts/sessions/").status_code for browser in browsers] == [302, 302]


def test_it_says_that_there_is_no_second_step_to_take_away(root: User, ann: User) -> None:
    result = reset_two_factor(acting(root), ann)

    assert (result.kind, result.sentence) == (OutcomeKind.DENIED, "There is no second step to remove.")
