"""Sessions are written down with their browser, listed, and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from networks.models import BrowserSession
from networks.policy.login.browsers import browsers_of, end_sessions, is_in_use_at
from networks.policy.login.store import BEGUN_AT
from networks.policy.socket_rights import rights_changed
from networks.templatetags.people import name_browser

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ann() -> User:
    cache.clear()
    caches["process"].clear()
    return User.objects.create_user("ann", password=PASSWORD)


def enter(address: str = "192.0.2.7", agent: str = FIREFOX) -> Client:
    browser = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    assert browser.post("/accounts/login/", {"login": "ann", "password": PASSWORD}).status_code == 302
    return browser


def confirm(browser: Client, target: str) -> None:
    browser.post(f"/accounts/reauthenticate/?next={target}", {"password": PASSWORD})


def is_in(browser: Client) -> bool:
    return browser.get("/accounts/sessions/").status_code == 200


def test_it_lists_browsers_with_their_address_and_marks_this_one() -> None:
    enter("198.51.100.9", "curl/8.0")
    mine = enter()

    page = mine.get("/accounts/sessions/").content.decode()

    assert "Firefox on Linux" in page
    assert "curl" in page
    assert page.count("this one") == 1
    assert "198.51.100" in page


def test_it_follows_a_browser_to_another_address_and_writes_once_a_minute(ann: User) -> None:
    browser = enter()
    BrowserSession.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    browser.get("/accounts/sessions/")
    first = BrowserSession.objects.get().seen_at
    cache.clear()
    caches["process"].clear()

    browser.get("/accounts/sessions/", REMOTE_ADDR="192.0.2.8")
    second = BrowserSession.objects.get()
    browser.get("/accounts/sessions/", REMOTE_ADDR="192.0.2.8")

    assert second.address == "192.0.2.8"
    assert second.seen_at > first
    assert BrowserSession.objects.get().seen_at == second.seen_at
    assert is_in_use_at("ANN", "192.0.2.8")
    assert not is_in_use_at("ann", "192.0.2.7")


def test_it_asks_for_the_password_before_it_ends_a_session() -> None:
    other, mine = enter(), enter()

    answer = mine.post("/accounts/sessions/end/")

    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert is_in(other)


def test_it_ends_the_others_and_keeps_this_one() -> None:
    others, mine = [enter(), enter("198.51.100.9")], enter()
    mine.post("/accounts/sessions/end/")

    confirm(mine, "/accounts/sessions/end/")  # what was asked for goes on by itself

    assert [is_in(other) for other in others] == [False, False]
    assert is_in(mine)
    assert BrowserSession.objects.count() == 1


def test_it_ends_one() -> None:
    other, third, mine = enter(), enter(), enter()
    row = BrowserSession.objects.get(session_id=other.session.row_key)
    confirm(mine, "/")

    mine.post(f"/accounts/sessions/{row.pk}/end/")

    assert (is_in(other), is_in(third), is_in(mine)) == (False, True, True)


def test_it_ends_nobody_elses() -> None:
    mine = enter()
    User.objects.create_user("bob", password=PASSWORD)
    bob = Client()
    bob.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    row = BrowserSession.objects.get(user__username="bob")
    confirm(mine, "/")

    mine.post(f"/accounts/sessions/{row.pk}/end/")
    mine.post("/accounts/sessions/end/")

    assert is_in(bob)


def test_it_ends_the_others_with_a_new_password(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    other, mine = enter(), enter()
    heard: list[object] = []

    def hear(user_id: int | None, **_more: object) -> None:
        heard.append(user_id)

    rights_changed.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        new = {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"}
        mine.post("/accounts/password/change/", new)
    rights_changed.disconnect(hear)

    assert heard
    assert (is_in(other), is_in(mine)) == (False, True)
    assert BrowserSession.objects.count() == 1


def test_it_ends_sessions_that_were_never_written_down(ann: User) -> None:
    browser = enter()
    BrowserSession.objects.all().delete()

    assert end_sessions(ann.pk) == 1
    assert not is_in(browser)


def test_it_lists_no_session_that_does_not_hold_any_more(ann: User) -> None:
    enter()
    ann.set_password("another horse battery")
    ann.save()
    stale = browsers_of(ann.pk)
    enter_again = Client()
    enter_again.post("/accounts/login/", {"login": "ann", "password": "another horse battery"})
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert (stale, browsers_of(ann.pk)) == ([], [])


def test_it_goes_with_its_session() -> None:
    browser = enter()
    browser.post("/accounts/logout/")

    assert BrowserSession.objects.count() == 0


@pytest.mark.parametrize(("remember", "lasts"), [({}, timedelta(hours=24)), ({"remember": "on"}, timedelta(days=14))])
def test_it_ends_sessions_that_nobody_uses(remember: dict[str, str], lasts: timedelta) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "ann", "password": PASSWORD, **remember})
    session = Session.objects.filter(browser__isnull=False)
    at_login = session.get().expire_date
    session.update(expire_date=timezone.now() + timedelta(minutes=1))  # nearly over
    cache.clear()
    caches["process"].clear()

    browser.get("/accounts/sessions/")
    used_again = session.get().expire_date
    session.update(expire_date=timezone.now() - timedelta(seconds=1))

    for ends in (at_login, used_again):
        assert timedelta(minutes=-1) < ends - timezone.now() - lasts <= timedelta(0)
    assert not is_in(browser)


def test_it_gives_the_cookie_a_new_date_once_a_day() -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "ann", "password": PASSWORD, "remember": "on"})
    cache.clear()
    caches["process"].clear()

    answers = [browser.get("/accounts/sessions/") for _page in range(2)]

    dated = [answer.cookies.get("netadmin_session_8000") for answer in answers]
    assert dated[0] is not None
    assert dated[0]["max-age"] == 14 * 24 * 3600
    assert dated[1] is None


def test_it_ends_every_session_a_month_after_the_login() -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "ann", "password": PASSWORD, "remember": "on"})
    almost = timezone.now() - timedelta(days=29)
    session = browser.session
    session[BEGUN_AT] = almost.timestamp()
    session.save()
    BrowserSession.objects.update(begun_at=almost)
    cache.clear()
    caches["process"].clear()
    was_in = is_in(browser)
    left = Session.objects.get(browser__isnull=False).expire_date - timezone.now()
    BrowserSession.objects.update(begun_at=timezone.now() - timedelta(days=30))
    cache.clear()
    caches["process"].clear()

    answer = browser.get("/accounts/sessions/")

    assert was_in
    assert left <= timedelta(days=1)
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert not BrowserSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("<script>alert(1)</script>", "an unidentified browser"),
        ("", "an unidentified browser"),
    ],
)
def test_it_names_browsers(agent: str, name: str) -> None:
    assert name_browser(agent) == name
