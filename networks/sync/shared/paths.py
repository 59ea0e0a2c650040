"""Whether the sockets of local Engines are still there: one thread looks at all of them (rule R3)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import structlog

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
        """Return what to look at after the next pause, nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: not self._watched, self._every_s)
            self._is_running = bool(self._watched)  # in the same turn of the lock: whoever comes next starts another
            return list(self._watched.items())


paths = Paths()
