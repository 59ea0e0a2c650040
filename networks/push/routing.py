"""Which addresses are sockets, this process's hub, and what wakes it. Who gets here has been checked for Host and Origin."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.routing import URLRouter
from django.dispatch import receiver
from django.urls import re_path

from networks.actions.terminals.registry import terminals
from networks.partials.framed import beside_of
from networks.partials.screen import ScreenKey
from networks.partials.screens import draw_screen, has_screen
from networks.policy.socket_rights import rights_changed
from networks.push.consumers import LiveConsumer, Receive, Scope
from networks.push.delivery import Send
from networks.push.protocol import Close
from networks.push.registry import Hub
from networks.push.rights_watch import Watch
from networks.push.terminal_consumer import TerminalConsumer, close_terminals
from networks.queries.engines import read_engine
from networks.sync.attention import HOST_PAGES
from networks.sync.signals import engine_changed, host_changed


def read_revision(key: ScreenKey) -> tuple[str, int]:
    """Return the epoch, with what the page shows besides, and the revision that a screen would have now. One query."""
    row = read_engine(key.engine_slug)
    return (row.epoch + beside_of(key), row.revision) if row else ("", 0)


TERMINALS_WITHIN_S = 2.8

hub = Hub(draw_screen, read_revision)
watch = Watch(hub, read_engine)


async def close_all_sockets() -> None:
    """Close every socket (4009) and wait until the browsers have gone, 3 s at most; await it before the reactor stops.

    Terminals end with their processes, at the same time.
    """
    await asyncio.gather(hub.close_all(), close_terminals(TERMINALS_WITHIN_S))


@receiver(engine_changed, dispatch_uid="push hub")
def _wake_drawer(engine_slug: str, **_more: object) -> None:
    hub.note_change(engine_slug)


@receiver(host_changed, dispatch_uid="push hub")
def _wake_drawer_of_the_host(engine_slug: str, **_more: object) -> None:
    hub.note_change(engine_slug, HOST_PAGES)


@receiver(rights_changed, dispatch_uid="push watch")
def _wake_watch(**_more: object) -> None:
    watch.wake()
    terminals.look_now()


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Close what no page opens: accepted first, since a browser that was never let in would try again for ever."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(Close.FORBIDDEN)})


# Django's own patterns, which Channels resolves; their types know HTTP views only.
_route: Any = re_path

terminal = TerminalConsumer(terminals)
live = LiveConsumer(hub, watch, has_screen)

# Ids as Docker writes them: anything else is no address of ours. The scope has `user` and `session` by now.
websocket_routes = [
    _route(r"^ws/live/(?P<page>[a-z_]{1,40})/(?P<engine_slug>[-a-zA-Z0-9_]{1,40})/$", live),
    _route(r"^ws/live/(?P<page>[a-z_]{1,40})/(?P<engine_slug>[-a-zA-Z0-9_]{1,40})/(?P<docker_id>[a-z0-9]{1,128})/$", live),
    _route(r"^ws/terminal/(?P<engine_slug>[-a-zA-Z0-9_]{1,40})/(?P<docker_id>[a-f0-9]{64})/$", terminal),
    _route(r"", refuse),
]

websocket_application = URLRouter(websocket_routes)
