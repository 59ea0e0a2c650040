"""The consumer of live pages: admits a browser, then listens to it. What it sends comes from the hub."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from networks.partials.screen import ScreenKey, is_across
from networks.policy.login.store import row_key_of
from networks.policy.permissions import (
    Denied,
    Permission,
    Person,
    is_superuser,
    permissions_by_engine,
    permissions_of,
    require,
    write_reach,
    write_rights,
)
from networks.push.delivery import Send, Socket
from networks.push.protocol import Close, read_message
from networks.push.registry import Hub
from networks.push.rights_watch import Watch
from networks.queries.engines import list_slugs, read_engine

MAX_QUERY_LENGTH = 2000

Receive = Callable[[], Awaitable[dict[str, Any]]]
Scope = dict[str, Any]

log = structlog.get_logger()


class LiveConsumer:
    """An ASGI application: one call is one socket. Every one needs `view` on its Engine.

    Channels' own consumer base makes two tasks and a hop to a thread per message (to close database connections); with hundreds
    of browsers that acknowledge each frame this would cost more than the frames.
    """

    permission = Permission.VIEW

    def __init__(self, hub: Hub, watch: Watch, has_screen: Callable[[str], bool]) -> None:
        self._hub = hub
        self._watch = watch
        self._has_screen = has_screen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it ends. Accepted before it is refused: a browser learns the close code of an open one only."""
        with self._hub.place_for(getattr(scope.get("user"), "pk", None) or 0) as has_place:
            await self._serve(scope, receive, send, has_place=has_place)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, has_place: bool) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        admitted = await self._admit(scope, has_place=has_place)
        if isinstance(admitted, Close):
            log.info("socket_refused", path=scope["path"], code=int(admitted))
            await send({"type": "websocket.close", "code": int(admitted)})
            return
        socket = Socket(admitted, scope["user"].pk, row_key_of(scope["session"].session_key), send, opened_at=time.monotonic())
        if not self._watch.ident:
            self._watch.start()
        try:
            await self._hub.join(socket)
            while (event := await receive())["type"] == "websocket.receive":
                await self._hub.hear(socket, read_message(event.get("text")))
        finally:
            await self._hub.leave(socket)

    async def _admit(self, scope: Scope, *, has_place: bool) -> ScreenKey | Close:
        person = scope.get("user") or AnonymousUser()
        route = scope["url_route"]["kwargs"]
        query = scope.get("query_string", b"").decode("ascii", "replace")
        if not person.is_authenticated:
            return Close.LOG_IN
        if not self._has_screen(route.get("page", "")) or len(query) > MAX_QUERY_LENGTH:
            return Close.FORBIDDEN
        if not has_place:
            return Close.TOO_MANY
        rights = await database_sync_to_async(rights_on)(person, route["engine_slug"])
        if rights is None:
            return Close.FORBIDDEN
        language, own_query = split_query(query)
        page, docker_id = route["page"], route.get("docker_id", "")
        reach = await database_sync_to_async(reach_of_socket)(person) if is_across(page, docker_id) else ""
        return ScreenKey(page, route["engine_slug"], docker_id, own_query, language, rights, reach)


def rights_on(person: Person, engine_slug: str) -> str | None:
    """Return what this person may do on an Engine, sorted and joined by ","; None when there is no such Engine for them."""
    try:
        require(person, LiveConsumer.permission, engine_slug)
    except Denied:
        return None
    if read_engine(engine_slug) is None:
        return None
    return write_rights(permissions_of(person, engine_slug))


def reach_of_socket(person: Person) -> str:
    """Return of which Engines a page across them shows this person something. Two queries."""
    slugs = list_slugs()
    seen = [slug for slug, may in permissions_by_engine(person, slugs).items() if Permission.VIEW in may]
    return write_reach(seen, is_superuser=is_superuser(person))


def split_query(query: str) -> tuple[str, str]:
    """Return the language, of those that we speak, and the page's own query as `socket_url` got it."""
    pairs = parse_qsl(query, keep_blank_values=True)
    spoken = dict(settings.LANGUAGES)
    language = next((value for name, value in pairs if name == "lang" and value in spoken), settings.LANGUAGE_CODE)
    return language, urlencode([(name, value) for name, value in pairs if name != "lang"])
