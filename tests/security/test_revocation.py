"""Whoever may no longer look is out within two seconds: every kind of socket × everything that takes a right away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from networks.models import Engine, Grant, Role
from networks.policy.login.store import row_key_of
from networks.push.protocol import Close
from tests.conftest import IS_FULL
from tests.patience import within
from tests.push.wire import Wire
from tests.security.people import make_world
from tests.security.sockets import open_socket, socket_paths

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN_S = within(2.0)
TIMES = 100 if IS_FULL else 1
PASSWORD = "a long enough pass phrase"


def log_out(_person: User, browser: Client) -> None:
    browser.post("/accounts/logout/")


def end_session(_person: User, browser: Client) -> None:
    Session.objects.filter(pk=row_key_of(browser.cookies[settings.SESSION_COOKIE_NAME].value)).delete()


def deactivate(person: User, _browser: Client) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def delete_person(person: User, _browser: Client) -> None:
    User.objects.filter(pk=person.pk).delete()


def change_password_elsewhere(person: User, _browser: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(person)
    form = {"oldpassword": PASSWORD, "password1": "another long pass phrase", "password2": "another long pass phrase"}
    assert elsewhere.post("/accounts/password/change/", form).status_code == 302


def take_role(person: User, _browser: Client) -> None:
    Grant.objects.filter(user=person).delete()


def take_role_by_hand(person: User, _browser: Client) -> None:
    """As another process does: no signal."""
    Grant.objects.filter(user=person)._raw_delete("default")  # type: ignore[attr-defined]


CAUSES: dict[Callable[[User, Client], None], Close] = {
    log_out: Close.LOG_IN,
    end_session: Close.LOG_IN,
    deactivate: Close.LOG_IN,
    delete_person: Close.LOG_IN,
    change_password_elsewhere: Close.LOG_IN,
    take_role: Close.FORBIDDEN,
    take_role_by_hand: Close.FORBIDDEN,
}


def let_in(number: int) -> tuple[User, Client]:
    """Make a person who may look, and their browser."""
    engine = Engine.objects.filter(slug="local").first() or make_world(state="live")
    person = User.objects.create_user(f"olga{number}", password=PASSWORD)
    Grant.objects.create(user=person, engine=engine, role=Role.OPERATOR)
    browser = Client()
    browser.force_login(person)
    return person, browser


async def open_all(browser: Client) -> dict[str, Wire]:
    """Open a socket of every kind, each with its first frame."""
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    wires = {path: open_socket(path, cookie) for path in socket_paths()}
    for wire in wires.values():
        wire.greet("", 0)
        await wire.frame(1)
        wire.acknowledge()
    return wires


async def code_and_time(wire: Wire, began: float) -> tuple[Any, float]:
    return await wire.closed(), time.monotonic() - began


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.__name__)
async def test_it_closes_every_kind_of_socket_within_two_seconds(cause: Callable[[User, Client], None]) -> None:
    codes, slowest_s = set(), 0.0

    for number in range(TIMES):
        person, browser = await sync_to_async(let_in)(number)
        wires = await open_all(browser)
        await sync_to_async(cause)(person, browser)
        began = time.monotonic()
        for code, took_s in await asyncio.gather(*(code_and_time(wire, began) for wire in wires.values())):
            codes.add(code)
            slowest_s = max(slowest_s, took_s)

    assert codes == {CAUSES[cause]}
    assert slowest_s < WITHIN_S


async def test_it_leaves_others_alone() -> None:
    leaving, browser = await sync_to_async(let_in)(1)
    _staying, other = await sync_to_async(let_in)(2)
    wires, kept = await open_all(browser), await open_all(other)

    await sync_to_async(deactivate)(leaving, browser)
    for wire in wires.values():
        await wire.closed()

    assert {wire.code for wire in kept.values()} == {None}
    for wire in kept.values():
        await wire.hang_up()
