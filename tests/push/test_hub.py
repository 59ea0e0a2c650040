"""The hub: greetings, steps, who falls behind, who goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from networks.partials.screen import ScreenKey
from networks.push import delivery, registry
from networks.push.delivery import MAX_UNACKED_FRAMES, Socket
from networks.push.protocol import Close, read_message
from networks.push.registry import Hub
from tests.push.page import Page
from tests.push.wire import Wire
from tests.push.world import KEY, World, drawn


@pytest.fixture
def world() -> World:
    return World()


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    hub = Hub(world.draw, world.read_revision, gather_s=0.0)
    yield hub
    await hub.close_all()
    await hub.stop()


def open_socket(hub: Hub, key: ScreenKey = KEY, session_key: str = "s") -> Wire:
    async def serve(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await receive()
        socket = Socket(key, 1, session_key, send, opened_at=time.monotonic())
        try:
            await hub.join(socket)
            while (event := await receive())["type"] == "websocket.receive":
                await hub.hear(socket, read_message(event["text"]))
        finally:
            await hub.leave(socket)

    return Wire(serve, {})


async def greeted(hub: Hub, world: World, key: ScreenKey = KEY) -> Wire:
    """Return a socket whose page was drawn just now, and which has acknowledged its first frame."""
    wire = open_socket(hub, key)
    wire.greet("e", world.revision)
    await wire.frame(1)
    wire.acknowledge()
    return wire


def change(hub: Hub, world: World, **rows: int | None) -> None:
    world.change(**rows)
    hub.note_change("local")


async def test_it_sends_nothing_before_the_hello(hub: Hub, world: World) -> None:
    silent = open_socket(hub)
    other = await greeted(hub, world)

    change(hub, world, c=1)
    await other.frame(2)

    assert silent.frames == []


async def test_it_answers_a_page_of_the_newest_revision_with_the_parts_alone(hub: Hub, world: World) -> None:
    wire = open_socket(hub)
    wire.greet("e", 1)

    frame = await wire.frame(1)

    assert (frame["epoch"], frame["revision"]) == ("e", 1)
    assert '<hx-partial id="lede" hx-swap="outerMorph"><p id="lede">2, connect,view</p></hx-partial>' in frame["content"]
    assert "network-rows" not in frame["content"]


@pytest.mark.parametrize(("epoch", "revision"), [("other", 1), ("e", 0), ("e", 2)])
async def test_it_answers_another_epoch_or_revision_with_the_whole_screen(hub: Hub, epoch: str, revision: int) -> None:
    wire = open_socket(hub)
    wire.greet(epoch, revision)

    frame = await wire.frame(1)

    assert 'id="network-rows" hx-swap="innerMorph"' in frame["content"]


async def test_it_sends_each_change_to_every_socket_of_the_view(hub: Hub, world: World) -> None:
    wires = [await greeted(hub, world) for _ in range(3)]
    before = world.screen()

    change(hub, world, a=2, b=None, c=1)

    for wire in wires:
        page = Page.of(before)
        page.apply_frame(await wire.frame(2))
        assert page.rows() == Page.of(world.screen()).rows()
        assert page.revision == 2


async def test_it_draws_once_for_all_sockets_of_a_view(hub: Hub, world: World) -> None:
    wires = [await greeted(hub, world) for _ in range(20)]
    draws = world.draws

    change(hub, world, a=2)
    for wire in wires:
        await wire.frame(2)

    assert world.draws == draws + 1


async def test_it_draws_what_others_see_apart(hub: Hub, world: World) -> None:
    operator = await greeted(hub, world)
    viewer = await greeted(hub, world, replace(KEY, rights="view"))

    change(hub, world, c=1)

    assert "3, connect,view" in (await operator.frame(2))["content"]
    assert "3, view" in (await viewer.frame(2))["content"]


async def test_it_gives_who_comes_back_the_difference(hub: Hub, world: World) -> None:
    wire = await greeted(hub, world)
    mark = wire.frames[0]["mark"]
    await wire.hang_up()
    change(hub, world, a=2)

    again = open_socket(hub)
    again.greet("e", 1, mark=mark)

    content = (await again.frame(1))["content"]
    assert content == f'<hx-partial id="net-a" hx-swap="outerMorph">{drawn("a", 2).html}</hx-partial>'


async def test_it_says_nothing_to_who_comes_back_and_missed_nothing(hub: Hub, world: World) -> None:
    wire = await greeted(hub, world)
    await wire.hang_up()

    again = open_socket(hub)
    again.greet("e", 1, mark=wire.frames[0]["mark"])
    change(hub, world, a=2)

    assert "net-a" in (await again.frame(1))["content"]
    assert "lede" not in again.frames[0]["content"]


async def test_it_knows_again_what_another_process_sent(hub: Hub, world: World) -> None:
    wire = await greeted(hub, world)
    restarted = Hub(world.draw, world.read_revision, gather_s=0.0)

    draws = world.draws

    again = open_socket(restarted)
    again.greet("e", 1, mark=wire.frames[0]["mark"])
    await again.until_now(lambda: world.draws > draws)
    change(restarted, world, a=2)

    assert (await again.frame(1))["content"] == f'<hx-partial id="net-a" hx-swap="outerMorph">{drawn("a", 2).html}</hx-partial>'
    await restarted.close_all()
    await restarted.stop()


async def test_it_gives_who_comes_back_with_a_forgotten_mark_the_whole_screen(hub: Hub) -> None:
    wire = open_socket(hub)
    wire.greet("e", 1, mark="never-ours")

    assert "innerMorph" in (await wire.frame(1))["content"]


async def test_it_sends_a_silent_socket_no_more_than_the_window(hub: Hub, world: World) -> None:
    silent, other = await greeted(hub, world), await greeted(hub, world)

    for number in range(3 * MAX_UNACKED_FRAMES):
        change(hub, world, a=number + 2)
        await other.frame(number + 2)
        other.acknowledge()

    assert len(silent.frames) == 1 + MAX_UNACKED_FRAMES


async def test_it_catches_up_with_one_frame_whoever_fell_behind(hub: Hub, world: World) -> None:
    slow, other = await greeted(hub, world), await greeted(hub, world)
    page = Page.of(world.screen())
    for number in range(3 * MAX_UNACKED_FRAMES):
        change(hub, world, **{"a": number + 2, f"c{number}": 1})
        await other.frame(number + 2)
        other.acknowledge()

    slow.acknowledge()
    await slow.frame(2 + MAX_UNACKED_FRAMES)

    for frame in slow.frames[1:]:
        page.apply_frame(frame)
    assert page.rows() == Page.of(world.screen()).rows()
    assert len(slow.frames) == 2 + MAX_UNACKED_FRAMES


async def test_it_loses_nothing_in_a_burst(world: World) -> None:
    hub = Hub(world.draw, world.read_revision, gather_s=0.02)
    wires = [await greeted(hub, world) for _ in range(10)]
    pages = [Page.of(world.screen()) for _ in wires]

    for number in range(60):
        change(hub, world, **{f"c{number}": 1, "a": number})
        await asyncio.sleep(0.001)
    await asyncio.gather(*(wire.until(lambda wire=wire: wire.frames[-1]["revision"] == 61) for wire in wires))

    for wire, page in zip(wires, pages, strict=True):
        for frame in wire.frames:
            page.apply_frame(frame)
        assert page.rows() == Page.of(world.screen()).rows()
        assert len(wire.frames) < 20
    await hub.close_all()
    await hub.stop()


async def test_it_goes_on_after_a_screen_that_could_not_be_drawn(hub: Hub, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.push.drawer.RETRY_S", 0.01)
    wire = await greeted(hub, world)
    draws = world.draws

    world.is_broken = True
    change(hub, world, c=1)
    await wire.until_now(lambda: world.draws > draws)
    world.is_broken = False

    assert "net-c" in (await wire.frame(2))["content"]


async def test_it_moves_a_socket_whose_rights_changed_to_its_new_screen(hub: Hub, world: World) -> None:
    wire = await greeted(hub, world)
    (socket,) = hub.people()

    hub.move(socket, replace(KEY, rights="view"))

    content = (await wire.frame(2))["content"]
    assert "2, view" in content
    assert "innerMorph" in content
    change(hub, world, c=1)
    assert "3, view" in (await wire.frame(3))["content"]


HELLO_OF_WRONG_TYPES = '{"hello":{"epoch":1,"revision":2}}'
ACK_BEFORE_HELLO = '{"ack":1}'
NONSENSE = ["", "null", "[]", "{}", "x" * 5000, '{"ack":-1}', '{"ack":true}', '{"ack":"1"}']


@pytest.mark.parametrize("said", [*NONSENSE, HELLO_OF_WRONG_TYPES, ACK_BEFORE_HELLO])
async def test_it_closes_who_says_something_else(hub: Hub, said: str) -> None:
    wire = open_socket(hub)
    wire.say(said)

    assert await wire.closed() == Close.MALFORMED


async def test_it_closes_who_greets_twice(hub: Hub, world: World) -> None:
    wire = await greeted(hub, world)
    wire.greet("e", 1)

    assert await wire.closed() == Close.MALFORMED


async def test_it_closes_who_never_says_hello(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(delivery, "HELLO_PATIENCE_S", 0.05)
    wire = open_socket(hub)

    assert await wire.closed() == Close.TOO_SLOW


async def test_it_closes_who_acknowledges_nothing(hub: Hub, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(delivery, "PATIENCE_S", 0.05)
    wire, other = open_socket(hub), await greeted(hub, world)
    wire.greet("e", 1)

    assert await wire.closed() == Close.TOO_SLOW
    assert other.code is None


async def test_it_counts_the_sockets_of_a_session(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MAX_SOCKETS_PER_SESSION", 2)
    for _ in range(2):
        open_socket(hub, session_key="mine")
    await asyncio.sleep(0)

    assert not hub.has_room_for("mine")
    assert hub.has_room_for("another's")


async def test_it_closes_all_when_the_server_ends_and_lets_no_more_in(hub: Hub, world: World) -> None:
    wires = [await greeted(hub, world) for _ in range(10)]

    await hub.close_all()
    late = open_socket(hub)

    assert {wire.code for wire in wires} == {Close.RESTARTING}
    assert await late.closed() == Close.RESTARTING
    assert hub.people() == []
