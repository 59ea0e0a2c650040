"""The hub behind a real daphne, with real sockets: everybody gets the change, and nobody holds up the others."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket as sockets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.push.websocket_client import Client

DEADLINE_S = 20.0
CLIENTS = 1000 if IS_FULL else 200


@dataclass
class FakeServer:
    """The running `fake_server`."""

    process: subprocess.Popen[bytes]
    port: int

    async def post(self, path: str) -> dict[str, int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return dict(json.loads(re.findall(rb"\{.*?\}", answer)[-1]))

    async def greeted(self) -> Client:
        """Return a client whose page is the newest and which has acknowledged its first frame."""
        client = await Client.open(self.port, "/ws/live/")
        client.say(json.dumps({"hello": {"epoch": "", "revision": 0}}))
        client.say(json.dumps({"ack": json.loads(await client.hear() or "{}")["revision"]}))
        return client

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "netadmin.settings", "NETADMIN_DATA_DIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "tests.push.fake_server", str(port)], env=environment)
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        with sockets.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield FakeServer(process, port)
    process.terminate()
    process.wait(DEADLINE_S)


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
    clients = [await server.greeted() for _ in range(CLIENTS)]
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
    other = await server.greeted()
    stalled = [await server.greeted() for _ in range(50)]
    for client in stalled:
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    before_mb = server.memory_mb()

    async with asyncio.timeout(3 * DEADLINE_S):
        waiting = asyncio.ensure_future(until_revision(other, 201))
        await server.post("/change?n=7&times=200")
        await waiting

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
