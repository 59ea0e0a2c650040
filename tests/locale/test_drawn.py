"""What is drawn once and pushed to many is drawn in each one's language, whatever language the thread had before."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from networks.models import Event
from networks.partials.screen import Screen
from networks.partials.screens import draw_screen
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network, make_predefined
from tests.partials.looking import key, words

pytestmark = pytest.mark.django_db

HANGUL = re.compile(r"[가-힣]")
# What Docker, Linux and this world call things; other English words beside each other are a sentence.
NAME = re.compile(r"\b(?:bridge|host|null|none|local|front|public|web|failed|guest|busybox|daemon|healthy|up|down)\b")
ENGLISH = re.compile(r"\b[A-Za-z][a-z']+ [a-z][a-z']+\b")
PAGES = {
    "overview": "",
    "network_list": "",
    "network_detail": make_id("network front"),
    "container_list": "",
    "container_detail": make_id("container web"),
    "interface_list": "",
    "address_list": "",
    "engine_list": "",
    "engine_swarm": "",
    "network_swarm": make_id("network front"),
    "event_list": "",
    "engine_detail": "",
}


def make_world(state: str) -> None:
    """Make one of everything, with a fault or two."""
    engine = make_engine(state=state, state_since=MORNING, last_error="")
    make_predefined(engine)
    front = make_network(engine, "front", "10.20.0.0/24", gateway="10.20.0.1", is_internal=True)
    make_network(engine, "public", "172.72.0.0/16", ip_range="172.72.0.0/24")
    web = make_container(engine, "web", command="sleep", network_mode="front", health="healthy")
    make_endpoint(web, front, ipv4="10.20.0.2")
    failed = make_container(engine, "failed", command="false", state="exited", exit_code=1, finished_at=MORNING)
    make_endpoint(failed, front, requested_ipv4="10.20.0.9")
    make_container(engine, "guest", command="sleep", network_mode=f"container:{web.docker_id}", donor_id=web.docker_id)
    for number, (kind, verb) in enumerate((("network", "connect"), ("container", "die"), ("daemon", "reload"))):
        Event.objects.create(
            engine_slug="local",
            time_nano=number,
            at=MORNING,
            kind=kind,
            verb=verb,
            actor_id=make_id(verb),
            actor_name="front",
            container_name="web",
        )


def said(screen: Screen) -> str:
    """Return all words of a screen, those of the shell and of commands left out."""
    drawn = [*screen.parts.values(), *(row.html for rows in screen.regions.values() for row in rows)]
    return " ".join(words(re.sub(r"<code.*?</code>|<pre.*?</pre>|<time.*?</time>", "", html, flags=re.DOTALL)) for html in drawn)


@pytest.mark.parametrize("state", ["live", "lagging", "stale", "disconnected", "incompatible"])
@pytest.mark.parametrize("page", PAGES)
def test_it_draws_each_language_by_itself(page: str, state: str) -> None:
    make_world(state)

    with override("ko"):
        english = draw_screen(key(page, PAGES[page]))
    with override("en"):
        korean = draw_screen(key(page, PAGES[page], language="ko"))
        again = draw_screen(key(page, PAGES[page]))

    assert again == english
    assert HANGUL.findall(said(english)) == []
    assert HANGUL.search(said(korean))
    assert ENGLISH.findall(NAME.sub("·", said(korean))) == []
