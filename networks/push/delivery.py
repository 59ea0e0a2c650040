"""One open socket: how much it may be sent, what it still owes us, and when we lose patience. Lives on the event loop."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from networks.partials.screen import ScreenKey
from networks.push.protocol import Close

Send = Callable[[dict[str, Any]], Awaitable[None]]

log = structlog.get_logger()

# daphne buffers whatever a browser doesn't read, without end. So a silent one is never sent more than this: in a
# burst of 25 ms steps eight frames are 200 ms of silence; the last one may exceed the bytes by its own size, below 1 MB.
MAX_UNACKED_FRAMES = 8
MAX_UNACKED_BYTES = 400_000
# A browser that stopped taking is let go within 30 s in all; closing and the seconds between looks take the rest.
PATIENCE_S = 25.0
HELLO_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A text encoded once for all sockets that get it. `message`: what ASGI's send takes, shared, never changed."""

    message: dict[str, Any]
    revision: int
    size: int


@dataclass(eq=False, slots=True)
class Socket:
    """One browser's socket.

    `position`: the number of the picture that it holds once all that was sent has arrived; None before its hello was answered.
    `is_waiting`: a catch-up has been asked for, so steps pass it by. `backlog`: the rest of a picture that was too long for the
    window; one picture, never a queue of them.
    """

    key: ScreenKey
    user_id: int
    session_id: str
    send: Send
    opened_at: float
    has_said_hello: bool = False
    position: int | None = None
    is_waiting: bool = False
    is_closed: bool = False
    backlog: deque[Frame] = field(default_factory=deque)
    unacked: deque[tuple[int, int]] = field(default_factory=deque)
    unacked_bytes: int = 0
    silent_since: float = 0.0

    @property
    def has_room(self) -> bool:
        return len(self.unacked) < MAX_UNACKED_FRAMES and self.unacked_bytes < MAX_UNACKED_BYTES

    async def take(self, frames: Sequence[Frame], position: int, *, now: float) -> None:
        """Send the frames that lead to a picture, as far as the window allows; the rest follows the acknowledgements."""
        self.position = position
        if len(frames) == 1 and not self.backlog and self.has_room:
            await self._send(frames[0], now)
            return
        self.backlog.extend(frames)
        await self.drain(now=now)

    async def drain(self, *, now: float) -> None:
        """Send what is left of a picture, as far as the window allows."""
        while self.backlog and self.has_room and not self.is_closed:
            await self._send(self.backlog.popleft(), now)

    def acknowledge(self, revision: int, *, now: float) -> None:
        """Note that the browser has taken all up to the last frame of this revision; what was never sent is ignored."""
        last = max((index for index, (sent, _size) in enumerate(self.unacked) if sent == revision), default=-1)
        for _ in range(last + 1):
            self.unacked_bytes -= self.unacked.popleft()[1]
            self.silent_since = now

    def is_overdue(self, *, now: float) -> bool:
        """Tell whether it owes us a hello, or an acknowledgement, for too long."""
        if not self.has_said_hello:
            return now - self.opened_at > HELLO_PATIENCE_S
        return bool(self.unacked) and now - self.silent_since > PATIENCE_S

    async def close(self, code: Close) -> None:
        """Close it; nothing is sent afterwards."""
        if self.is_closed:
            return
        self.is_closed = True
        self.backlog.clear()
        await self._write({"type": "websocket.close", "code": int(code)})

    async def _send(self, frame: Frame, now: float) -> None:
        if not self.unacked:
            self.silent_since = now
        self.unacked.append((frame.revision, frame.size))
        self.unacked_bytes += frame.size
        await self._write(frame.message)

    async def _write(self, message: dict[str, Any]) -> None:
        try:
            await self.send(message)
        except (RuntimeError, OSError) as error:  # autobahn's errors are RuntimeErrors
            # Mostly it went away a moment ago. If not, it must not stay open and miss this: let it come back.
            log.info("socket_lost", page=self.key.page, error=str(error))
            self.is_closed = True
            with contextlib.suppress(RuntimeError, OSError):
                await self.send({"type": "websocket.close", "code": int(Close.TOO_SLOW)})
