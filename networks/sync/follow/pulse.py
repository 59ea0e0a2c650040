"""The heartbeat: a ping every 5 s, and a look at the socket's path every 0.5 s (rules R3 and R5)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.sync.follow.inbox import Inbox

PING_EVERY_S = 5.0
LOOK_EVERY_S = 0.5
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
        threading.Thread(target=self._beat, name=f"pulse-{self._name}", daemon=True).start()

    def stop(self) -> None:
        """End the thread within 0.5 s."""
        self._stopped.set()

    def _beat(self) -> None:
        client = self._make_client()
        misses, next_ping_at = 0, time.monotonic()
        try:
            while not self._stopped.is_set():
                if self._path and not os.path.exists(self._path):
                    self._cut(f"{self._path}: no such file or directory")
                    return
                if time.monotonic() >= next_ping_at:
                    began_at = time.monotonic()
                    try:
                        client.ping()
                    except EngineError as error:
                        misses += 1
                        if misses >= MISSES:
                            self._cut(error.sentence)
                            return
                        continue
                    misses, next_ping_at = 0, began_at + PING_EVERY_S
                    self._inbox.put_proof(began_at)
                self._stopped.wait(LOOK_EVERY_S)
        finally:
            client.close()

    def _cut(self, reason: str) -> None:
        if not self._stopped.is_set():
            self._give_up()
            self._inbox.put_cut(reason)
