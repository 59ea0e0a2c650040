"""Pages across Engines are live: whatever Engine changes, and whoever's rights do, within two seconds and without a reload."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from networks.models import Engine, EngineState, EngineStatus, Grant, Network, Role
from networks.sync.signals import engine_changed
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.push.wire import Wire
from tests.security.sockets import open_socket

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND = "a" * 25, "b" * 25
OVERLAY_ID = "f" * 25


def make_engines() -> None:
    make_engine("local", state="live", swarm_node_id=FIRST, swarm_state="active", swarm_address="192.0.2.1")
    node = {"availability": "active", "state": "ready", "version": "26.1.5", "is_leader": False, "reachability": ""}
    nodes = [
        {**node, "node_id": FIRST, "hostname": "host-a", "role": "worker", "address": "192.0.2.1"},
        {**node, "node_id": SECOND, "hostname": "host-b", "role": "manager", "address": "192.0.2.2"},
    ]
    own = {"swarm_node_id": SECOND, "swarm_state": "active", "swarm_address": "192.0.2.2", "is_swarm_manager": True}
    make_engine("other", state="live", swarm_nodes=nodes, **own)
    for engine in Engine.objects.all():
        make_network(engine, "wide", "10.0.1.0/24", docker_id=OVERLAY_ID, driver="overlay", scope="swarm")


def log_in(name: str, *engines: str) -> str:
    """Make somebody who may view these Engines, and return their session."""
    person, _ = User.objects.get_or_create(username=name)
    for slug in engines:
        Grant.objects.create(user=person, engine=Engine.objects.get(slug=slug), role=Role.VIEWER)
    browser = Client()
    browser.force_login(person)
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest_asyncio.fixture
async def wires() -> AsyncIterator[list[Wire]]:
    """Keep the sockets that a test opened, to hang them up."""
    opened: list[Wire] = []
    await sync_to_async(make_engines)()
    yield opened
    await asyncio.gather(*(wire.hang_up() for wire in opened))


async def open_page(wires: list[Wire], page: str, person: str, *engines: str) -> Wire:
    wire = open_socket(f"/ws/live/{page}/", await sync_to_async(log_in)(person, *engines))
    wires.append(wire)
    wire.greet("", 0)
    await wire.frame(1)
    wire.acknowledge()
    return wire


def said(wire: Wire) -> str:
    """Return the newest text that came."""
    return str(wire.frames[-1])


async def change(do: Callable[..., Any], slug: str) -> None:
    """Do what a follower does to its Engine's rows, and tell of it."""
    await sync_to_async(do)()
    engine_changed.send(sender=None, engine_slug=slug)


def disconnect() -> None:
    words = {"state": EngineState.DISCONNECTED.value, "last_error": "nobody is there"}
    EngineStatus.objects.filter(engine__slug="other").update(**words)


async def test_it_shows_in_the_list_how_another_engine_is(wires: list[Wire]) -> None:
    wire = await open_page(wires, "engine_list/local", "ada", "local", "other")
    assert "disconnected" not in said(wire)

    await change(disconnect, "other")

    await wire.until(lambda: "nobody is there" in said(wire))
    assert "engine-table" in said(wire)
    assert "engine-banner" not in said(wire), "the page's own Engine is as it was"


async def test_it_shows_nobody_an_engine_that_they_may_not_see(wires: list[Wire]) -> None:
    wire = await open_page(wires, "engine_list/local", "bob", "local")
    assert "other" not in said(wire)
    await change(disconnect, "other")
    await asyncio.sleep(0.3)
    assert len(wire.frames) == 1

    def let_in() -> None:
        Grant.objects.create(user=User.objects.get(username="bob"), engine=Engine.objects.get(slug="other"), role=Role.VIEWER)

    await sync_to_async(let_in)()
    await wire.until(lambda: "/engines/other/" in said(wire))
    wire.acknowledge()

    await sync_to_async(Grant.objects.filter(engine__slug="other").delete)()
    await wire.until(lambda: "/engines/other/" not in said(wire))
    assert wire.code is None


async def test_it_adds_an_engine_to_the_list_of_a_superuser_alone(wires: list[Wire]) -> None:
    await sync_to_async(User.objects.create_superuser)("eve")
    theirs = await open_page(wires, "engine_list/local", "eve")
    others = await open_page(wires, "engine_list/local", "ada", "local", "other")
    assert "/engines/other/remove/" in said(theirs)
    assert "/engines/other/remove/" not in said(others)

    await sync_to_async(make_engine)("third")

    await theirs.until(lambda: "/engines/third/" in said(theirs))
    await asyncio.sleep(0.3)
    assert "/engines/third/" not in str(others.frames)


async def test_it_shows_a_node_that_another_engine_tells_of(wires: list[Wire]) -> None:
    wire = await open_page(wires, "engine_swarm/local", "ada", "local", "other")
    hidden = await open_page(wires, "engine_swarm/local", "bob", "local")
    assert "host-b" in said(wire)
    assert "host-b" not in said(hidden)

    def rename() -> None:
        status = EngineStatus.objects.get(engine__slug="other")
        status.swarm_nodes[1]["hostname"] = "host-z"
        status.save()

    await change(rename, "other")

    await wire.until(lambda: "host-z" in said(wire))
    await asyncio.sleep(0.3)
    assert "host-z" not in str(hidden.frames)


async def test_it_shows_an_endpoint_that_comes_to_an_overlay_network_elsewhere(wires: list[Wire]) -> None:
    wire = await open_page(wires, f"network_swarm/local/{OVERLAY_ID}", "ada", "local", "other")
    hidden = await open_page(wires, f"network_swarm/local/{OVERLAY_ID}", "bob", "local")

    def run() -> None:
        engine = Engine.objects.get(slug="other")
        make_endpoint(make_container(engine, "far-away"), engine.networks.get(), "10.0.1.5")
        EngineStatus.objects.filter(engine=engine).update(revision=2)

    await change(run, "other")

    await wire.until(lambda: "far-away" in said(wire))
    await asyncio.sleep(0.3)
    assert "far-away" not in str(hidden.frames)


async def test_it_counts_addresses_that_an_overlay_networks_endpoints_have_elsewhere(wires: list[Wire]) -> None:
    wire = await open_page(wires, f"network_detail/local/{OVERLAY_ID}", "ada", "local", "other")
    hidden = await open_page(wires, f"network_detail/local/{OVERLAY_ID}", "bob", "local")
    assert "count endpoints of 1 other Engine as well" in said(wire)
    assert "10.0.1.5 free" in said(wire)

    def run() -> None:
        engine = Engine.objects.get(slug="other")
        make_endpoint(make_container(engine, "far-away"), engine.networks.get(), "10.0.1.5")
        Network.objects.filter(engine=engine).update(revision=2)
        EngineStatus.objects.filter(engine=engine).update(revision=2)

    await change(run, "other")

    await wire.until(lambda: "10.0.1.5 in use: far-away · other" in said(wire))
    assert f"/networks/local/{OVERLAY_ID}/swarm/#at-10.0.1.5" in said(wire)
    await asyncio.sleep(0.3)
    assert "far-away" not in str(hidden.frames)
    assert "other Engine as well" not in str(hidden.frames)


async def test_it_says_that_an_overlay_network_is_gone(wires: list[Wire]) -> None:
    wire = await open_page(wires, f"network_swarm/local/{OVERLAY_ID}", "ada", "local", "other")

    await change(lambda: Engine.objects.get(slug="local").networks.all().delete(), "local")

    await wire.until(lambda: "This network is gone" in said(wire))
