"""A real daphne that serves a hub's view of a made-up world: `python -m tests.push.fake_server PORT`.

`/ws/live/` is a live socket with no login; `/ws/bare/` a bare ASGI application that only passes on, to measure against. POST
`/change?n=1&times=1` changes a row and tells the hub, `/bare?size=900` sends so many bytes to every bare socket, `/stop` ends.
Each answers with JSON: the number of open sockets, and the world's revision.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qsl

import django
from daphne.server import Server
from daphne.server import twisted_loop as loop

django.setup()

from networks.push.delivery import Socket  # noqa: E402  models need django.setup()
from networks.push.drawer import GATHER_S  # noqa: E402
from networks.push.protocol import read_message  # noqa: E402
from networks.push.registry import Hub  # noqa: E402
from tests.push.world import KEY, World  # noqa: E402

Receive = Any
Send = Any


class FakeSite:
    """The ASGI application."""

    def __init__(self) -> None:
        self.world = World()
        self.world.rows = {f"{number:03}": 1 for number in range(500)}
        self.hub = Hub(self.world.draw, self.world.read_revision)
        self.bare: set[Send] = set()
        self.server: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["path"].startswith("/ws/bare/"):
            await self._bare(receive, send)
        else:
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        socket = Socket(KEY, 1, str(id(send)), send, opened_at=time.monotonic())
        try:
            await self.hub.join(socket)
            while (event := await receive())["type"] == "websocket.receive":
                await self.hub.hear(socket, read_message(event.get("text")))
        finally:
            await self.hub.leave(socket)

    async def _bare(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.bare.add(send)
        while (await receive())["type"] == "websocket.receive":
            pass
        self.bare.discard(send)

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        query = dict(parse_qsl(scope["query_string"].decode()))
        if scope["path"] == "/change":
            name = f"{int(query.get('n', 0)):03}"
            for _ in range(int(query.get("times", 1))):
                self.world.change(**{name: self.world.revision + 1})
                self.hub.note_change("local")
                await asyncio.sleep(GATHER_S)
        elif scope["path"] == "/bare":
            message = {"type": "websocket.send", "text": "x" * int(query["size"])}
            for bare_send in tuple(self.bare):
                await bare_send(message)
        elif scope["path"] == "/stop":
            await self.hub.close_all()
            self.server.stop()
        body = json.dumps({"sockets": len(self.hub.people()), "revision": self.world.revision}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    asyncio.set_event_loop(loop)
    site = FakeSite()
    site.server = Server(site, endpoints=[f"tcp:port={int(sys.argv[1])}:interface=127.0.0.1"], verbosity=0)
    site.server.run()
