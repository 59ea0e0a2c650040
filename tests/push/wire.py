"""A browser's end of a consumer, without a server between them: says and gets messages of the ASGI protocol."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.patience import within

DEADLINE_S = within(5)


class Wire:
    """One socket to an ASGI application.

    `frames`: decoded texts that came; `output`: bytes that came. `code`: with what it was closed, None while open.
    """

    def __init__(self, application: Callable[..., Awaitable[None]], scope: dict[str, Any]) -> None:
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._changed = asyncio.Event()
        self.frames: list[dict[str, Any]] = []
        self.code: int | None = None
        self.output = bytearray()
        self.is_accepted = False
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(application(scope, self._inbox.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.accept":
                self.is_accepted = True
            case "websocket.send":
                if message.get("bytes") is not None:
                    self.output += message["bytes"]
                else:
                    self.frames.append(json.loads(message["text"]))
            case "websocket.close":
                self.code = message["code"]
                self._inbox.put_nowait({"type": "websocket.disconnect", "code": self.code})
        self._changed.set()

    def say(self, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    def type(self, keys: bytes) -> None:
        self._inbox.put_nowait({"type": "websocket.receive", "bytes": keys})

    def greet(self, epoch: str, revision: int, **more: object) -> None:
        self.say({"hello": {"epoch": epoch, "revision": revision, **more}})

    def acknowledge(self) -> None:
        self.say({"ack": self.frames[-1]["revision"]})

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something that came makes the condition true; fails at the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), max(0.0, deadline - time.monotonic()))

    async def until_now(self, condition: Callable[[], object]) -> None:
        """Wait until something elsewhere makes the condition true; fails at the deadline."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                await asyncio.sleep(0.005)

    async def frame(self, number: int) -> dict[str, Any]:
        """Return the frame of this number (the first is 1), once it is here."""
        await self.until(lambda: len(self.frames) >= number)
        return self.frames[number - 1]

    async def closed(self) -> int | None:
        """Return the close code, once it is closed."""
        await self.until(lambda: self.code is not None)
        return self.code

    async def hang_up(self) -> None:
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await self._task
