"""A second step that is required: of whom, until when, and what is shut to them after that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networks.actions.actors import Actor, require_of
from networks.models import Engine, Grant, Role, SecondStepDuty
from networks.policy.login.store import row_key_of
from networks.policy.permissions import Denied, Permission, has_terminal
from networks.policy.second_step import duty_of, is_shut_out
from networks.policy.socket_rights import SocketSession, still_allowed
from tests.proving import prove
from tests.security.people import make_world
from tests.security.places import addresses

pytestmark = pytest.mark.django_db
GROUPS = ("superusers", "admins", "terminals", "everybody")
# Who is meant by which group; of terminals alone, terminals are shut.
MEANT = {
    "superuser": {"superusers", "everybody"},
    "admin": {"admins", "everybody"},
    "operator": {"everybody"},
    "viewer": {"everybody"},
    "viewer with a terminal": {"terminals", "everybody"},
}
# Where a second step is set up, and the way out.
STAYS_OPEN = tuple(f"/accounts/{name}/" for name in ("2fa", "logout", "login", "reauthenticate", "password/change"))


def make(kind: str, engine: Engine) -> User:
    user = User.objects.create_user(kind.replace(" ", "-"), password="x", is_superuser=kind == "superuser")
    if kind in Role.values:
        Grant.objects.create(user=user, engine=engine, role=kind)
    elif kind.endswith("terminal"):
        Grant.objects.create(user=user, engine=engine, role=Role.VIEWER, has_terminal=True)
    return user


def set_up(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.fixture
def engine() -> Engine:
    engine = make_world()
    engine.is_terminal_on = True
    engine.save()
    return engine


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("kind", MEANT)
def test_it_is_required_of_whom_it_names_and_of_nobody_else(engine: Engine, settings: object, kind: str, group: str) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({group}), 0  # type: ignore[attr-defined]
    user = make(kind, engine)
    browser = Client()
    browser.force_login(user)

    answer = browser.get("/networks/")

    is_meant = group in MEANT[kind]
    is_all_shut = is_meant and group != "terminals"
    assert is_shut_out(User.objects.get(pk=user.pk)) == is_all_shut
    assert (answer.status_code, answer.get("Location", "")) == ((302, "/accounts/2fa/") if is_all_shut else (200, ""))
    assert has_terminal(User.objects.get(pk=user.pk), "local") == (kind.endswith("terminal") and not is_meant)
    set_up(user)
    assert browser.get("/networks/").status_code == 200
    assert has_terminal(User.objects.get(pk=user.pk), "local") == kind.endswith("terminal")


def test_it_shuts_every_address_but_those_where_it_is_set_up(engine: Engine, settings: object) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({"superusers"}), 0  # type: ignore[attr-defined]
    browser = Client(raise_request_exception=False)
    browser.force_login(make("superuser", engine))
    prove(browser)

    open_ones = []
    for address in addresses():
        if address.declared in (Permission.OPEN, Permission.CLOSED):
            continue
        for method in ("GET", "POST"):
            answer = browser.generic(method, address.path)
            if (answer.status_code, answer.get("Location")) != (302, "/accounts/2fa/"):
                open_ones.append(address.path)
        if "logout" in address.path:
            browser.force_login(User.objects.get(username="superuser"))

    assert [path for path in open_ones if not path.startswith(STAYS_OPEN)] == []
    assert "/accounts/2fa/totp/activate/" in open_ones


def test_it_gives_days_from_when_it_was_first_required(engine: Engine, settings: object) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({"everybody"}), 7  # type: ignore[attr-defined]
    user = make("operator", engine)
    browser = Client()
    browser.force_login(user)

    page = browser.get("/networks/")

    assert page.status_code == 200
    assert "Your account needs a second step." in page.content.decode()
    since = SecondStepDuty.objects.get(user=user).since
    duty = duty_of(User.objects.get(pk=user.pk))
    assert duty is not None
    assert duty.due_at == since + timedelta(days=7)
    SecondStepDuty.objects.update(since=timezone.now() - timedelta(days=7, seconds=1))
    assert browser.get("/networks/")["Location"] == "/accounts/2fa/"
    assert "until then nothing else is open to you" in browser.get("/accounts/2fa/", follow=True).content.decode()


def test_it_shuts_actions_and_sockets_too(engine: Engine, settings: object) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({"admins"}), 0  # type: ignore[attr-defined]
    user = make("admin", engine)
    browser = Client()
    browser.force_login(user)
    key = row_key_of(browser.session.session_key)
    looks, login = SocketSession(user.pk, key, Permission.VIEW, "local"), SocketSession(user.pk, key, Permission.LOGIN)

    with pytest.raises(Denied):
        require_of(Actor("admin", user.pk), Permission.CONNECT, "local")
    assert still_allowed([looks, login]) == {login}
    set_up(user)
    require_of(Actor("admin", user.pk), Permission.CONNECT, "local")
    assert still_allowed([looks, login]) == {looks, login}


def test_it_is_required_again_once_it_was_taken_away(engine: Engine, settings: object) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({"everybody"}), 7  # type: ignore[attr-defined]
    user = make("operator", engine)
    SecondStepDuty.objects.create(user=user, since=timezone.now() - timedelta(days=30))
    set_up(user)
    browser = Client()
    browser.force_login(user)
    assert browser.get("/networks/").status_code == 200

    Authenticator.objects.filter(user=user).delete()

    assert browser.get("/networks/")["Location"] == "/accounts/2fa/"


def test_it_counts_no_recovery_codes_alone(engine: Engine, settings: object) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({"everybody"}), 0  # type: ignore[attr-defined]
    user = make("operator", engine)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})

    assert is_shut_out(User.objects.get(pk=user.pk))


def test_it_asks_the_database_for_nothing_where_nothing_is_required(engine: Engine) -> None:
    user = make("operator", engine)

    with CaptureQueriesContext(connection) as told:
        assert duty_of(user) is None

    assert len(told) == 0
