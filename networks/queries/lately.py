"""A function's answers as long as somebody asks for them: `lru_cache` keeps what is gone from Docker until it is full."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple, cast

Asked = TypeVarTuple("Asked")
Answer = TypeVar("Answer")

KEEP_S = 120.0
_NOTHING = object()


def kept_lately(most: int, *, keep_s: float = KEEP_S) -> Callable[[Callable[[*Asked], Answer]], Callable[[*Asked], Answer]]:
    """Return a decorator: an answer is kept until nobody has asked for it in `keep_s`, twice that at most, while others come.

    `most`: how many answers may come in `keep_s`; more of them drive out the oldest, so that twice as many are held at most.
    Arguments are hashable and positional. May be used from several threads at once; two may then make the same answer.
    """

    def decorate(make: Callable[[*Asked], Answer]) -> Callable[[*Asked], Answer]:
        young: dict[object, object] = {}
        old: dict[object, object] = {}
        turns_at = -math.inf

        @wraps(make)
        def ask(*key: *Asked) -> Answer:
            nonlocal young, old, turns_at
            answer = young.get(key, _NOTHING)
            if answer is _NOTHING:
                answer = old.get(key, _NOTHING)
                if answer is _NOTHING:
                    answer = make(*key)
                if len(young) >= most or time.monotonic() >= turns_at:
                    turns_at = time.monotonic() + keep_s
                    young, old = {}, young
                young[key] = answer
            return cast(Answer, answer)

        return ask

    return decorate
