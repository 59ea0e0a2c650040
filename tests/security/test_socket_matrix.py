"""Every socket × every kind of frame × every kind of person: who may listen, and that nobody gets the Engine to do anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User

from networks.policy.permissions import Permission
from networks.push.protocol import MAX_MESSAGE_LENGTH, Close
from networks.push.routing import refuse, websocket_routes
from tests.engine.scripted_engine import ScriptedEngine
from tests.push.wire import Wire
from tests.security.people import MAY, NOT_LOGGED_IN, make_person, make_world, open_browser
from tests.security.sockets import live_pages, open_socket, socket_paths

pytestmark = pytest.mark.django_db(transaction=True)

HELLO = json.dumps({"hello": {"epoch": "", "revision": 0}})
# What may be said: the two kinds of frame that there are, and everything else, which is none of ours.
FRAMES = {
    "hello": HELLO,
    "ack": json.dumps({"ack": 0}),
    "hello with a mark": json.dumps({"hello": {"epoch": "e", "revision": 1, "mark": "m"}}),
    "unknown": json.dumps({"remove_network": "front"}),
    "subscribe": json.dumps({"type": "subscribe", "page": "network_list", "engine": "other"}),
    "of another Engine": json.dumps({"hello": {"epoch": "", "revision": 0, "engine_slug": "other"}}),
    "list": "[]",
    "no JSON": "<script>",
    "empty": "",
    "too long": "x" * (MAX_MESSAGE_LENGTH + 1),
    "deep": "[" * 2000,
    "binary": None,
}
ANSWERED = {"hello", "hello with a mark", "of another Engine"}


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tmp_path, lambda peer: peer.answer_json({"message": "no"}, 500)) as running:
        yield running


def log_in(kind: str, url: str) -> str:
    """Make the world and a person of this kind; return the cookie of their session."""
    engine = make_world(url, state="live")
    browser = open_browser(kind, make_person(kind, engine))
    morsel = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def say(wire: Wire, text: str | None) -> None:
    message = {"type": "websocket.receive"} | ({"bytes": b"\x00\xff"} if text is None else {"text": text})
    wire._inbox.put_nowait(message)


async def came_of(path: str, cookie: str, text: str | None) -> str:
    """Open a socket, say one thing, and return "frame", or the code with which it was closed."""
    wire = open_socket(path, cookie)
    say(wire, text)
    await wire.until(lambda: wire.frames or wire.code is not None)
    if wire.code is None:
        await wire.hang_up()
        return "frame"
    await asyncio.wait_for(wire._task, 5)
    return f"{wire.code}, after a frame" if wire.frames else str(wire.code)


def expected(kind: str, path: str, frame: str) -> str:
    if kind in NOT_LOGGED_IN:
        return str(int(Close.LOG_IN))
    if Permission.VIEW not in MAY[kind]:
        return str(int(Close.FORBIDDEN))
    return "frame" if frame in ANSWERED else str(int(Close.MALFORMED))


@pytest.mark.parametrize("kind", MAY)
async def test_it_lets_those_listen_who_may_view_and_nobody_speak(kind: str, listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)(kind, listener.url)

    found = {(path, frame): await came_of(path, cookie, text) for path in socket_paths() for frame, text in FRAMES.items()}

    assert {key: came for key, came in found.items() if came != expected(kind, *key)} == {}
    assert listener.requests == []


async def test_it_opens_no_socket_while_there_is_no_user(listener: ScriptedEngine) -> None:
    await sync_to_async(make_world)(listener.url)
    await User.objects.all().adelete()

    codes = {await open_socket(path).closed() for path in socket_paths()}

    assert codes == {Close.LOG_IN}


@pytest.mark.parametrize("kind", ["viewer", "operator", "admin"])
async def test_it_shows_no_engine_but_the_one_that_was_granted(kind: str, listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)(kind, listener.url)

    codes = {await open_socket(path, cookie).closed() for slug in ("other", "nowhere") for path in socket_paths(slug)}

    assert codes == {Close.FORBIDDEN}


@pytest.mark.parametrize(
    "path",
    ["/", "/ws/", "/ws/live/", "/ws/live/network_list/", "/ws/live/admin/local/", "/ws/live/setup/local/", "/ws/live/lab/local/",
     "/ws/live/network_list/local", "/ws/live/network_list/local/../", "/ws/live/network_list/local/A/", "/ws/live/%2e%2e/local/",
     "/ws/live/network_list/lo\u0000cal/", "/ws/live/network_list/local/x/y/", "/networks/", "/admin/"],
)  # fmt: skip
async def test_it_refuses_superusers_too_where_no_socket_is(path: str, listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)("superuser", listener.url)

    assert await open_socket(path, cookie).closed() == Close.FORBIDDEN


def test_it_declares_what_every_consumer_needs() -> None:
    """One that needs anything but `view` wants a matrix of its own: terminals have test_terminal_matrix.py."""
    needs = {route.callback: getattr(route.callback, "permission", None) for route in websocket_routes}
    needs.pop(refuse)

    assert set(needs.values()) == {Permission.VIEW, Permission.TERMINAL}


def test_it_knows_every_kind_of_socket() -> None:
    paths = socket_paths()

    assert {"overview", "network_list", "network_detail", "container_list", "container_detail", "event_list"} <= set(live_pages())
    assert all(any(f"/{page}/" in path for path in paths) for page in live_pages())
