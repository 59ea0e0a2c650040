"""A real daphne that serves a hub's view of a made-up world: `python -m tests.push.fake_server PORT`.

Sockets: `/ws/live/` is a live one with no login, `/ws/bare/` an application that only passes on, to measure against.
GET `/page` is a page of that world. POST does: `/change?n=1&times=1` (a row, several times), `/set?rows={"a":2,"b":null}`
(and `state=stale`, `reversed=1`, `padding=9000` characters a row, `figures=~5`), `/only?rows=…` (quietly),
`/bare?size=900` (to bare sockets), `/close?code=4003`, `/stop`; the answer counts sockets and names the revision.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import django
from daphne.server import Server
from daphne.server import twisted_loop as loop

django.setup()

from networks.push.delivery import Socket  # noqa: E402  models need django.setup()
from networks.push.drawer import GATHER_S  # noqa: E402
from networks.push.protocol import Close, read_message  # noqa: E402
from networks.push.registry import Hub  # noqa: E402
from tests.push.world import KEY, World  # noqa: E402

Receive = Any
Send = Any

ROOT = Path(__file__).parents[2]
# What live.js and the real pages share: ids, classes, htmx's settings. Rows stand apart by white space, as in a template.
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Networks</title>
<link id="favicon" rel="icon" href="/live.svg"
data-live="/live.svg" data-stale="/stale.svg" data-disconnected="/disconnected.svg">
<meta name="htmx-config" content='{{"includeIndicatorCSS": false, "ws": {{"reconnectCodes": [1000, 1001, 1005, 1006, 4008, 4009],
"reconnectDelay": 100, "reconnectMaxDelay": 500, "pauseOnBackground": false}}}}'>
<script type="module" src="/static/js/live.js"></script><script src="/static/vendor/htmx-ws.min.js" defer></script></head>
<body>{engine_state}
<div id="live" hidden hx-ws:connect="/ws/live/" data-epoch="e" data-revision="{revision}"></div>
<div id="not-live" hidden>This page is not live.</div><div id="not-allowed" hidden>You may not.</div>
<main id="main" tabindex="-1">{lede}<fieldset class="when-live"><table><tbody id="network-rows">
{rows}
</tbody></table></fieldset></main></body></html>"""


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
        path, query = scope["path"], dict(parse_qsl(scope["query_string"].decode()))
        if path.startswith("/static/"):
            await answer(send, (ROOT / path[1:]).read_bytes(), "text/javascript")
        elif path == "/page":
            await answer(send, self._page().encode(), "text/html; charset=utf-8")
        else:
            await self._act(path, query)
            state = {"sockets": len(self.hub.people()), "revision": self.world.revision}
            await answer(send, json.dumps(state).encode(), "application/json")

    async def _act(self, path: str, query: dict[str, str]) -> None:
        match path:
            case "/change":
                for _ in range(int(query.get("times", 1))):
                    self.world.change(**{f"{int(query['n']):03}": self.world.revision + 1})
                    self.hub.note_change("local")
                    await asyncio.sleep(GATHER_S)
            case "/set":
                self.world.state = query.get("state", self.world.state)
                self.world.padding = int(query.get("padding", 0))
                self.world.is_reversed = "reversed" in query
                self.world.figures = query.get("figures", "")
                self.world.change(**json.loads(query.get("rows", "{}")))
                self.hub.note_change("local")
            case "/only":
                self.world.rows = json.loads(query["rows"])
            case "/bare":
                message = {"type": "websocket.send", "text": "x" * int(query["size"])}
                for bare_send in tuple(self.bare):
                    await bare_send(message)
            case "/close":
                for socket in self.hub.people():
                    await socket.close(Close(int(query["code"])))
            case "/stop":
                await self.hub.close_all()
                self.server.stop()

    def _page(self) -> str:
        screen = self.world.screen()
        rows = "\n".join(row.html for row in screen.regions["network-rows"])
        return PAGE.format(
            revision=screen.revision, rows=rows, **{name.replace("-", "_"): html for name, html in screen.parts.items()}
        )


async def answer(send: Send, body: bytes, kind: str) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-security-policy", b"default-src 'self'; style-src 'self'")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    asyncio.set_event_loop(loop)
    site = FakeSite()
    site.server = Server(site, endpoints=[f"tcp:port={int(sys.argv[1])}:interface=127.0.0.1"], verbosity=0)
    site.server.run()
