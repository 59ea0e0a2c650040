"""What a terminal's thread says, brought to the event loop and sent in order."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from networks.actions.terminals.asked import End
from networks.push.delivery import Send
from networks.push.terminal.wire import code_of, write_end, write_text

Message = dict[str, Any]


class Conversation:
    """See Listener. Made on the event loop; what is queued is bounded by the credit that the browser gave."""

    def __init__(self, send: Send, opened: Message) -> None:
        """`opened`: what the browser is told once the terminal is there."""
        self._send = send
        self._opened = opened
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue()
        self._is_lost = False

    def on_open(self) -> None:
        """It is open."""
        self._put({"type": "websocket.send", "text": write_text(opened=self._opened)})

    def on_output(self, content: bytes) -> None:
        """Bytes of the process."""
        self._put({"type": "websocket.send", "bytes": content})

    def on_taken(self, count: int) -> None:
        """So many bytes of the person's have gone to the process."""
        self._put({"type": "websocket.send", "text": write_text(taken=count)})

    def on_idle(self, left_s: int) -> None:
        """It ends in so many seconds unless somebody types."""
        self._put({"type": "websocket.send", "text": write_text(idle=left_s)})

    def on_end(self, end: End) -> None:
        """It is over."""
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
