"""Who is doing what right now: the person behind this request, and which intents are written down and have no outcome yet."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from networks.actions.actors import CONSOLE, Actor

Whom = Callable[[], Actor | None]

# Outside of a request it is the console: whatever isn't asked through a page was asked for by a command.
_whom: ContextVar[Whom] = ContextVar("whom", default=lambda: CONSOLE)
_is_recorded: ContextVar[bool] = ContextVar("is_recorded", default=False)
_open: set[int] = set()
_lock = threading.Lock()


@contextmanager
def acting(whom: Whom) -> Iterator[None]:
    """Say who does what happens inside. `whom` is called when something is written down; None: it shall not be."""
    person, recorded = _whom.set(whom), _is_recorded.set(False)
    try:
        yield
    finally:
        _whom.reset(person)
        _is_recorded.reset(recorded)


def current_actor() -> Actor | None:
    """Return who does what happens now, None where it is recorded already, or shall not be."""
    return None if _is_recorded.get() else _whom.get()()


def note_begun(action_id: int) -> None:
    """Note that this action's intent was written by this process, which will write an outcome."""
    _is_recorded.set(True)
    with _lock:
        _open.add(action_id)


def note_ended(action_id: int) -> None:
    """Note that an outcome was written, or couldn't be."""
    _is_recorded.set(False)
    with _lock:
        _open.discard(action_id)


def is_under_way(action_id: int) -> bool:
    """Tell whether this process is still busy with an action."""
    with _lock:
        return action_id in _open
