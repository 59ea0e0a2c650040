"""The outermost layer of what daphne serves: sockets from our own pages only, and no header that daphne believes (rule S7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from django.conf import settings

from networks.policy.origins import is_admitted, read_approach

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = structlog.get_logger(__name__)

# daphne takes a client's word for where the application is mounted, and Django would build its addresses from it.
_BELIEVED_BY_DAPHNE = b"daphne-root-path"


class Gate:
    """Wraps an ASGI application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; a socket that may not is refused before the handshake."""
        if scope["type"] in ("http", "websocket"):
            headers = [(name, value) for name, value in scope["headers"] if name.lower() != _BELIEVED_BY_DAPHNE]
            scope = {**scope, "headers": headers, "root_path": ""}
        if scope["type"] == "websocket" and not _is_ours(scope):
            await refuse_socket(scope, receive, send)
            return
        await self.application(scope, receive, send)


async def refuse_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Close before the handshake, which the browser sees as 403."""
    await receive()
    await send({"type": "websocket.close", "code": 4003})


def _is_ours(scope: Scope) -> bool:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = (scope.get("client") or ("",))[0]
    approach = read_approach(headers, client, settings.NETADMIN_TRUSTED_PROXIES)
    if is_admitted(approach, settings.NETADMIN_ALLOWED_ORIGINS, needs_origin=True):
        return True
    logger.warning("socket_refused", host=approach.host, origin=approach.origin, forwarded=approach.forwarded)
    return False
