"""The registry of open sockets in this process: who looks at what, and how frames get there."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterator
from typing import Any

from networks.partials.screen import ScreenKey
from networks.push.delivery import Socket
from networks.push.drawer import GATHER_S, Drawer, DrawScreen, ReadRevision
from networks.push.protocol import Ack, Close, Hello
from networks.push.view import CatchUp, HeldPicture, LiveView, PictureStep

# A person with more pages open than this has left them somewhere; an account that is stolen can't fill the server.
MAX_SOCKETS_PER_PERSON = 50
MAX_SOCKETS = 2000
LOOK_EVERY_S = 1.0


class Hub:
    """Knows every open socket. Its coroutines run on one event loop; `note_change`, `people`, `revoke` in any thread.

    It holds no messages. Each socket knows the number of the picture that it holds; a step goes to those that hold the picture
    before it, and who fell behind gets one difference when it has acknowledged what it got.
    """

    def __init__(self, draw: DrawScreen, read_revision: ReadRevision, *, gather_s: float = GATHER_S) -> None:
        self.drawer = Drawer(draw, read_revision, self._hand_over, gather_s=gather_s)
        self._views: dict[Socket, LiveView] = {}
        self._places: Counter[int] = Counter()  # by person; the event loop's alone
        self._lock = threading.Lock()  # around _views, which the watch reads in its thread
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deliveries: asyncio.Queue[PictureStep | CatchUp] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False

    def note_change(self, engine_slug: str, pages: Collection[str] | None = None) -> None:
        """Wake whoever draws this Engine's views, those of these pages alone where some are given. Returns at once."""
        self.drawer.note_change(engine_slug, pages)

    def people(self) -> list[Socket]:
        with self._lock:
            return [socket for socket in self._views if not socket.is_closed]

    @contextlib.contextmanager
    def place_for(self, user_id: int) -> Iterator[bool]:
        """Hold a place for one socket more of this person; False: they, or this server, have as many as there may be.

        It is taken at once, before whoever asks waits for anything: a hundred that come together are counted one by one.
        """
        has_place = self._places.total() < MAX_SOCKETS and self._places[user_id] < MAX_SOCKETS_PER_PERSON
        self._places[user_id] += has_place
        try:
            yield has_place
        finally:
            self._places[user_id] -= has_place
            if not self._places[user_id]:
                del self._places[user_id]

    async def join(self, socket: Socket) -> None:
        """Let a socket in; it gets nothing before its hello."""
        if self._is_closing:
            await socket.close(Close.RESTARTING)
            return
        if not self._views:
            self._loop = asyncio.get_running_loop()
            self._deliveries = asyncio.Queue()
            self._start(self._deliver_all())
            self._start(self._look_for_overdue())
        view = self.drawer.view_of(socket.key)
        view.sockets.add(socket)
        with self._lock:
            self._views[socket] = view

    async def leave(self, socket: Socket) -> None:
        socket.is_closed = True
        with self._lock:
            view = self._views.pop(socket, None)
        if view:
            view.sockets.discard(socket)
            view.left_at = time.monotonic()
        if not self._views:
            for task in self._tasks:
                task.cancel()

    async def hear(self, socket: Socket, message: Hello | Ack | None) -> None:
        view = self._views.get(socket)
        if view is None or socket.is_closed:
            return
        match message:
            case Hello() if not socket.has_said_hello:
                socket.has_said_hello = True
                self._ask(view, HeldPicture(socket, hello=message))
            case Ack() if socket.has_said_hello:
                now = time.monotonic()
                socket.acknowledge(message.revision, now=now)
                if socket.backlog:
                    await socket.drain(now=now)
                self._ask_if_behind(view, socket)
            case _:
                await socket.close(Close.MALFORMED)

    def revoke(self, socket: Socket, code: Close) -> None:
        self._call(lambda: self._start(socket.close(code)))

    def move(self, socket: Socket, key: ScreenKey) -> None:
        """Let a socket see another screen from now on, from any thread: its rights changed, and it gets that screen whole."""
        self._call(lambda: self._move(socket, key))

    async def close_all(self, code: Close = Close.RESTARTING, *, patience_s: float = 3.0) -> None:
        """Close every socket, let no more in, and wait until the browsers have gone."""
        self._is_closing = True
        for socket in self.people():
            await socket.close(code)
        deadline = time.monotonic() + patience_s
        while self._views and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End what runs for the sockets: tasks and thread."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.drawer.stop)

    def _ask(self, view: LiveView, claim: HeldPicture) -> None:
        claim.socket.is_waiting = True
        self.drawer.ask(view, claim)

    def _ask_if_behind(self, view: LiveView, socket: Socket) -> None:
        is_idle = not (socket.is_waiting or socket.backlog or socket.is_closed) and socket.has_room
        if is_idle and socket.position is not None and socket.position != view.latest:
            self._ask(view, HeldPicture(socket, position=socket.position))

    def _move(self, socket: Socket, key: ScreenKey) -> None:
        before = self._views.get(socket)
        if before is None or socket.is_closed or socket.key == key:
            return
        view = self.drawer.view_of(key)
        before.sockets.discard(socket)
        before.left_at = time.monotonic()
        view.sockets.add(socket)
        with self._lock:
            self._views[socket] = view
        socket.key, socket.position = key, None
        socket.backlog.clear()
        if socket.has_said_hello:
            self._ask(view, HeldPicture(socket, position=0))

    def _hand_over(self, delivery: PictureStep | CatchUp) -> None:
        self._call(lambda: self._deliveries.put_nowait(delivery))

    def _call(self, callback: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody is left
            if self._loop is not None:
                self._loop.call_soon_threadsafe(callback)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_all(self) -> None:
        """Send what the drawer made, one delivery after another: order is what makes positions true."""
        while True:
            delivery = await self._deliveries.get()
            delivery.view.latest = delivery.after
            if isinstance(delivery, PictureStep):
                await self._deliver_step(delivery)
            else:
                await self._deliver_catch_up(delivery)

    async def _deliver_step(self, step: PictureStep) -> None:
        """Send a step to every socket that holds the picture before it and has room; the others catch up when they acknowledge.

        Nothing here lets others have a turn: with one after each hundred sockets, acknowledgements of the first delayed the last
        of 500 from 1.1 to 1.7 times the time of a bare application.
        """
        now = time.monotonic()
        for socket in tuple(step.view.sockets):
            is_ready = socket.position == step.before and not socket.is_waiting and not socket.backlog
            if is_ready and socket.has_room and not socket.is_closed:
                await socket.take(step.frames, step.after, now=now)

    async def _deliver_catch_up(self, delivery: CatchUp) -> None:
        now = time.monotonic()
        for socket, frames in delivery.frames_of:
            if self._views.get(socket) is delivery.view and not socket.is_closed:
                socket.is_waiting = False
                await socket.take(frames, delivery.after, now=now)

    async def _look_for_overdue(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for socket in self.people():
                if socket.is_overdue(now=time.monotonic()):
                    await socket.close(Close.TOO_SLOW)
