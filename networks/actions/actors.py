"""Who asks: a person at a browser, or somebody at the console; and the job that the asking is a step of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from django.contrib.auth import get_user_model

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed
from networks.models import OutcomeKind
from networks.models.stored_sentences import Said
from networks.policy.permissions import Denied, Permission, require


class StepJournalHook(Protocol):
    """A step of a job, told of what its action writes down. `begin` and `end` run in the transactions of those rows."""

    origin: Mapping[str, int]  # what the action's row says of the job: {"job": 12, "step": 3}

    def begin(self, action_id: int) -> None:
        """Note that this action is about to ask the Engine."""

    def end(self, kind: OutcomeKind, sentence: str, status: int) -> None:
        """Note what came of it."""

    def client(self, profile: Profile) -> EngineClient:
        """Return the job's own client, which stays open for its next step."""

    def look_later(self, docker_ids: tuple[str, ...]) -> None:
        """Have the follower look at these ids; nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Copied text for the record, and the user's id to ask the policy with. `user_id` None: the console (manage.py).

    `journal`: the step that is done in this person's name, None where they ask by themselves.
    """

    name: str
    user_id: int | None = None
    from_address: str = ""
    journal: StepJournalHook | None = None


CONSOLE = Actor("console")
SETUP = "setup"  # the name of whoever makes the first account with the one-time token; nobody is logged in then


def require_of(actor: Actor, permission: Permission, engine_slug: str) -> None:
    """Return when the actor may, by the policy as it stands now. Raises Denied when not. The console may everything."""
    if actor.user_id is None:
        return
    person = get_user_model().objects.filter(pk=actor.user_id).first()
    if person is None:
        raise Denied(permission, engine_slug)
    require(person, permission, engine_slug)


def refuse_without(actor: Actor, permission: Permission, engine_slug: str, words: Said, **names: str) -> None:
    """Ask the policy once more, where an action has come to know what it needs. Raises NotAllowed with `words`, which name
    the permission; `names`: what else they name.
    """
    try:
        require_of(actor, permission, engine_slug)
    except Denied as error:
        raise NotAllowed(words % {**names, "permission": error.permission}) from error


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
