"""The hub behind a real daphne, with real sockets: everybody gets the change, and nobody holds up the others."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.push.running import DEADLINE_S, FakeServer, running_fake_server
from tests.push.websocket_client import Client

CLIENTS = 1000 if IS_FULL else 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with running_fake_server(tmp_path) as running:
        yield running


async def until_revision(client: Client, revision: int) -> float:
    """Take and acknowledge what comes until this revision is here; return when that was."""
    while True:
        text = await client.hear()
        assert text is not None, f"closed with {client.code}"
        heard = json.loads(text)["revision"]
        client.say(json.dumps({"ack": heard}))
        if heard >= revision:
            return time.monotonic()


async def test_it_brings_a_change_to_every_client(server: FakeServer) -> None:
    clients = await asyncio.gather(*(server.greeted() for _ in range(CLIENTS)))
    waiting = [asyncio.ensure_future(until_revision(client, 2)) for client in clients]

    await server.post("/change?n=7")

    async with asyncio.timeout(DEADLINE_S):
        arrivals = await asyncio.gather(*waiting)
    assert len(arrivals) == CLIENTS
    for client in clients:
        await client.hang_up()


async def test_it_keeps_a_silent_client_to_its_window_and_goes_on_with_the_others(server: FakeServer) -> None:
    silent = await server.greeted()
    others = [await server.greeted() for _ in range(20)]
    waiting = [asyncio.ensure_future(until_revision(client, 61)) for client in others]

    async with asyncio.timeout(DEADLINE_S):
        await server.post("/change?n=7&times=60")
        await asyncio.gather(*waiting)
        heard = [json.loads(await silent.hear() or "{}")["revision"] for _ in range(8)]
        silent.say(json.dumps({"ack": heard[-1]}))
        newest = json.loads(await silent.hear() or "{}")

    assert newest["revision"] == 61
    assert "net-007" in newest["content"]
    for client in [silent, *others]:
        await client.hang_up()


async def test_it_spends_little_memory_on_clients_that_never_read(server: FakeServer) -> None:
    await server.post("/only?rows=%7B%22007%22:1%7D")
    await server.post("/set?padding=30000")
    other = await server.greeted()
    stalled = [await server.greeted() for _ in range(50)]
    for client in stalled:
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    before_mb = server.memory_mb()

    async with asyncio.timeout(3 * DEADLINE_S):
        waiting = asyncio.ensure_future(until_revision(other, 122))
        await server.post("/change?n=7&times=120")
        await waiting

    # Without a window it would be 120 frames of 30 kB for each of them: 180 MB.
    assert server.memory_mb() - before_mb < 50
    for client in [other, *stalled]:
        await client.hang_up()


async def test_it_closes_ten_open_sockets_before_the_server_ends(server: FakeServer) -> None:
    clients = [await server.greeted() for _ in range(10)]

    async with asyncio.timeout(DEADLINE_S):
        stopping = asyncio.ensure_future(server.post("/stop"))
        endings = await asyncio.gather(*(client.hear() for client in clients))
        for client in clients:
            await client.hang_up()
        await asyncio.gather(stopping, return_exceptions=True)
        status = await asyncio.to_thread(server.process.wait)

    assert set(endings) == {None}
    assert {client.code for client in clients} == {4009}
    assert status == 0
