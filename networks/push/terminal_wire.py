"""What a terminal's browser may say besides keys, and what it is told besides output. Pure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from networks.actions.terminals.asked import EndReason, TerminalEnd
from networks.engine.specs import MOST_CELLS, ScreenSize
from networks.push.delivery import Send
from networks.push.protocol import Close

MAX_TEXT_LENGTH = 4096
# A paste goes in pieces; the page waits for "taken" before the next.
MAX_KEYS_LENGTH = 64 * 1024
_MOST_CREDIT = 2**31

_CODES = {
    EndReason.IDLE: Close.IDLE,
    EndReason.REVOKED: Close.FORBIDDEN,
    EndReason.LOGGED_OUT: Close.LOG_IN,
    EndReason.STOPPING: Close.RESTARTING,
    EndReason.FLOODED: Close.MALFORMED,
}


@dataclass(frozen=True, slots=True)
class Open:
    """Begin this. `fields`: of the form, as typed."""

    fields: Mapping[str, str]
    size: ScreenSize


@dataclass(frozen=True, slots=True)
class OutputShown:
    """So many bytes more were shown: as many may follow."""

    count: int


def read_text(text: str | None) -> Open | OutputShown | ScreenSize | None:
    """Return what a message says, None when it is none of ours."""
    if text is None or len(text) > MAX_TEXT_LENGTH:
        return None
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    match content:
        case {"open": {"columns": int(columns), "rows": int(rows), **fields}} if _is_size(columns, rows):
            if all(isinstance(value, str) for value in fields.values()):
                return Open({str(name): str(value) for name, value in fields.items()}, ScreenSize(columns, rows))
        case {"size": {"columns": int(columns), "rows": int(rows)}} if _is_size(columns, rows):
            return ScreenSize(columns, rows)
        case {"shown": int(count)} if not isinstance(count, bool) and 0 < count <= _MOST_CREDIT:
            return OutputShown(count)
    return None


def write_text(**members: Any) -> str:
    return orjson.dumps(members).decode()


def write_end(end: TerminalEnd) -> str:
    """Return the last message before a terminal's socket closes."""
    return write_text(end={"why": str(end.why), "exit_code": end.exit_code, "sentence": end.sentence})


def code_of(end: TerminalEnd) -> Close:
    return _CODES.get(end.why, Close.OVER)


def _is_size(columns: int, rows: int) -> bool:
    is_whole = not isinstance(columns, bool) and not isinstance(rows, bool)
    return is_whole and 1 <= columns <= MOST_CELLS and 1 <= rows <= MOST_CELLS


Message = dict[str, Any]


class TerminalSocket:
    """See session.TerminalListener. Made on the event loop; what is queued is bounded by the credit that the browser gave."""

    def __init__(self, send: Send, opened: Message) -> None:
        """`opened`: what the browser is told once the terminal is there."""
        self._send = send
        self._opened = opened
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue()
        self._is_lost = False

    def on_open(self) -> None:
        self._put({"type": "websocket.send", "text": write_text(opened=self._opened)})

    def on_output(self, content: bytes) -> None:
        self._put({"type": "websocket.send", "bytes": content})

    def on_taken(self, count: int) -> None:
        """So many bytes of the person's have gone to the process."""
        self._put({"type": "websocket.send", "text": write_text(taken=count)})

    def on_idle(self, left_s: int) -> None:
        """It ends in so many seconds unless somebody types."""
        self._put({"type": "websocket.send", "text": write_text(idle=left_s)})

    def on_end(self, end: TerminalEnd) -> None:
        self._put({"type": "websocket.send", "text": write_end(end)})
        self._put({"type": "websocket.close", "code": int(code_of(end))})
        self._put(None)

    async def pass_on(self) -> None:
        """Send what comes, in order, until the end. Never raises: a browser that has gone misses it."""
        while (message := await self._queue.get()) is not None:
            if self._is_lost:
                continue
            try:
                await self._send(message)
            except (RuntimeError, OSError):
                self._is_lost = True

    def _put(self, message: Message | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody is left
            self._loop.call_soon_threadsafe(self._queue.put_nowait, message)
