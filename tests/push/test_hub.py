"""The hub: greetings, steps, and who falls behind."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from networks.push.delivery import MAX_UNACKED_FRAMES
from networks.push.registry import Hub
from tests.push.hubs import change, greeted, open_socket
from tests.push.page import Page
from tests.push.wire import Wire
from tests.push.world import KEY, World, drawn


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

    def has_all(wire: Wire) -> bool:
        wire.acknowledge()  # on a busy machine they are more than a socket is sent without
        return bool(wire.frames[-1]["revision"] == 61)

    await asyncio.gather(*(wire.until(lambda wire=wire: has_all(wire)) for wire in wires))

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
