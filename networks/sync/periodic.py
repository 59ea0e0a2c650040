"""A daemon thread that takes a turn every so often, and at once when it is woken, until it is stopped."""

from __future__ import annotations

import threading

import structlog
from django.db import DatabaseError, connections

from networks.models.damage import is_damage
from networks.models.database_trouble import note_damage
from networks.models.hints import count_of_writes

log = structlog.get_logger(__name__)


class PeriodicThread(threading.Thread):
    """What a turn raises is logged as `held_up`; the next has another connection to the database, and finds the same again."""

    held_up = "turn_held_up"

    def __init__(self, name: str, every_s: float) -> None:
        super().__init__(name=name, daemon=True)
        self._every_s = every_s
        self._woken, self._ended = threading.Event(), threading.Event()
        self._writes: int | None = None

    def turn(self, *, is_woken: bool) -> None:
        """Do what there is to do now."""
        raise NotImplementedError

    def wake(self) -> None:
        """Have a turn taken at once. Returns at once; from any thread."""
        self._woken.set()

    def stop(self, timeout_s: float = 2.0) -> None:
        """End after the turn that is under way, and wait for that."""
        self._ended.set()
        self._woken.set()
        if self.is_alive():
            self.join(timeout_s)

    def has_been_written(self) -> bool:
        """Tell whether anybody else has written to the database since this was asked last."""
        before, self._writes = self._writes, count_of_writes()
        return self._writes is None or self._writes != before

    def run(self) -> None:
        is_woken = False
        while not self._ended.is_set():
            try:
                self.turn(is_woken=is_woken)
            except Exception as error:
                if isinstance(error, DatabaseError):  # a full disk, a locked database
                    log.warning(self.held_up, error=str(error))
                    if is_damage(error):
                        note_damage(error)
                else:
                    log.exception(self.held_up)
                self._writes = None  # comparable within one connection only
                connections.close_all()
            is_woken = self._woken.wait(self._every_s)
            self._woken.clear()
        connections.close_all()
