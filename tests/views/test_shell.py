"""What every page shares: which Engine it is about, what the frame shows, and what that costs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from networks.models import Engine, EngineState, EngineStatus, Grant
from networks.partials.shell import draw_shell, frame_engine
from networks.queries.engines import list_engines, read_engine
from networks.queries.rows import EngineRow
from networks.views.shell import open_screen, shell
from tests.builders import MORNING, make_engine
from tests.views.pages import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched_contexts")]

REFUSED = "dial unix /var/run/docker.sock: connect: connection refused"


# Every page that is about an Engine and names none in its address.
LISTS = (
    "/",
    "/networks/",
    "/containers/",
    "/interfaces/",
    "/addresses/",
    "/addresses/history/",
    "/events/",
    "/jobs/",
    "/activity/",
    "/engines/",
    "/accounts/sessions/",
)


def test_it_shows_the_engine_of_the_url_else_the_last_choice_else_the_first() -> None:
    for slug in ("alpha", "beta", "gamma"):
        make_engine(slug)
    browser = log_in()

    assert browser.get("/").context["shell"].engine.slug == "alpha"
    browser.post("/engines/beta/choose/")
    assert browser.get("/").context["shell"].engine.slug == "beta"
    assert browser.get("/?engine=gamma").context["shell"].engine.slug == "gamma"
    assert browser.get("/engines/gamma/").context["shell"].engine.slug == "gamma"
    assert browser.get("/").context["shell"].engine.slug == "beta"


def default_of(browser: Client) -> set[str]:
    """Return the Engines that all pages without one in their address are about: one, if they agree."""
    found = {browser.get("/containers/run/").headers["Location"].split("/")[2]}
    for path in LISTS:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        if answer.context and "shell" in answer.context:
            found.add(answer.context["shell"].engine.slug)
    return found


def test_it_leaves_one_s_own_engine_alone_when_others_are_added() -> None:
    make_engine("local")
    browser = log_in()

    assert default_of(browser) == {"local"}
    make_engine("a-first-by-name")
    assert default_of(browser) == {"local"}
    browser.post("/engines/a-first-by-name/choose/")
    make_engine("a-a")
    assert default_of(browser) == {"a-first-by-name"}


def test_it_leaves_it_alone_when_a_role_is_given_on_an_older_one() -> None:
    make_engine("alpha")
    browser = log_in("olga", make_engine("beta"), "operator")

    assert default_of(browser) == {"beta"}
    Grant.objects.create(user=User.objects.get(username="olga"), engine=Engine.objects.get(slug="alpha"), role="viewer")
    assert default_of(browser) == {"beta"}
    Grant.objects.filter(engine__slug="beta").delete()
    assert default_of(browser) == {"alpha"}


def test_it_remembers_the_last_choice_over_a_log_out_and_by_number() -> None:
    for slug in ("alpha", "beta"):
        make_engine(slug)
    browser = log_in()

    browser.post("/engines/beta/choose/")
    browser.post("/accounts/logout/")
    browser.force_login(User.objects.get(username="root"))
    assert default_of(browser) == {"beta"}
    browser.force_login(User.objects.create_superuser("boss"))  # another person at this browser
    assert default_of(browser) == {"beta"}
    Engine.objects.filter(slug="beta").delete()
    assert default_of(browser) == {"alpha"}
    make_engine("beta")
    assert default_of(browser) == {"alpha"}  # another Engine of that name


@pytest.mark.parametrize("cookie", ["beta", "-1", "99999", "\x00", "2 or 1=1"])
def test_it_takes_no_other_words_for_a_choice(cookie: str) -> None:
    make_engine("alpha")
    make_engine("beta")
    browser = log_in()
    session = browser.cookies[settings.SESSION_COOKIE_NAME].OutputString(attrs=[])

    page = browser.get("/", headers={"cookie": f"{session}; netadmin_engine_8000={cookie}"})

    assert page.context["shell"].engine.slug == "alpha"


def test_it_keeps_navigation_on_the_engine_shown() -> None:
    make_engine("alpha")
    make_engine("beta")
    browser = log_in()

    urls = {entry.name: entry.url for entry in browser.get("/?engine=beta").context["shell"].nav}

    assert urls["network"] == "/networks/?engine=beta"
    assert urls["engine"] == "/engines/"
    assert browser.get("/").context["shell"].nav[1].url == "/networks/"


def test_it_marks_where_one_is() -> None:
    make_engine()

    nav = log_in().get("/events/").context["shell"].nav

    assert [entry.name for entry in nav if entry.is_current] == ["event"]


def test_it_shows_a_person_the_engines_of_their_grants_alone() -> None:
    mine, _other = make_engine("mine"), make_engine("other")
    browser = log_in("mina", mine, "viewer")

    frame = browser.get("/").context["shell"]

    assert [engine.slug for engine in frame.engines] == ["mine"]
    assert frame.rights == {"view"}
    assert not frame.can_admin
    assert browser.get("/?engine=other").status_code == 403
    assert browser.get("/?engine=never-heard-of").status_code == 403
    assert browser.post("/engines/other/choose/").status_code == 403


def test_it_tells_someone_without_a_grant_whom_to_ask() -> None:
    make_engine()
    User.objects.create_superuser("boss")

    answer = log_in("nobody", role="none").get("/")

    assert answer.status_code == 403
    assert "boss" in answer.content.decode()


def test_it_makes_a_live_page_s_socket_from_its_key() -> None:
    make_engine(epoch="abc", revision=7)

    answer = log_in().get("/events/?kind=network&verb=&bogus=1&q=a b")

    frame = answer.context["shell"]
    assert frame.socket_url == "/ws/live/event_list/local/?lang=en&kind=network&q=a+b"
    assert (frame.epoch, frame.revision) == ("abc", 7)


def test_it_costs_two_statements_and_none_for_a_stranger() -> None:
    engine = make_engine()
    person = User.objects.create_user("mina")
    Grant.objects.create(user=person, engine=engine, role="viewer")
    request = RequestFactory().get("/")
    request.resolver_match = resolve("/")
    request.user, request.session = person, {}

    with CaptureQueriesContext(connection) as statements:
        open_screen(request, "overview")
        shell(request)
    request.user = AnonymousUser()
    with CaptureQueriesContext(connection) as for_a_stranger:
        shell(request)

    assert len(statements) == 2
    assert len(for_a_stranger) == 0


@pytest.mark.parametrize(("cookie", "theme"), [("light", "light"), ("dark", "dark"), ("<script>", ""), (None, "")])
def test_it_keeps_to_the_theme_that_was_chosen(cookie: str | None, theme: str) -> None:
    make_engine()
    browser = log_in()
    if cookie:
        browser.cookies["theme"] = cookie

    assert browser.get("/").context["shell"].theme == theme


def local() -> EngineRow:
    row = read_engine("local")
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("state", "words", "may_act"),
    [
        (EngineState.LAGGING, "local is lagging.", True),
        (EngineState.STALE, "What you see of local is out of date.", False),
        (EngineState.DISCONNECTED, "Disconnected from local since", False),
        (EngineState.INCOMPATIBLE, "local is incompatible.", False),
    ],
)
def test_it_says_how_much_can_be_trusted(state: EngineState, words: str, may_act: bool) -> None:
    make_engine(state=state.value, state_since=MORNING, last_error=REFUSED)

    parts = draw_shell(frame_engine(local()), "en")

    assert words in parts["engine-banner"]
    assert ("is-stale" in parts["engine-banner"]) is not may_act
    assert 'formaction="/engines/local/sync/"' in parts["engine-banner"]
    assert str(state.label) in parts["engine-state"]


def test_it_lets_the_connection_speak_for_itself() -> None:
    make_engine(state=EngineState.DISCONNECTED.value, last_error=REFUSED + "\x1b<b>")

    banner = draw_shell(frame_engine(local()), "en")["engine-banner"]

    assert f"<code>{REFUSED}␛&lt;b&gt;</code>" in banner


def test_it_draws_the_same_for_a_live_engine_whose_heart_beats() -> None:
    make_engine(revision=1)
    before = read_engine("local")
    EngineStatus.objects.update(revision=2, as_of=datetime.now(UTC), last_error="long ago")

    after = read_engine("local")

    assert before is not None
    assert after is not None
    assert draw_shell(frame_engine(before), "en") == draw_shell(frame_engine(after), "en")
    assert "banner" not in draw_shell(frame_engine(after), "en")["engine-banner"].replace("engine-banner", "")


def test_it_reads_an_engine_whose_status_is_not_there_yet() -> None:
    engine = make_engine()
    engine.status.delete()

    row = list_engines()[0]

    assert (row.state, row.revision, row.version) == ("disconnected", 0, "")
    assert log_in().get("/").status_code == 200
    assert log_in("other").get("/engines/local/").status_code == 200


@pytest.mark.parametrize("state", [EngineState.LIVE.value, EngineState.DISCONNECTED.value])
def test_it_says_what_the_host_of_an_engine_without_root_is(state: str) -> None:
    make_engine("plain")
    make_engine("rootless", is_rootless=True, state=state)
    client = log_in()

    assert "RootlessKit" not in client.get("/containers/", {"engine": "plain"}).content.decode()
    page = client.get("/containers/", {"engine": "rootless"}).content.decode()
    assert "rootless runs without root." in page
    assert "the network namespace that it runs in, RootlessKit&#x27;s" in page or "RootlessKit's" in page
