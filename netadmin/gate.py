"""The outermost layer of what daphne serves: sockets from our own pages only, and no header that daphne believes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from secrets import token_hex
from typing import Any

import structlog
from django.conf import settings
from structlog.contextvars import bind_contextvars

from networks.policy.origins import Approach, is_admitted, read_approach

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

logger = structlog.get_logger(__name__)

# daphne takes a client's word for where the application is mounted, and Django would build its addresses from it.
_BELIEVED_BY_DAPHNE = b"daphne-root-path"

_REQUEST_ID = b"x-request-id"
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


class Gate:
    """Wraps an ASGI application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; a socket that may not is refused before the handshake."""
        if scope["type"] in ("http", "websocket"):
            headers = [(name, value) for name, value in scope["headers"] if name.lower() != _BELIEVED_BY_DAPHNE]
            scope = {**scope, "headers": headers, "root_path": settings.NETADMIN_PREFIX, **_without_nul(scope)}
            # Each request has a task, and so a context, of its own: threads that Django runs for it have a copy.
            request_id = _request_id_of(headers)
            bind_contextvars(request_id=request_id)
            send = _answering(send, request_id)
        if scope["type"] == "websocket":
            approach = _approach_of(scope)
            is_ours = not settings.NETADMIN_PREFIX or scope["path"].startswith(f"{settings.NETADMIN_PREFIX}/")
            if not is_ours or not is_admitted(approach, settings.NETADMIN_ALLOWED_ORIGINS, needs_origin=True):
                logger.warning("socket_refused", host=approach.host, origin=approach.origin, forwarded=approach.forwarded)
                await refuse_socket(scope, receive, send)
                return
            # What is written down of a terminal is the person's address, not the proxy's.
            scope = {**scope, "client": (approach.client, 0)}
        await self.application(scope, receive, send)


def _request_id_of(headers: list[tuple[bytes, bytes]]) -> str:
    """Return what a trusted proxy calls a request, where that is a word that lines can bear; else a new one."""
    if settings.NETADMIN_TRUSTED_PROXIES:
        told = [value.decode("latin-1") for name, value in headers if name.lower() == _REQUEST_ID]
        if len(told) == 1 and _PLAIN_ID.fullmatch(told[0]):
            return told[0]
    return token_hex(8)


def _answering(send: Send, request_id: str) -> Send:
    """Return a `send` that also tells which request is answered."""

    async def tell(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (_REQUEST_ID, request_id.encode())]}
        await send(message)

    return tell


def _without_nul(scope: Scope) -> Scope:
    """Return path and query with U+FFFD for NUL, which no name of anything has, and which PostgreSQL takes in no text."""
    path, query = scope.get("path", ""), scope.get("query_string", b"")
    if "\0" not in path and b"%00" not in query:
        return {}
    return {"path": path.replace("\0", "\ufffd"), "query_string": query.replace(b"%00", b"%EF%BF%BD")}


async def refuse_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Close before the handshake, which the browser sees as 403."""
    await receive()
    await send({"type": "websocket.close", "code": 4003})


def _approach_of(scope: Scope) -> Approach:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = (scope.get("client") or ("",))[0]
    return read_approach(headers, client, settings.NETADMIN_TRUSTED_PROXIES)
