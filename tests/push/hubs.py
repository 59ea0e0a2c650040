"""Sockets to a hub with no server, no person and no database between."""

from __future__ import annotations

import time

from networks.partials.screen import ScreenKey
from networks.push.delivery import Socket
from networks.push.protocol import read_message
from networks.push.registry import Hub
from tests.push.wire import Wire
from tests.push.world import KEY, World


def open_socket(hub: Hub, key: ScreenKey = KEY, session_id: str = "s") -> Wire:
    async def serve(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await receive()
        socket = Socket(key, 1, session_id, send, opened_at=time.monotonic())
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
