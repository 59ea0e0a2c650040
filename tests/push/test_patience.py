"""Whom the hub closes, and when."""

from __future__ import annotations

import pytest

from networks.push import delivery, registry
from networks.push.protocol import Close
from networks.push.registry import Hub
from tests.push.hubs import greeted, open_socket
from tests.push.world import World

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


async def test_it_counts_the_sockets_of_a_person(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MAX_SOCKETS_PER_PERSON", 2)

    with hub.place_for(1) as first, hub.place_for(1) as second, hub.place_for(1) as third, hub.place_for(2) as another:
        assert (first, second, third, another) == (True, True, False, True)
    with hub.place_for(1) as again:
        assert again


async def test_it_closes_all_when_the_server_ends_and_lets_no_more_in(hub: Hub, world: World) -> None:
    wires = [await greeted(hub, world) for _ in range(10)]

    await hub.close_all()
    late = open_socket(hub)

    assert {wire.code for wire in wires} == {Close.RESTARTING}
    assert await late.closed() == Close.RESTARTING
    assert hub.people() == []
