"""What was noted of things lately: bounded by how much happens in some minutes, not by how long a process runs."""

from __future__ import annotations

import math
import time
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Keeps a value by id for `keep_s` after it was put last, and for less than twice that while others are put.

    Docker never gives an id again: what is known of a container that is gone would stay for good. Nothing leaves while nothing is
    put, so whoever was cut off finds what it knew before. At most `2 * most` values are held: whoever puts more forgets earlier.
    `turns`: at each, what was put last before the turn before it is forgotten. Belongs to one thread.
    """

    def __init__(self, keep_s: float, most: float = math.inf) -> None:
        self._keep_s = keep_s
        self._most = most
        self._young: dict[str, Value] = {}
        self._old: dict[str, Value] = {}
        self._turns_at = -math.inf
        self.turns = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def __contains__(self, key: str) -> bool:
        return key in self._young or key in self._old

    def get(self, key: str) -> Value | None:
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def put(self, key: str, value: Value) -> None:
        now = time.monotonic()
        if now >= self._turns_at or len(self._young) >= self._most:
            self._old, self._young = self._young, {}
            self._turns_at = now + self._keep_s
            self.turns += 1
        self._old.pop(key, None)
        self._young[key] = value

    def pop(self, key: str) -> Value | None:
        old = self._old.pop(key, None)
        return self._young.pop(key, old)

    def clear(self) -> None:
        self._young, self._old = {}, {}
