"""Logging in and out: by username, with limits, and nobody signs up."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from networks.policy.url_permissions import ROUTES, SIGN_ON_ROUTES, Permission

PASSWORD = "correct horse battery"
LOGIN = "/accounts/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ann() -> User:
    cache.clear()  # the limits of earlier tests
    return User.objects.create_user("ann", email="ann@example.org", password=PASSWORD)


def log_in(client: Client, login: str = "ann", password: str = PASSWORD, **more: str) -> int:
    return client.post(LOGIN, {"login": login, "password": password}, headers=more).status_code


def test_it_logs_in_by_username_and_comes_back(client: Client) -> None:
    asked = client.get("/accounts/password/change/")

    answer = client.post(asked.headers["Location"], {"login": "ann", "password": PASSWORD})

    assert asked.headers["Location"] == f"{LOGIN}?next=%2Faccounts%2Fpassword%2Fchange%2F"
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/password/change/")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_goes_nowhere_else_after_login(client: Client, target: str) -> None:
    answer = client.post(f"{LOGIN}?next={target}", {"login": "ann", "password": PASSWORD, "next": target})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(("login", "password"), [("ann", "wrong"), ("ann@example.org", PASSWORD), ("bob", PASSWORD), ("", "")])
def test_it_refuses_wrong_credentials_without_saying_which(client: Client, login: str, password: str) -> None:
    assert log_in(client, login, password) == 200
    assert "_auth_user_id" not in client.session


def test_it_keeps_the_owner_in_while_strangers_guess_from_everywhere(client: Client) -> None:
    log_in(client)
    client.post("/accounts/logout/")
    for number in range(60):
        log_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), password="wrong")

    log_in(client)
    newcomer = Client(REMOTE_ADDR="203.0.113.9")
    log_in(newcomer)

    assert "_auth_user_id" in client.session
    assert "_auth_user_id" not in newcomer.session


def test_it_knows_the_browser_by_nothing_that_can_be_forged(client: Client) -> None:
    log_in(client)
    known = client.cookies["netadmin_known_8000"]
    forged = Client(REMOTE_ADDR="203.0.113.9")
    forged.cookies["netadmin_known_8000"] = known.value[:-3] + "abc"
    for _attempt in range(6):
        log_in(forged, password="wrong")

    log_in(forged)

    assert "ann" not in known.value
    assert known["httponly"]
    assert known["samesite"] == "Lax"
    assert "_auth_user_id" not in forged.session


def test_it_counts_by_the_address_that_a_trusted_proxy_gives(client: Client, settings: Settings) -> None:
    settings.NETADMIN_TRUSTED_PROXIES = 1
    settings.NETADMIN_ALLOWED_ORIGINS = frozenset({"https://netadmin.example"})
    settings.ALLOWED_HOSTS = ["netadmin.example"]
    through = {"Host": "netadmin.example", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "netadmin.example"}

    def come(address: str, password: str) -> Client:
        browser = Client()
        forwarded = f"192.0.2.250, {address}"  # what the client claims, then what the proxy saw
        log_in(browser, password=password, **through, **{"X-Forwarded-For": forwarded})
        return browser

    for _attempt in range(6):
        come("198.51.100.9", "wrong")

    assert "_auth_user_id" not in come("198.51.100.9", PASSWORD).session
    assert "_auth_user_id" in come("198.51.100.10", PASSWORD).session


def test_it_locks_a_name_after_five_wrong_passwords_also_at_the_admin_site(client: Client) -> None:
    User.objects.filter(username="ann").update(is_staff=True, is_superuser=True)
    for _attempt in range(5):
        log_in(client, password="wrong")

    log_in(client)
    client.post("/admin/login/", {"username": "ann", "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_it_limits_attempts_per_address_whatever_a_stranger_forwards(client: Client) -> None:
    codes = [log_in(client, f"user{number}", "x", **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(35)]

    assert codes[-1] == 429


def test_it_refuses_somebody_deactivated(client: Client, ann: User) -> None:
    ann.is_active = False
    ann.save()

    log_in(client)

    assert "_auth_user_id" not in client.session


# Those that are there only where people sign on are tried in tests/installed/sign_on/.
CLOSED = sorted(name for name, permission in ROUTES.items() if permission is Permission.CLOSED and name not in SIGN_ON_ROUTES)


@pytest.mark.parametrize("name", CLOSED)
def test_it_closes_what_is_not_offered(client: Client, name: str) -> None:
    arguments = {"account_confirm_email": ["k"], "account_reset_password_from_key": ["1", "k"]}.get(name, [])
    superuser = Client()
    superuser.force_login(User.objects.create_superuser("root"))

    for visitor in (client, superuser):
        for answer in (visitor.get(reverse(name, args=arguments)), visitor.post(reverse(name, args=arguments))):
            assert answer.status_code == 404
    assert User.objects.count() == 2


def test_it_ends_other_sessions_when_the_password_changes(client: Client) -> None:
    other = Client()
    log_in(client)
    log_in(other)

    changed = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"},
    )

    assert changed.status_code == 302
    assert client.get("/accounts/password/change/").status_code == 200
    assert other.get("/accounts/password/change/").status_code == 302


def test_it_logs_out_by_post_only_and_kills_the_session(client: Client) -> None:
    log_in(client)
    key = client.cookies["netadmin_session_8000"].value

    client.get("/accounts/logout/")
    still_in = client.get("/accounts/password/change/").status_code
    client.post("/accounts/logout/")
    client.cookies["netadmin_session_8000"] = key

    assert still_in == 200
    assert client.get("/accounts/password/change/").status_code == 302


def test_it_hands_out_cookies_of_its_own_that_scripts_cannot_read(client: Client) -> None:
    client.get(LOGIN)
    log_in(client)

    session, csrf = client.cookies["netadmin_session_8000"], client.cookies["netadmin_csrf_8000"]
    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", "")
    assert (csrf["httponly"], csrf["samesite"]) == (True, "Lax")


def test_it_makes_a_new_session_at_login(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "ko"})
    client.session["planted"] = "x"
    before = client.session.session_key

    log_in(client)

    assert client.session.session_key != before
