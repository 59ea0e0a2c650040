"""The Engine's page, its choice, and "read it again"."""

from __future__ import annotations

import pytest

from networks.models import Engine, EngineState, Event
from tests.builders import make_engine, make_id
from tests.views.pages import count_statements, log_in

pytestmark = pytest.mark.django_db


def test_it_shows_what_is_known_of_an_engine() -> None:
    make_engine(
        kernel="6.12.41",
        network_drivers=["bridge", "<b>"],
        default_address_pools=[["10.201.0.0/16", 26]],
        follower="shed 4711",
        resyncs=2041,
        is_another_engine=True,
    )

    page = log_in().get("/engines/local/").content.decode()

    for words in ("26.1.5", "6.12.41", "in blocks of /26", "shed 4711", "2,041 times", "&lt;b&gt;", "Another Engine answers"):
        assert words in page
    assert "so these are Docker" not in page


def test_it_shows_docker_s_pools_where_the_engine_tells_none() -> None:
    make_engine()

    page = log_in().get("/engines/local/").content.decode()

    assert "so these are Docker" in page
    assert "in blocks of /20" in page


def test_it_offers_the_lab_to_those_who_may_shape() -> None:
    engine = make_engine()

    operator = log_in("mina", engine, "operator").get("/engines/local/").content.decode()
    admin = log_in("sora", engine, "admin").get("/engines/local/").content.decode()

    assert "/engines/local/lab/up/" not in operator
    assert "/engines/local/lab/up/" in admin


def test_it_turns_the_lab_s_buttons_off_while_the_engine_is_away() -> None:
    make_engine(state=EngineState.DISCONNECTED.value)

    page = log_in().get("/engines/local/").content.decode()

    assert '<fieldset class="plain when-live" disabled>' in page


def test_it_takes_few_statements() -> None:
    make_engine()

    assert count_statements(log_in(), "/engines/local/") <= 8


def test_it_says_when_nobody_has_read_yet_and_leads_back() -> None:
    make_engine()

    answer = log_in().post("/engines/local/sync/", headers={"referer": "http://testserver/events/?kind=network"}, follow=True)

    assert answer.redirect_chain == [("/events/?kind=network", 302)]
    assert "local was asked, but has not been read yet." in answer.content.decode()


def test_it_reads_the_engine_again(followed: Engine) -> None:
    browser = log_in()

    answer = browser.post(f"/engines/{followed.slug}/sync/", follow=True)

    assert f"{followed.name} was read again." in answer.content.decode()


@pytest.mark.parametrize("referer", ["https://evil.example/events/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(referer: str) -> None:
    make_engine()

    answer = log_in().post("/engines/local/choose/", headers={"referer": referer})

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("shown", "there"),
    [
        ("/events/?kind=network", "/events/"),
        ("/engines/alpha/", "/engines/beta/"),
        (f"/networks/alpha/{make_id('network front')}/", "/networks/"),
        (f"/containers/alpha/{make_id('container web')}/", "/containers/"),
        ("/nowhere/", "/"),
    ],
)
def test_it_shows_of_the_other_engine_what_it_showed_of_the_first(shown: str, there: str) -> None:
    make_engine("alpha")
    make_engine("beta")

    answer = log_in().post("/engines/beta/choose/", headers={"referer": f"http://testserver{shown}"})

    assert answer.headers["Location"] == there


@pytest.mark.parametrize("place", ["sync", "choose"])
def test_it_changes_nothing_on_get(place: str) -> None:
    make_engine()

    assert log_in().get(f"/engines/local/{place}/").status_code == 405


def test_it_knows_no_engine_that_there_is_not() -> None:
    make_engine()
    browser = log_in()

    assert browser.get("/engines/nowhere/").status_code == 404
    assert Engine.objects.count() == 1
    assert not Event.objects.exists()
