"""Threads that inspect containers beside the worker: an inspect waits while Docker holds a starting container."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext

import structlog

from networks.engine.client import EngineClient
from networks.engine.errors import EngineError, NotFound
from networks.sync.follow.inbox import Inbox, Inspection

log = structlog.get_logger(__name__)

URGENT, QUIET, STOP = 0, 1, 2
THREADS = 3  # one may wait for a starting container, one stays for the next, one fills in detail


class Inspectors:
    """A queue of container ids, urgent ones first, and the threads that empty it."""

    def __init__(self, name: str, make_client: Callable[[], EngineClient], inbox: Inbox) -> None:
        self._name = name
        self._make_client = make_client
        self._inbox = inbox
        self._queue: queue.PriorityQueue[tuple[int, int, str]] = queue.PriorityQueue()
        self._count = itertools.count()
        self._waiting: dict[str, float] = {}
        self._lock = threading.Lock()
        self._is_stopped = False
        self._quiet_slot = threading.Semaphore(1)

    def start(self) -> None:
        for number in range(THREADS):
            threading.Thread(target=self._work, name=f"inspect-{self._name}-{number}", daemon=True).start()

    def stop(self) -> None:
        """Let the threads end after what they do now."""
        self._is_stopped = True
        for _ in range(THREADS):
            self._queue.put((STOP, next(self._count), ""))

    def ask(self, container_ids: Iterable[str], *, is_urgent: bool) -> None:
        """Have these containers inspected; one that already waits isn't added again."""
        for container_id in container_ids:
            with self._lock:
                if not is_urgent and container_id in self._waiting:
                    continue
                self._waiting.setdefault(container_id, time.monotonic())
            self._queue.put((URGENT if is_urgent else QUIET, next(self._count), container_id))

    def oldest_wait_s(self) -> float:
        """Return how long the oldest urgent or running inspect has waited, 0.0 for none."""
        with self._lock:
            return time.monotonic() - min(self._waiting.values()) if self._waiting else 0.0

    def is_idle(self) -> bool:
        with self._lock:
            return not self._waiting

    def _work(self) -> None:
        client = self._make_client()
        try:
            while not self._is_stopped:
                urgency, _, container_id = self._queue.get()
                if urgency == STOP:
                    return
                # Detail never takes more than one connection.
                with self._quiet_slot if urgency == QUIET else nullcontext():
                    self._inspect(client, container_id, is_urgent=urgency == URGENT)
        finally:
            client.close()

    def _inspect(self, client: EngineClient, container_id: str, *, is_urgent: bool) -> None:
        began_at = time.monotonic()
        with self._lock:
            self._waiting.pop(container_id, None)
            self._waiting[f"running {container_id}"] = began_at
        try:
            fact = client.inspect_container(container_id)
            letter = Inspection(container_id, began_at, fact, read_nano=time.time_ns())
        except NotFound:
            letter = Inspection(container_id, began_at, read_nano=time.time_ns())
        except EngineError as error:
            log.debug("inspect_failed", container_id=container_id, error=error.sentence)
            letter = Inspection(container_id, began_at, error=error)
        self._inbox.put_inspection(letter, is_urgent=is_urgent)
        with self._lock:  # only now: while any is under way, the worker comes by for quiet letters
            self._waiting.pop(f"running {container_id}", None)
