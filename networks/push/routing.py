"""Which addresses are sockets. Who gets here has been checked for Host and Origin, and has `user` and `session` in the scope."""

from __future__ import annotations

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from networks.actions.terminals.registry import terminals
from networks.partials.screens import has_screen
from networks.push.consumers import LiveConsumer, Receive, Scope
from networks.push.delivery import Send
from networks.push.hub import hub, watch
from networks.push.protocol import Close
from networks.push.terminal_consumer import TerminalConsumer


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Close what no page opens: accepted first, since a browser that was never let in would try again for ever."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(Close.FORBIDDEN)})


# Django's own patterns, which Channels resolves; their types know HTTP views only.
_route: Any = re_path

terminal = TerminalConsumer(terminals)
live = LiveConsumer(hub, watch, has_screen)

# Ids as Docker writes them: anything else is no address of ours
websocket_routes = [
    _route(r"^ws/live/(?P<page>[a-z_]{1,40})/(?P<engine_slug>[-a-zA-Z0-9_]{1,40})/$", live),
    _route(r"^ws/live/(?P<page>[a-z_]{1,40})/(?P<engine_slug>[-a-zA-Z0-9_]{1,40})/(?P<docker_id>[a-z0-9]{1,128})/$", live),
    _route(r"^ws/terminal/(?P<engine_slug>[-a-zA-Z0-9_]{1,40})/(?P<docker_id>[a-f0-9]{64})/$", terminal),
    _route(r"", refuse),
]

websocket_application = URLRouter(websocket_routes)
