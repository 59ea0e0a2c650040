"""What each role may, and what nobody may."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.contrib.auth.models import AnonymousUser, User

from networks.models import Engine, Grant, Role
from networks.policy.permissions import Denied, Permission, permissions_by_engine, permissions_of, require

ALL = set(Permission)
ON_ENGINE = ("view", "connect", "shape", "run", "grant", "terminal")


@pytest.fixture
def engine(db: None) -> Engine:
    return Engine.objects.create(slug="local", name="Local", url="unix:///x")


def user_with(role: Role, engine: Engine) -> User:
    user = User.objects.create_user("ann")
    Grant.objects.create(user=user, engine=engine, role=role)
    return user


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.VIEWER, "view"),
        (Role.OPERATOR, "connect run view"),
        (Role.ADMIN, "connect grant run shape view"),
    ],
)
def test_it_gives_each_role_its_permissions(engine: Engine, role: Role, expected: str) -> None:
    user = user_with(role, engine)

    assert " ".join(sorted(permissions_of(user, "local"))) == expected
    assert permissions_of(user, "other") == frozenset()
    for permission in ON_ENGINE:
        assert may(user, Permission(permission), "local") == (permission in expected.split())
        assert not may(user, Permission(permission), "other")


def test_it_gives_a_superuser_all_engines_but_no_terminal(engine: Engine) -> None:
    user = User.objects.create_superuser("root")

    refused = {permission for permission in ALL if not may(user, permission, "local")}

    assert refused == {Permission.TERMINAL, Permission.CLOSED}


@pytest.mark.parametrize("permission", sorted(ALL - {Permission.OPEN}))
def test_it_lets_a_stranger_nowhere(engine: Engine, permission: Permission) -> None:
    assert not may(AnonymousUser(), permission, "local")
    assert not may(User(username="gone", is_active=False, is_superuser=True), permission, "local")


def test_it_lets_somebody_without_a_grant_log_in_and_no_more(engine: Engine) -> None:
    user = User.objects.create_user("new")

    assert {permission for permission in ALL if may(user, permission, "local")} == {Permission.OPEN, Permission.LOGIN}


def test_it_reads_many_engines_in_one_statement(engine: Engine, django_assert_num_queries: object) -> None:
    user = user_with(Role.VIEWER, engine)

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert permissions_by_engine(user, ["local", "other"]) == {"local": frozenset({Permission.VIEW})}


def may(person: User | AnonymousUser, permission: Permission, engine_slug: str) -> bool:
    with suppress(Denied):
        require(person, permission, engine_slug)
        return True
    return False


def test_it_says_what_was_refused(engine: Engine) -> None:
    with pytest.raises(Denied) as caught:
        require(AnonymousUser(), Permission.CONNECT, "local")

    assert (caught.value.permission, caught.value.engine_slug) == (Permission.CONNECT, "local")
