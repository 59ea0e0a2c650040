"""Sessions of those who come by sign-on, what they prove, and the form that may be left to superusers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from pytest_django import Settings

from networks.actions.actors import CONSOLE, acting
from networks.actions.audit_signals import MOST_OF_ONE, record_refused_sign_on
from networks.models import Action, BrowserSession, Grant, Outcome, SignOnIdentity
from networks.models.stored_sentences import say
from networks.policy.accounts import has_typed_password
from networks.policy.login.sign_on_session import has_signed_on, mark_signed_on, note_proof
from networks.policy.login.store import BEGUN_AT, SessionStore
from networks.policy.sign_on_rules import SignOn
from tests.builders import make_engine
from tests.proving import prove

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_counted() -> None:
    cache.clear()
    assert get_resolver().url_patterns  # made before a test says that people sign on, whose pages this process can't load


def make_mina() -> User:
    mina = User(username="mina")
    mina.set_unusable_password()
    mina.save()
    SignOnIdentity.objects.create(user=mina, issuer="https://login.example", subject="17", seen_at=timezone.now())
    return mina


def signed_on(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    session = browser.session
    mark_signed_on(session, person)
    session.save()
    return browser


def proved_there(browser: Client) -> Client:
    request = HttpRequest()
    request.session = browser.session
    request.user = get_user(request)  # type: ignore[assignment]
    note_proof(request, request.user)
    request.session.save()
    return browser


def rules(*, for_superusers_only: bool = True) -> SignOn:
    return SignOn("https://login.example", "netadmin", "", "Acme", "groups", frozenset(), (), for_superusers_only)


def test_it_ends_a_session_eight_hours_after_the_sign_on() -> None:
    session, now = SessionStore(), timezone.now()
    session[BEGUN_AT] = now.timestamp()
    assert session.get_expiry_date() > now + timedelta(days=13)

    mark_signed_on(session, make_mina())
    assert session.get_expiry_date() == datetime.fromtimestamp(session[BEGUN_AT], UTC) + timedelta(hours=8)
    assert session.get_expire_at_browser_close()


def test_it_puts_a_browser_out_that_signed_on_eight_hours_ago() -> None:
    browser = signed_on(make_mina())
    assert browser.get("/accounts/sessions/").status_code == 200

    cache.clear()
    BrowserSession.objects.update(begun_at=timezone.now() - timedelta(hours=8, seconds=1))

    assert browser.get("/accounts/sessions/").headers["Location"].startswith("/accounts/login/")


def test_it_knows_whose_sign_on_began_a_session() -> None:
    mina, other = make_mina(), User.objects.create_user("other", password=PASSWORD)
    session = SessionStore()
    assert not has_signed_on(session, mina)

    mark_signed_on(session, mina)

    assert has_signed_on(session, mina)
    assert not has_signed_on(session, other)
    assert not has_signed_on(session, User())


def test_it_takes_the_sign_on_itself_for_no_proof() -> None:
    mina = make_mina()
    browser = signed_on(mina)
    assert not has_typed_password(mina, browser.session)

    proved_there(browser)
    assert has_typed_password(mina, browser.session)


def test_it_forgets_a_proof_after_five_minutes() -> None:
    mina = make_mina()
    browser = proved_there(signed_on(mina))
    session = browser.session
    session["account_authentication_methods"] = [
        each | {"at": each["at"] - 301} for each in session["account_authentication_methods"]
    ]

    assert not has_typed_password(mina, session)


def test_it_takes_a_proof_for_no_other_person_and_no_password_for_one() -> None:
    mina = make_mina()
    other = User.objects.create_user("other", password=PASSWORD)

    assert not has_typed_password(other, proved_there(signed_on(mina)).session)
    assert not has_typed_password(mina, prove(signed_on(mina)).session)


@pytest.mark.parametrize("path", ["totp/activate/", "webauthn/add/", "recovery-codes/generate/"])
def test_it_sets_no_second_step_up_without_a_proof(path: str) -> None:
    """allauth asks whoever has no password for nothing: a browser left open would be enough to bind somebody's own phone."""
    browser = signed_on(make_mina())
    assert browser.get("/accounts/2fa/").status_code == 200

    for answer in (browser.get(f"/accounts/2fa/{path}"), browser.post(f"/accounts/2fa/{path}")):
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_it_opens_second_steps_to_whom_the_provider_proved() -> None:
    mina = make_mina()
    browser = proved_there(signed_on(mina))
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200

    TOTP.activate(mina, "A" * 32)
    assert browser.get("/accounts/2fa/totp/deactivate/").status_code == 200
    assert signed_on(mina).get("/accounts/2fa/totp/deactivate/").headers["Location"].startswith("/accounts/reauthenticate/")


def test_it_gives_a_superuser_no_power_without_a_proof() -> None:
    mina = make_mina()
    User.objects.filter(pk=mina.pk).update(is_superuser=True)
    browser = signed_on(mina)

    assert browser.get("/people/create/").headers["Location"].startswith("/accounts/reauthenticate/")
    assert proved_there(browser).get("/people/create/").status_code == 200


def test_it_leaves_the_form_to_superusers(settings: Settings) -> None:
    User.objects.create_user("olga", password=PASSWORD)
    User.objects.create_superuser("root", password=PASSWORD)
    settings.NETADMIN_SIGN_ON = rules()

    refused = Client().post("/accounts/login/", {"login": "olga", "password": PASSWORD})
    assert "Only superusers log in by a password here" in refused.content.decode()
    assert not BrowserSession.objects.exists()
    outcome = Outcome.objects.get(action_id=Action.objects.get(verb="log_in").pk)
    assert (outcome.kind, outcome.sentence) == ("refused", "The password was right, but only superusers log in by one here.")

    assert Client().post("/accounts/login/", {"login": "root", "password": PASSWORD}).status_code == 302


def test_it_tells_nobody_whose_password_was_wrong_that_the_form_is_for_few(settings: Settings) -> None:
    User.objects.create_user("olga", password=PASSWORD)
    settings.NETADMIN_SIGN_ON = rules()

    for name in ("olga", "nobody"):
        page = Client().post("/accounts/login/", {"login": name, "password": "wrong"}).content.decode()
        assert "Only superusers" not in page


def test_it_leaves_the_form_to_everybody_else(settings: Settings) -> None:
    User.objects.create_user("olga", password=PASSWORD)
    settings.NETADMIN_SIGN_ON = rules(for_superusers_only=False)

    assert Client().post("/accounts/login/", {"login": "olga", "password": PASSWORD}).status_code == 302


def test_it_shows_who_comes_by_sign_on_and_what_a_group_gave(settings: Settings) -> None:
    mina = make_mina()
    User.objects.create_superuser("root", password=PASSWORD)
    SignOnIdentity.objects.update(groups=["ops", "<b>staff</b>"])
    Grant.objects.create(user=mina, engine=make_engine("local"), role="operator", is_mapped=True)
    settings.NETADMIN_SIGN_ON = rules()
    browser = Client()
    browser.force_login(User.objects.get(username="root"))

    people = browser.get("/people/").content.decode()
    assert "by sign-on" in people
    assert "by a group" in people
    assert "Who logs in with Acme gets an account by it" in people
    assert "invited, no password yet" not in people

    page = browser.get(f"/people/{mina.pk}/").content.decode()
    assert "https://login.example" in page
    assert "&lt;b&gt;staff&lt;/b&gt;" in page
    assert "by a group" in page

    assert "by a group" in browser.get("/engines/local/people/").content.decode()


def test_it_writes_down_whose_sign_on_let_nobody_in_and_not_without_end() -> None:
    mina, request = make_mina(), HttpRequest()
    request.META["REMOTE_ADDR"] = "192.0.2.7"

    with acting(lambda: CONSOLE):
        for _ in range(MOST_OF_ONE + 5):
            record_refused_sign_on(say("This account is switched off."), request, mina)

    rows = list(Action.objects.order_by("id").values_list("who", "what", "user_id", "from_address", "verb"))
    assert rows == [("stranger", "mina", mina.pk, "192.0.2.7", "log_in")] * MOST_OF_ONE
    sentences = list(Outcome.objects.order_by("id").values_list("kind", "sentence"))
    assert sentences[0] == ("refused", "This account is switched off.")
    assert sentences[-1][1].endswith("Further attempts within this hour are not recorded.")


def test_it_takes_what_the_admin_site_saves_as_made_by_hand() -> None:
    mina, engine = make_mina(), make_engine("local")
    grant = Grant.objects.create(user=mina, engine=engine, role="admin", is_mapped=True)
    browser = Client()
    browser.force_login(User.objects.create_superuser("root", password=PASSWORD))

    fields = {"user": mina.pk, "engine": engine.pk, "role": "viewer"}
    answer = prove(browser).post(f"/admin/networks/grant/{grant.pk}/change/", fields)

    assert answer.status_code == 302
    grant.refresh_from_db()
    assert (grant.role, grant.is_mapped) == ("viewer", False)
