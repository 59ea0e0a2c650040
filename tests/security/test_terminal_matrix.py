"""The socket of terminals × every kind of person × everything that may be said, and what makes it close."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.conf import settings

from networks.models import Action, Container, Engine, Outcome
from networks.policy.permissions import Permission
from networks.push.protocol import Close
from networks.push.terminal_wire import MAX_KEYS_LENGTH, MAX_TEXT_LENGTH
from tests.engine.scripted_engine import ScriptedEngine
from tests.security.people import MAY, NOT_LOGGED_IN, make_person, make_world, open_browser
from tests.security.places import CONTAINER_ID, NETWORK_ID
from tests.security.sockets import HOST, open_socket

pytestmark = pytest.mark.django_db(transaction=True)

PATH = f"/ws/terminal/local/{CONTAINER_ID}/"
OPEN = {"shell": "/bin/sh", "command": "", "user": "", "columns": 80, "rows": 24}
# Nothing of these opens anything.
NONSENSE: dict[str, str | bytes] = {
    "hello": json.dumps({"hello": {"epoch": "", "revision": 0}}),
    "no size": json.dumps({"open": {"shell": "/bin/sh"}}),
    "no columns": json.dumps({"open": OPEN | {"columns": 0}}),
    "too many rows": json.dumps({"open": OPEN | {"rows": 1001}}),
    "words that are none": json.dumps({"open": OPEN | {"command": ["sh"]}}),
    "shown first": json.dumps({"shown": 1}),
    "keys first": b"rm -rf /\n",
    "list": "[]",
    "no JSON": "<script>",
    "too long": "x" * (MAX_TEXT_LENGTH + 1),
    "deep": "[" * 2000,
}


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with ScriptedEngine(tmp_path, lambda peer: peer.answer_json({"message": "no"}, 500)) as running:
        yield running


def log_in(kind: str, url: str, *, has_typed: bool = False) -> str:
    """Make the world and a person of this kind; return the cookie of their session."""
    browser = open_browser(kind, make_person(kind, make_world(url, state="live")))
    if has_typed:
        browser.post("/accounts/reauthenticate/?next=/", {"password": "x"}, headers={"host": HOST})
    morsel = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


@pytest.mark.parametrize("kind", MAY)
async def test_it_lets_nobody_in_without_the_right_and_the_password(kind: str, listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)(kind, listener.url)

    code = await open_socket(PATH, cookie).closed()

    if kind in NOT_LOGGED_IN:
        assert code == Close.LOG_IN
    else:
        assert code == (Close.PASSWORD if Permission.TERMINAL in MAY[kind] else Close.FORBIDDEN)
    assert listener.requests == []


@pytest.mark.parametrize("name", NONSENSE)
async def test_it_closes_on_what_is_none_of_ours(name: str, listener: ScriptedEngine) -> None:
    cookie, said = await sync_to_async(log_in)("viewer with a terminal", listener.url, has_typed=True), NONSENSE[name]
    wire = open_socket(PATH, cookie)

    if isinstance(said, bytes):
        wire.type(said)
    else:
        wire.say(said)

    assert await wire.closed() == Close.MALFORMED
    assert listener.requests == []


async def test_it_lets_a_browser_go_that_asks_for_nothing(listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)("viewer with a terminal", listener.url, has_typed=True)
    wire = open_socket(PATH, cookie)
    await wire.until(lambda: wire.is_accepted)

    await wire.hang_up()

    assert wire.code is None
    assert listener.requests == []


async def test_it_says_which_field_is_wrong(listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)("viewer with a terminal", listener.url, has_typed=True)
    wrong = {"command": OPEN | {"shell": "own"}, "shell": OPEN | {"shell": "/bin/zsh"}, "user": OPEN | {"user": "a b"}}
    for field, fields in wrong.items():
        wire = open_socket(PATH, cookie)
        wire.say({"open": fields})

        assert await wire.closed() == Close.OVER
        assert list(wire.frames[0]["faults"]) == [field]
    assert listener.requests == []


async def test_it_tells_what_the_engine_refused_and_writes_it_down(listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)("superuser with a terminal", listener.url, has_typed=True)
    wire = open_socket(PATH, cookie)

    wire.say({"open": OPEN})

    assert await wire.closed() == Close.OVER
    assert (wire.frames[0]["end"]["why"], wire.frames[0]["end"]["sentence"]) == ("refused", "no")
    row = await Action.objects.aget(verb="open_terminal")
    assert (row.who, row.what, row.docker_id) == ("superuser-with-a-terminal", "web", CONTAINER_ID)
    assert (await Outcome.objects.aget(action_id=row.pk)).kind == "refused"


async def test_it_asks_no_engine_in_read_only_mode(listener: ScriptedEngine, settings: pytest.FixtureRequest) -> None:
    settings.NETADMIN_READ_ONLY = True  # type: ignore[attr-defined]
    cookie = await sync_to_async(log_in)("superuser with a terminal", listener.url, has_typed=True)

    assert await open_socket(PATH, cookie).closed() == Close.FORBIDDEN


async def test_it_enters_nothing_that_is_protected_or_isn_t_there(listener: ScriptedEngine) -> None:
    cookie = await sync_to_async(log_in)("superuser with a terminal", listener.url, has_typed=True)

    def protect() -> None:
        Container.objects.update(labels={"netadmin.protect": "true"}, revision=99)  # as the follower writes it
        Engine.objects.get(slug="local").status.__class__.objects.update(revision=99)

    assert await open_socket(f"/ws/terminal/local/{NETWORK_ID}/", cookie).closed() == Close.FORBIDDEN
    assert await open_socket(f"/ws/terminal/other/{CONTAINER_ID}/", cookie).closed() == Close.FORBIDDEN
    assert await open_socket("/ws/terminal/local/web/", cookie).closed() == Close.FORBIDDEN
    await database_sync_to_async(protect)()
    assert await open_socket(PATH, cookie).closed() == Close.FORBIDDEN
    assert listener.requests == []


def test_it_takes_no_more_at_once_than_may_wait() -> None:
    assert MAX_KEYS_LENGTH <= 128 * 1024
