"""The heartbeat: a ping every 5 s, and word at once when the socket's path is gone."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import structlog

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.sync.follow.inbox import Inbox

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.5


class Paths:
    """Looks at the paths that it was given, in a daemon thread that begins with the first of them and ends with the last."""

    def __init__(self, *, every_s: float = LOOK_EVERY_S) -> None:
        self._every_s = every_s
        self._changed = threading.Condition()
        self._watched: dict[object, tuple[str, Callable[[], None]]] = {}
        self._is_running = False

    def watch(self, owner: object, path: str, when_gone: Callable[[], None]) -> None:
        """Call `when_gone` once, in the thread, within 0.5 s of the path's being gone; it must not block."""
        with self._changed:
            self._watched[owner] = (path, when_gone)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="socket-paths", daemon=True).start()

    def forget(self, owner: object) -> None:
        """Look at this owner's path no more; harmless when nobody does."""
        with self._changed:
            self._watched.pop(owner, None)
            self._changed.notify()

    def _run(self) -> None:
        while watched := self._wait():
            for owner, (path, when_gone) in watched:
                if not os.path.exists(path):
                    self.forget(owner)
                    try:
                        when_gone()
                    except Exception:  # the others' paths are looked at all the same
                        log.exception("path_not_told", path=path)

    def _wait(self) -> list[tuple[object, tuple[str, Callable[[], None]]]]:
        with self._changed:
            self._changed.wait_for(lambda: not self._watched, self._every_s)
            self._is_running = bool(self._watched)  # in the same turn of the lock: whoever comes next starts another
            return list(self._watched.items())


paths = Paths()


PING_EVERY_S = 5.0
MISSES = 2  # 5 s until the ping, twice its deadline of 3 s: 11 s at worst


class Heartbeat:
    """Tells the worker that the Engine lives, or that it is gone; ends at the first word of its being gone."""

    def __init__(
        self, name: str, url: str, make_client: Callable[[], EngineClient], inbox: Inbox, give_up: Callable[[], None]
    ) -> None:
        self._name = name
        self._path = url.removeprefix("unix://") if url.startswith("unix://") else ""
        self._make_client = make_client
        self._inbox = inbox
        self._give_up = give_up
        self._stopped = threading.Event()

    def start(self) -> None:
        if self._path:
            paths.watch(self, self._path, lambda: self._cut(f"{self._path}: no such file or directory"))
        threading.Thread(target=self._beat, name=f"heartbeat-{self._name}", daemon=True).start()

    def stop(self) -> None:
        """End the thread, after the ping that is under way."""
        self._stopped.set()
        paths.forget(self)

    def _beat(self) -> None:
        client = self._make_client()
        misses = 0
        try:
            while not self._stopped.is_set():
                began_at = time.monotonic()
                try:
                    client.ping()
                except EngineError as error:
                    misses += 1
                    if misses >= MISSES:
                        self._cut(error.sentence)
                        return
                    continue
                misses = 0
                self._inbox.put_proof(began_at)
                # All Engines' pings go at the same moments, so that their heartbeats are written by one statement.
                self._stopped.wait(PING_EVERY_S - time.monotonic() % PING_EVERY_S)
        finally:
            client.close()

    def _cut(self, reason: str) -> None:
        if not self._stopped.is_set():
            self._stopped.set()
            self._inbox.put_cut(reason)  # before the worker is woken from what it waits for
            self._give_up()
