"""Who is let in, and who has to go: sockets with real sessions, people and grants."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import re_path

from networks.actions.actors import CONSOLE
from networks.actions.people import accept_invitation, log_out_everywhere, set_active, set_role
from networks.models import BrowserSession, Engine, EngineStatus, Grant, Role
from networks.policy.accounts import make_invitation
from networks.policy.login.browsers import end_session, end_sessions
from networks.policy.login.store import row_key_of
from networks.push.consumers import LiveConsumer, split_query
from networks.push.protocol import Close
from networks.push.registry import Hub
from networks.push.rights_watch import Watch
from networks.queries.engines import read_engine
from networks.queries.rows import EngineRow
from tests.builders import make_engine
from tests.patience import within
from tests.push.wire import Wire
from tests.push.world import World

pytestmark = pytest.mark.django_db(transaction=True)

# Two are promised; a look a second and what it takes must fit in.
REVOKED_WITHIN_S = within(2.0)


@dataclass
class Site:
    """A hub with consumer and watch, and a person who may view and connect."""

    hub: Hub
    world: World
    application: Any
    person: User
    engine: Engine
    looked: list[str]
    cookie: str = ""

    def open(self, path: str = "/ws/live/network_list/local/", query: str = "lang=en") -> Wire:
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={self.cookie}".encode())] if self.cookie else []
        return Wire(self.application, {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers})

    async def greeted(self) -> Wire:
        wire = self.open()
        wire.greet("e", self.world.revision)
        await wire.frame(1)
        wire.acknowledge()
        return wire


def log_in(person: User) -> str:
    browser = Client()
    browser.force_login(person)
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    world = World()
    hub = Hub(world.draw, world.read_revision, gather_s=0.0)
    looked: list[str] = []

    def look(slug: str) -> EngineRow | None:
        looked.append(slug)
        return read_engine(slug)

    watch = Watch(hub, look)
    consumer: Any = LiveConsumer(hub, watch, lambda page: page == "network_list")
    route: Any = re_path
    routes = [route(r"^ws/live/(?P<page>[a-z_]+)/(?P<engine_slug>[a-z]+)/$", consumer)]
    engine = await sync_to_async(make_engine)()
    person = await sync_to_async(User.objects.create_user)("olga", password="x")
    await sync_to_async(Grant.objects.create)(user=person, engine=engine, role=Role.OPERATOR)
    cookie = await sync_to_async(log_in)(person)
    yield Site(hub, world, AuthMiddlewareStack(URLRouter(routes)), person, engine, looked, cookie)
    await hub.close_all()
    await hub.stop()
    watch.stop()


async def test_it_shows_a_person_what_their_rights_are_for(site: Site) -> None:
    wire = await site.greeted()

    assert "connect,run,view" in wire.frames[0]["content"]


async def test_it_tells_a_stranger_to_log_in(site: Site) -> None:
    site.cookie = ""
    wire = site.open()

    assert await wire.closed() == Close.LOG_IN
    assert wire.is_accepted


async def test_it_forbids_an_engine_that_nobody_granted(site: Site) -> None:
    await sync_to_async(make_engine)("other")
    wire = site.open("/ws/live/network_list/other/")

    assert await wire.closed() == Close.FORBIDDEN


async def test_it_forbids_a_superuser_an_engine_that_is_not_there(site: Site) -> None:
    await User.objects.filter(pk=site.person.pk).aupdate(is_superuser=True)
    wire = site.open("/ws/live/network_list/nowhere/")

    assert await wire.closed() == Close.FORBIDDEN


async def test_it_forbids_a_page_that_is_not_live(site: Site) -> None:
    assert await site.open("/ws/live/setup/local/").closed() == Close.FORBIDDEN


async def test_it_forbids_an_endless_query(site: Site) -> None:
    assert await site.open(query="q=" + "x" * 3000).closed() == Close.FORBIDDEN


async def test_it_refuses_one_socket_too_many(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.push.registry.MAX_SOCKETS_PER_PERSON", 1)
    await site.greeted()

    assert await site.open().closed() == Close.TOO_MANY


async def test_it_counts_those_that_come_together(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.push.registry.MAX_SOCKETS_PER_PERSON", 3)
    wires = [site.open() for _ in range(20)]
    for wire in wires:
        wire.greet("e", 0)

    await wires[0].until_now(lambda: sum(wire.code == Close.TOO_MANY for wire in wires) == 17)
    assert len(site.hub.people()) <= 3


async def log_out(site: Site) -> None:
    await Session.objects.filter(pk=row_key_of(site.cookie)).adelete()


async def deactivate(site: Site) -> None:
    await User.objects.filter(pk=site.person.pk).aupdate(is_active=False)


async def delete_person(site: Site) -> None:
    await User.objects.filter(pk=site.person.pk).adelete()


async def change_password(site: Site) -> None:
    person = await User.objects.aget(pk=site.person.pk)
    person.set_password("another")
    await person.asave()


async def take_grant(site: Site) -> None:
    await Grant.objects.all().adelete()


async def end_the_others(site: Site) -> None:
    await sync_to_async(end_sessions)(site.person.pk, but="another")


async def end_this_one(site: Site) -> None:
    row = await BrowserSession.objects.aget(session_id=row_key_of(site.cookie))
    assert await sync_to_async(end_session)(site.person.pk, row.pk)


async def log_out_by_admin(site: Site) -> None:
    await sync_to_async(log_out_everywhere)(CONSOLE, site.person)


async def switch_off_by_admin(site: Site) -> None:
    await sync_to_async(set_active)(CONSOLE, site.person, is_active=False)


async def use_invitation(site: Site) -> None:
    token = await sync_to_async(make_invitation)(site.person)
    assert await sync_to_async(accept_invitation)(token, "another horse battery", from_address="")


async def revoke_by_admin(site: Site) -> None:
    await sync_to_async(set_role)(CONSOLE, site.engine, site.person, "")


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (log_out, Close.LOG_IN),
        (deactivate, Close.LOG_IN),
        (delete_person, Close.LOG_IN),
        (change_password, Close.LOG_IN),
        (end_the_others, Close.LOG_IN),
        (end_this_one, Close.LOG_IN),
        (log_out_by_admin, Close.LOG_IN),
        (switch_off_by_admin, Close.LOG_IN),
        (use_invitation, Close.LOG_IN),
        (revoke_by_admin, Close.FORBIDDEN),
        (take_grant, Close.FORBIDDEN),
    ],
)
async def test_it_closes_open_sockets_soon_after(site: Site, happens: Callable[[Site], Any], code: Close) -> None:
    wires = [await site.greeted() for _ in range(3)]

    await happens(site)
    began = time.monotonic()
    codes = [await wire.closed() for wire in wires]

    assert codes == [code] * 3
    assert time.monotonic() - began < REVOKED_WITHIN_S


async def test_it_takes_the_buttons_away_when_the_role_is_less(site: Site) -> None:
    wire = await site.greeted()

    await Grant.objects.aupdate(role=Role.VIEWER)
    frame = await wire.frame(2)

    assert "2, view" in frame["content"]
    assert wire.code is None


async def test_it_keeps_sockets_of_those_whose_rights_are_as_they_were(site: Site) -> None:
    wire = await site.greeted()
    stranger = await sync_to_async(User.objects.create_user)("otto", password="x")
    await sync_to_async(Grant.objects.create)(user=stranger, engine=site.engine)
    other = replace(site, person=stranger, cookie=await sync_to_async(log_in)(stranger))
    leaving = await other.greeted()

    await log_out(other)

    assert await leaving.closed() == Close.LOG_IN
    assert wire.code is None


async def test_it_sees_what_another_process_wrote(site: Site) -> None:
    wire = await site.greeted()
    await wire.until_now(lambda: site.looked)

    site.world.change(c=1)
    await EngineStatus.objects.aupdate(revision=2)

    assert "net-c" in (await wire.frame(2))["content"]


def test_it_splits_the_query_into_language_and_the_page_s_own() -> None:
    assert split_query("lang=ko&q=a%20b&sort=name") == ("ko", "q=a+b&sort=name")
    assert split_query("lang=xx&q=1") == ("en", "q=1")
    assert split_query("") == ("en", "")
