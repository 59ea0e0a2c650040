"""The consumer of terminals: admits a browser, opens what it asks for, and hands on what it types."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from networks.actions.actors import Actor
from networks.actions.terminals.asked import EndReason, TerminalRequest
from networks.actions.terminals.registry import Terminals, TooManyTerminals, terminals
from networks.actions.terminals.session import TerminalSession
from networks.engine.cli import exec_command
from networks.engine.specs import ScreenSize
from networks.forms.terminal import TerminalForm
from networks.models import Engine
from networks.policy.accounts import has_typed_password
from networks.policy.denials import record_denied
from networks.policy.login.store import row_key_of
from networks.policy.permissions import Denied, Permission, require
from networks.policy.protection import protection_of
from networks.push.consumers import Receive, Scope, split_query
from networks.push.delivery import Send
from networks.push.protocol import Close
from networks.push.terminal_wire import MAX_KEYS_LENGTH, Open, OutputShown, TerminalSocket, read_text, write_text
from networks.queries.containers import read_container_row

ASKED_WITHIN_S = 10.0
_CLOSED_WITHIN_S = 1.0
_GONE = object()

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    actor: Actor
    session_id: str
    engine: Engine
    container_id: str
    container_name: str


class TerminalConsumer:
    """An ASGI application: one call is one terminal."""

    permission = Permission.TERMINAL

    def __init__(self, registry: Terminals) -> None:
        self._terminals = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it ends. Accepted before it is refused: a browser learns the close code of an open one only."""
        await receive()
        await send({"type": "websocket.accept"})
        admitted = await database_sync_to_async(admit)(scope)
        if isinstance(admitted, Close):
            log.info("terminal_refused", path=scope["path"], code=int(admitted))
            await send({"type": "websocket.close", "code": int(admitted)})
            return
        wanted = await _first(receive)
        if wanted is _GONE:
            return
        if not isinstance(wanted, Open):
            await send({"type": "websocket.close", "code": int(Close.MALFORMED)})
            return
        language, _query = split_query(scope.get("query_string", b"").decode("ascii", "replace"))
        form, faults = _read_form(wanted, language)
        if faults:
            await send({"type": "websocket.send", "text": write_text(faults=faults)})
            await send({"type": "websocket.close", "code": int(Close.OVER)})
            return
        await self._serve(_asked(admitted, form, wanted.size, language), receive, send)

    async def _serve(self, asked: TerminalRequest, receive: Receive, send: Send) -> None:
        command = exec_command(asked.container_name, asked.container_id, asked.command, asked.user)
        conversation = TerminalSocket(send, {"command": command})
        try:
            session = self._terminals.open(asked, conversation)
        except TooManyTerminals:
            await send({"type": "websocket.close", "code": int(Close.TOO_MANY)})
            return
        passing_on = asyncio.ensure_future(conversation.pass_on())
        try:
            while (event := await receive())["type"] == "websocket.receive":
                _hear(session, event)
        finally:
            session.end(EndReason.GONE)
            await asyncio.wait([passing_on], timeout=_CLOSED_WITHIN_S)
            passing_on.cancel()


def admit(scope: Scope) -> Admitted | Close:
    """Return who opens a terminal in what, or why they may not. Reads the database, never the Engine."""
    person = scope.get("user") or AnonymousUser()
    route = scope["url_route"]["kwargs"]
    slug, container_id = route["engine_slug"], route["docker_id"]
    if not person.is_authenticated:
        return Close.LOG_IN
    address = str((scope.get("client") or ("",))[0])
    try:
        require(person, TerminalConsumer.permission, slug)
    except Denied as denied:
        record_denied(person, denied, verb="open_terminal", docker_id=container_id, from_address=address)
        return Close.FORBIDDEN
    engine, title = Engine.objects.filter(slug=slug).first(), read_container_row(slug, container_id)
    if engine is None or title is None or settings.NETADMIN_READ_ONLY:
        return Close.FORBIDDEN
    if container_id in protection_of(slug).containers:
        return Close.FORBIDDEN
    if not has_typed_password(person, scope["session"]):
        return Close.PASSWORD
    actor = Actor(person.get_username(), person.pk, address)
    return Admitted(actor, row_key_of(scope["session"].session_key), engine, container_id, title.name)


async def close_terminals(within_s: float) -> None:
    """Close every terminal of this process (4009), end what runs in them, and wait, so long at most."""
    await asyncio.to_thread(terminals.stop, within_s)


async def _first(receive: Receive) -> object:
    """Return what the browser asks for, _GONE when it left, None when it says nothing for long, or something else."""
    try:
        event: dict[str, Any] = await asyncio.wait_for(receive(), ASKED_WITHIN_S)
    except TimeoutError:
        return None
    return _GONE if event["type"] == "websocket.disconnect" else read_text(event.get("text"))


def _read_form(wanted: Open, language: str) -> tuple[TerminalForm, dict[str, str]]:
    form = TerminalForm(dict(wanted.fields))
    with translation.override(language):
        form.is_valid()
        return form, {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}


def _hear(session: TerminalSession, event: dict[str, Any]) -> None:
    keys = event.get("bytes")
    if keys is not None and len(keys) <= MAX_KEYS_LENGTH:
        session.give(keys)
        return
    match read_text(event.get("text")):
        case OutputShown(count):
            session.credit(count)
        case ScreenSize() as size:
            session.resize(size)
        case _:
            session.end(EndReason.FLOODED)


def _asked(admitted: Admitted, form: TerminalForm, size: ScreenSize, language: str) -> TerminalRequest:
    return TerminalRequest(
        admitted.actor,
        admitted.session_id,
        admitted.engine,
        admitted.container_id,
        admitted.container_name,
        form.words(),
        form.cleaned_data["user"],
        size,
        language,
    )
