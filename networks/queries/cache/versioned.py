"""A bounded memory of the newest version of things, for what is dear to make and asked for again and again."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar, cast

Value = TypeVar("Value")


class VersionedCache(Generic[Value]):
    """Keeps one value per key, with the version that it was made of; another version replaces it.

    What was least recently asked for leaves first, once the weights add up to more than `max_weight`. What nobody asked for in
    `idle_s` leaves too, at the latest after twice that: what is gone from Docker is never asked for again. May be used from
    several threads at once; two of them may then make the same value, and the later one stays.
    """

    def __init__(self, max_weight: int, weigh: Callable[[Value], int] = lambda value: 1, *, idle_s: float = math.inf) -> None:
        self._max_weight = max_weight
        self._weigh = weigh
        self._weight = 0
        self._idle_s = idle_s
        self._turns_at = time.monotonic() + idle_s
        self._mark = object()  # a key without a value: what stands before it wasn't asked for since the last turn
        self._entries: OrderedDict[Hashable, tuple[Hashable, Value, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries) - (self._mark in self._entries)

    def get(self, key: Hashable, version: Hashable) -> Value | None:
        """Return the value of exactly this version, None where it isn't here."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry[0] != version:
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: Hashable, version: Hashable, value: Value) -> Value:
        """Keep a value, and return it."""
        weight = self._weigh(value)
        with self._lock:
            replaced = self._entries.pop(key, None)
            self._weight += weight - (replaced[2] if replaced else 0)
            self._entries[key] = (version, value, weight)
            while self._weight > self._max_weight and len(self._entries) > 1:
                self._weight -= self._drop_first()
            if time.monotonic() >= self._turns_at:
                self._turn()
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._weight = 0

    def _turn(self) -> None:
        """Forget what stands before the mark, and set it anew behind everything."""
        while self._mark in self._entries:
            self._weight -= self._drop_first()
        self._entries[self._mark] = (None, cast(Value, None), 0)
        self._turns_at = time.monotonic() + self._idle_s

    def _drop_first(self) -> int:
        return self._entries.popitem(last=False)[1][2]
