"""Whom a sign-on lets in, as whom, and with which roles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from networks.actions.actors import CONSOLE
from networks.actions.people import set_role
from networks.actions.sign_on import NotAdmitted, admit_signed_on, free_username
from networks.models import Action, BrowserSession, Engine, Grant, SignOnIdentity
from networks.policy.login.claims import Claims
from networks.policy.sign_on_rules import SignOn, read_group_role
from tests.builders import make_engine

ISSUER = "https://login.example"
ROLES = ("ops=admin@*", "dev=operator@local", "staff=viewer@local", "root=superuser", "far=admin@gone")

pytestmark = pytest.mark.django_db


def rules(*, admit_groups: tuple[str, ...] = ("staff",), roles: tuple[str, ...] = ROLES) -> SignOn:
    read = tuple(map(read_group_role, roles))
    return SignOn(ISSUER, "netadmin", "", "Acme", "groups", frozenset(admit_groups), read, is_local_for_superusers_only=False)


def come(*groups: str, subject: str = "17", name: str = "mina", issuer: str = ISSUER, wanted: SignOn | None = None) -> User:
    claims = Claims(issuer, subject, name, frozenset(groups))
    return admit_signed_on(claims, wanted or rules(), from_address="192.0.2.7")


def roles_held(person: User) -> dict[str, str]:
    return dict(Grant.objects.filter(user=person).values_list("engine__slug", "role"))


@pytest.fixture(autouse=True)
def engines() -> None:
    make_engine("local")
    make_engine("edge")


def test_it_makes_an_account_for_whom_a_group_lets_in() -> None:
    person = come("staff", "dev")

    assert (person.username, person.has_usable_password(), person.is_superuser) == ("mina", False, False)
    assert roles_held(person) == {"local": "operator"}
    assert Grant.objects.get().is_mapped
    identity = SignOnIdentity.objects.get()
    assert (identity.user, identity.issuer, identity.subject, identity.groups) == (person, ISSUER, "17", ["dev", "staff"])


def test_it_makes_none_for_anybody_else() -> None:
    with pytest.raises(NotAdmitted, match="None of your groups"):
        come("dev", "Staff")
    with pytest.raises(NotAdmitted):
        come("staff", wanted=rules(admit_groups=()))

    assert User.objects.count() == SignOnIdentity.objects.count() == 0


def test_it_knows_people_by_issuer_and_subject_alone() -> None:
    mina = come("staff")

    assert come("staff", name="somebody") == mina
    assert come("staff", name="mina", subject="18") != mina
    assert come("staff", name="mina", issuer="https://other.example") != mina
    assert sorted(User.objects.values_list("username", flat=True)) == ["mina", "mina-2", "mina-3"]
    mina.refresh_from_db()
    assert mina.username == "mina"


@pytest.mark.parametrize("name", ["Admin", "admin", "ADMIN", "ａｄｍｉｎ", " admin "])
def test_it_makes_nobody_another_by_a_name(name: str) -> None:
    admin = User.objects.create_superuser("Admin", "admin@example.org", "x")

    person = come("staff", name=name.strip())

    assert person != admin
    assert person.username.endswith("-2")
    assert not person.is_superuser


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("mina", "mina"),
        ("", "person"),
        ("<b>x</b>", "b-x-b"),
        ("a b\u202ec", "a-b-c"),
        ("미나", "미나"),
        ("console", "console-2"),
        ("Sign-On", "Sign-On-2"),
        ("x" * 300, "x" * 140),
    ],
)
def test_it_makes_a_username_of_whatever_is_claimed(wish: str, name: str) -> None:
    assert free_username(wish) == name
    User._meta.get_field("username").run_validators(name)


def test_it_reads_groups_anew_at_each_log_in() -> None:
    person = come("staff", "ops")
    assert roles_held(person) == {"local": "admin", "edge": "admin"}

    come("staff", "dev")
    assert roles_held(person) == {"local": "operator"}

    come("staff")
    assert roles_held(person) == {"local": "viewer"}


def test_it_leaves_what_was_made_by_hand() -> None:
    person = come("staff")
    edge = Engine.objects.get(slug="edge")
    Grant.objects.create(user=person, engine=edge, role="viewer")

    come("staff", "ops")
    assert roles_held(person) == {"local": "admin", "edge": "viewer"}

    come("staff")
    assert roles_held(person) == {"local": "viewer", "edge": "viewer"}


def test_it_leaves_a_role_that_somebody_saved_over_a_mapped_one() -> None:
    person = come("staff", "ops")
    assert set_role(CONSOLE, Engine.objects.get(slug="local"), person, "operator").is_ok

    come("staff")

    assert roles_held(person) == {"local": "operator"}
    assert not Grant.objects.get().is_mapped


def test_it_takes_a_terminal_away_with_the_group_that_gave_the_role() -> None:
    person = come("staff", "ops")
    Grant.objects.filter(user=person).update(has_terminal=True)

    come("staff", "dev")
    assert list(Grant.objects.filter(user=person).values_list("engine__slug", "role", "has_terminal")) == [
        ("local", "operator", True)
    ]

    come("staff", wanted=rules(roles=()))
    assert not Grant.objects.filter(user=person).exists()


def test_it_makes_superusers_by_a_group_and_unmakes_those() -> None:
    person = come("staff", "root")
    assert User.objects.get(pk=person.pk).is_superuser

    come("staff")
    assert not User.objects.get(pk=person.pk).is_superuser


def test_it_leaves_a_superuser_who_was_made_by_hand() -> None:
    person = come("staff")
    User.objects.filter(pk=person.pk).update(is_superuser=True)

    come("staff", "root")
    come("staff")

    assert User.objects.get(pk=person.pk).is_superuser


def test_it_lets_those_in_who_are_known_where_nobody_new_is() -> None:
    person = come("staff", "ops")

    assert come("ops", wanted=rules(admit_groups=())) == person


def test_it_takes_everything_away_from_whom_no_group_lets_in_any_more() -> None:
    person = come("staff", "ops", "root")
    Client().force_login(person)
    assert BrowserSession.objects.count() == 1

    with pytest.raises(NotAdmitted) as refused:
        come("ops", "root")

    assert refused.value.person == person
    assert roles_held(person) == {}
    assert not User.objects.get(pk=person.pk).is_superuser
    assert Session.objects.count() == 0


def test_it_lets_nobody_in_whose_account_is_switched_off() -> None:
    person = come("staff")
    User.objects.filter(pk=person.pk).update(is_active=False)

    with pytest.raises(NotAdmitted, match="switched off"):
        come("staff", "ops")

    assert roles_held(person) == {"local": "viewer"}


def test_it_writes_down_what_changes_and_nothing_where_nothing_does() -> None:
    come("staff", "root")
    come("staff", "root")
    come("staff", "dev")

    recorded = Action.objects.order_by("id").values_list("who", "user_id", "from_address", "verb", "what", "engine_slug")
    assert [row[:3] for row in recorded] == [("sign-on", None, "192.0.2.7")] * len(recorded)
    assert [row[3:] for row in recorded] == [
        ("create_person", "mina", ""),
        ("change_person", "mina", ""),
        ("grant_role", "mina", "local"),
        ("change_person", "mina", ""),
        ("grant_role", "mina", "local"),
    ]


def test_it_notes_when_somebody_was_last_seen() -> None:
    come("staff")
    before = SignOnIdentity.objects.get().seen_at
    SignOnIdentity.objects.update(seen_at=before - timedelta(days=3))

    come("staff")

    assert SignOnIdentity.objects.get().seen_at >= before
