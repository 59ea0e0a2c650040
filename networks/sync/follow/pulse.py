"""The heartbeat: a ping every 5 s, and word at once when the socket's path is gone (rules R3 and R5)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.sync.follow.inbox import Inbox
from networks.sync.shared.paths import paths

PING_EVERY_S = 5.0
MISSES = 2  # 5 s until the ping, twice its deadline of 3 s: 11 s at worst


class Pulse:
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
        """Start the thread."""
        if self._path:
            paths.watch(self, self._path, lambda: self._cut(f"{self._path}: no such file or directory"))
        threading.Thread(target=self._beat, name=f"pulse-{self._name}", daemon=True).start()

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
