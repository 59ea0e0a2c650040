"""The event feed: sentences, filters, pages, and that nothing hostile comes through."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from networks.models import Engine, Event
from networks.partials.events import KINDS, VERBS, draw_events
from networks.partials.screen import ScreenKey
from tests.builders import MORNING, make_container, make_engine, make_id, make_network
from tests.views.pages import count_statements, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched_contexts")]


def note(engine: Engine, kind: str, verb: str, name: str, container: str = "", **attributes: str) -> Event:
    """Make an event; each is a second younger than the one before."""
    number = Event.objects.count() + 1
    at = MORNING + timedelta(seconds=number)
    actor_id = make_id(f"{kind} {name}")
    return Event.objects.create(
        engine_slug=engine.slug,
        time_nano=int(at.timestamp() * 1e9),
        at=at,
        kind=kind,
        verb=verb,
        actor_id=actor_id,
        actor_name=name,
        container_id=actor_id if kind == "container" else make_id(f"container {container}") if container else "",
        container_name=container or (name if kind == "container" else ""),
        attributes=attributes,
    )


def page_of(query: str = "") -> str:
    """Return the drawn rows of the feed."""
    screen = draw_events(ScreenKey("event_list", "local", "", query, "en", "view"))
    return "".join(row.html for row in screen.regions["event-rows"])


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (("network", "connect", "mybridge", "web"), "<b>web</b> connected to <b>mybridge</b>"),
        (("network", "create", "mybridge"), "<b>mybridge</b> created"),
        (("network", "destroy", "mybridge"), "<b>mybridge</b> removed"),
        (("container", "start", "web"), "<b>web</b> started"),
        (("daemon", "reload", "shed"), "the Engine read its configuration again"),
        (("container", "frobnicate", "web"), "container <code>frobnicate</code> web"),
    ],
)
def test_it_says_an_event_in_words(event: tuple[str, ...], sentence: str) -> None:
    note(make_engine(), *event)

    assert sentence in page_of()


def test_it_tells_an_end_from_a_failure() -> None:
    engine = make_engine()
    for name, ending in (("web", "itself"), ("told", "asked"), ("hungry", "memory"), ("unseen", "")):
        note(engine, "container", "die", name, exitCode="137")
        Event.objects.filter(actor_name=name).update(ending=ending)
    note(engine, "container", "die", "job", exitCode="0")
    note(engine, "container", "kill", "web", signal="9")
    note(engine, "container", "rename", "new", oldName="/old")

    rows = page_of()

    assert "<b>web</b> died with exit code 137" in rows
    assert "<b>told</b> ended with exit code 137, the one of a signal that was sent through Docker" in rows
    assert "<b>hungry</b> ended with exit code 137: it had run out of memory, and the kernel killed a process in it" in rows
    assert "<b>unseen</b> ended with exit code 137" in rows
    assert rows.count("g-fail") == 2
    assert "<b>job</b> ended" in rows
    assert "<b>web</b> was sent signal 9" in rows
    assert "<b>old</b> renamed to <b>new</b>" in rows


def test_it_links_what_is_still_there() -> None:
    engine = make_engine()
    network, container = make_network(engine, "mybridge"), make_container(engine, "web")
    note(engine, "network", "connect", "mybridge", "web")

    linked = page_of()
    container.delete()

    assert f'href="/networks/local/{network.docker_id}/"' in linked
    assert f'href="/containers/local/{make_id("container web")}/"' in linked
    assert "<b>web</b>" in page_of()


def test_it_never_shows_the_command_that_a_verb_carries() -> None:
    note(make_engine(), "container", "exec_create: sh -c 'mysql -psecret'", "web")

    rows = page_of()

    assert "a command was prepared in <b>web</b>" in rows
    assert "secret" not in rows


def test_it_spells_hostile_names_and_verbs_out() -> None:
    engine = make_engine()
    note(engine, "network", "create", "<script>\u202e\x1b")
    note(engine, "<b>\u202e", "<i>\x00", "{network}")

    rows = page_of()

    assert "&lt;script&gt;\\u202e␛" in rows
    assert "&lt;b&gt;\\u202e <code>&lt;i&gt;␀</code> {network}" in rows


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_it_has_a_whole_sentence_for_every_verb_in_every_language(language: str) -> None:
    engine = make_engine()
    for verb in VERBS:
        for kind, _label in KINDS:
            note(engine, kind, verb, "front", "web", exitCode="7", signal="9", oldName="/old")

    rows = draw_events(ScreenKey("event_list", "local", "", "", language, "view")).regions["event-rows"]

    assert len(rows) == min(100, Event.objects.count())
    assert not any("{" in row.html for row in rows)


def test_it_filters_by_kind_verb_name_and_id() -> None:
    engine = make_engine()
    note(engine, "network", "create", "front")
    note(engine, "network", "connect", "front", "web")
    note(engine, "container", "start", "web")

    assert page_of("kind=network").count("<li") == 2
    assert page_of("kind=network&verb=connect").count("<li") == 1
    assert page_of("q=WEB").count("<li") == 2
    assert page_of(f"q={make_id('network front')[:12]}").count("<li") == 2
    assert page_of("q=%25").count("<li") == 0


def test_it_keeps_to_its_own_engine() -> None:
    make_engine()
    note(make_engine("other"), "network", "create", "front")

    assert page_of() == ""


def test_it_goes_back_by_pages_of_a_hundred() -> None:
    engine = make_engine()
    for index in range(150):
        note(engine, "container", "start", f"web-{index}")
    browser = log_in()

    first = browser.get("/events/")
    older = Event.objects.order_by("-id")[99].pk
    second = browser.get(f"/events/?before={older}")

    assert first.content.decode().count('<li id="ev-') == 100
    assert f"?engine=local&amp;before={older}" in first.content.decode()
    assert second.content.decode().count('<li id="ev-') == 50
    assert first.context["shell"].socket_url
    assert not second.context["shell"].socket_url


def test_it_is_not_live_while_paused() -> None:
    make_engine()

    answer = log_in().get("/events/?paused=1&kind=network")

    assert not answer.context["shell"].socket_url
    assert 'href="/events/?kind=network"' in answer.content.decode()


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=99999999999999999999", "kind=%00", "q=%00", "verb=<b>"])
def test_it_takes_any_query(query: str) -> None:
    make_engine()

    assert log_in().get(f"/events/?{query}").status_code == 200


def test_it_gives_the_time_to_the_millisecond() -> None:
    note(make_engine(), "network", "create", "front")

    assert '<time datetime="2026-11-24T08:30:01.000Z" data-as="exact">2026-11-24 08:30:01.000 UTC</time>' in page_of()


def test_it_takes_as_many_statements_for_a_hundred_as_for_one() -> None:
    engine = make_engine()
    note(engine, "network", "connect", "net", "web")
    browser = log_in()

    few = count_statements(browser, "/events/")
    for index in range(120):
        note(engine, "network", "connect", f"net-{index}", f"web-{index}")
    many = count_statements(browser, "/events/")

    assert many == few <= 10
