"""What was permitted is asked anew, and word of changes goes out at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from networks.models import Engine, Grant, Role
from networks.policy.login.store import row_key_of
from networks.policy.permissions import Permission
from networks.policy.socket_rights import SocketSession, rights_changed, still_allowed

PASSWORD = "correct horse battery"


@pytest.fixture
def engine(db: None) -> Engine:
    return Engine.objects.create(slug="local", name="Local", url="unix:///x")


@pytest.fixture
def ann(engine: Engine) -> User:
    user = User.objects.create_user("ann", password=PASSWORD)
    Grant.objects.create(user=user, engine=engine, role=Role.OPERATOR)
    return user


@pytest.fixture
def browser(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


def is_still_allowed(user_id: int, session_id: str, permission: Permission, engine_slug: str = "") -> bool:
    standing = SocketSession(user_id, session_id, permission, engine_slug)
    return standing in still_allowed([standing])


def holds(ann: User, browser: Client, permission: Permission = Permission.CONNECT, slug: str = "local") -> bool:
    return is_still_allowed(ann.pk, row_key_of(browser.cookies["netadmin_session_8000"].value), permission, slug)


def test_it_holds_while_nothing_changes(ann: User, browser: Client) -> None:
    permissions = (Permission.OPEN, Permission.LOGIN, Permission.ANY, Permission.VIEW, Permission.CONNECT, Permission.RUN)

    assert {permission for permission in Permission if holds(ann, browser, permission)} == set(permissions)
    assert not holds(ann, browser, Permission.VIEW, "other")


def test_it_ends_with_the_role(ann: User, browser: Client) -> None:
    Grant.objects.update(role=Role.VIEWER)
    assert holds(ann, browser, Permission.VIEW)
    assert not holds(ann, browser)

    Grant.objects.all().delete()
    assert not holds(ann, browser, Permission.VIEW)
    assert not holds(ann, browser, Permission.ANY)
    assert holds(ann, browser, Permission.LOGIN)


def test_it_ends_with_the_session(ann: User, browser: Client) -> None:
    key = row_key_of(browser.cookies["netadmin_session_8000"].value)
    browser.post("/accounts/logout/")

    assert not is_still_allowed(ann.pk, key, Permission.LOGIN)


def test_it_ends_when_the_session_expires(ann: User, browser: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert not holds(ann, browser, Permission.LOGIN)


def test_it_ends_when_the_password_changes(ann: User, browser: Client) -> None:
    ann.set_password("another horse battery")
    ann.save()

    assert not holds(ann, browser, Permission.LOGIN)


def test_it_ends_when_the_user_is_deactivated_or_deleted(ann: User, browser: Client) -> None:
    User.objects.update(is_active=False)
    assert not holds(ann, browser, Permission.LOGIN)

    User.objects.update(is_active=True)
    assert holds(ann, browser, Permission.LOGIN)

    user_id = ann.pk
    ann.delete()
    assert not is_still_allowed(user_id, row_key_of(browser.cookies["netadmin_session_8000"].value), Permission.LOGIN)


def test_it_takes_no_other_persons_session(ann: User, browser: Client) -> None:
    root = User.objects.create_superuser("root")

    assert not is_still_allowed(root.pk, row_key_of(browser.cookies["netadmin_session_8000"].value), Permission.LOGIN)


def test_it_gives_a_superuser_everything_but_a_terminal(engine: Engine) -> None:
    root, client = User.objects.create_superuser("root"), Client()
    client.force_login(root)

    refused = {permission for permission in Permission if not holds(root, client, permission)}

    assert refused == {Permission.TERMINAL, Permission.CLOSED}


def test_it_asks_about_many_in_three_statements(
    ann: User, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = row_key_of(browser.cookies["netadmin_session_8000"].value)
    standings = [SocketSession(ann.pk, key, Permission.VIEW, f"engine{number}") for number in range(100)]
    good = SocketSession(ann.pk, key, Permission.VIEW, "local")

    with django_assert_num_queries(3):
        assert still_allowed([*standings, good]) == {good}
    with django_assert_num_queries(0):
        assert still_allowed([]) == set()


@pytest.fixture
def heard() -> Iterator[list[int | None]]:
    users: list[int | None] = []

    def listen(user_id: int | None, **_more: object) -> None:
        users.append(user_id)

    rights_changed.connect(listen)
    yield users
    rights_changed.disconnect(listen)


@pytest.mark.django_db(transaction=True)
def test_it_announces_what_gives_and_takes_rights(heard: list[int | None]) -> None:
    engine = Engine.objects.create(slug="local", name="Local", url="unix:///x")
    heard.clear()
    ann = User.objects.create_user("ann")
    announced = [list(heard)]

    for change in (
        lambda: Grant.objects.create(user=ann, engine=engine),
        lambda: Grant.objects.get().delete(),
        lambda: ann.save(),
        lambda: ann.delete(),
    ):
        heard.clear()
        change()
        announced.append(list(heard))

    user_id = announced[0][0]
    assert announced == [[user_id]] * 5
    heard.clear()
    engine.save()  # terminals may have been switched off
    assert heard == [None]


@pytest.mark.django_db(transaction=True)
def test_it_announces_whose_logout_it_was_but_no_login(heard: list[int | None]) -> None:
    ann, client = User.objects.create_user("ann"), Client()
    heard.clear()

    client.force_login(ann)
    after_login = list(heard)
    client.post("/accounts/logout/")

    assert ann.pk not in after_login
    assert ann.pk in heard
