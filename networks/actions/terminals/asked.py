"""What a terminal is asked for with, and how it can end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from networks.actions.actors import Actor
from networks.engine.specs import ScreenSize
from networks.models import Engine

IDLE_S = 15 * 60  # of a terminal that nobody types in
WARN_S = 60  # before that
MOST_OF_ONE = 3  # terminals that one person may have open, in this process


class EndReason(StrEnum):
    """Why a terminal ended."""

    EXITED = "exited"  # its process did
    REFUSED = "refused"  # it never began
    GONE = "gone"  # the browser closed it, or was lost
    IDLE = "idle"  # nobody typed
    REVOKED = "revoked"  # the right was taken, terminals were switched off, the container is protected by now
    LOGGED_OUT = "logged out"
    STOPPING = "stopping"  # Netadmin ends
    FLOODED = "flooded"  # the browser sent more than it may
    LOST = "lost"  # the Engine hung up
    KILLED = "killed"  # Netadmin was, with this open; written at its next start


@dataclass(frozen=True, slots=True)
class TerminalRequest:
    """A terminal that somebody asks for. `session_id`: of the browser's login, which it doesn't outlive. `language`: of
    the sentences."""

    actor: Actor
    session_id: str
    engine: Engine
    container_id: str
    container_name: str
    command: tuple[str, ...]
    user: str = ""
    size: ScreenSize = field(default_factory=ScreenSize)
    language: str = ""

    @property
    def user_id(self) -> int:
        """Whose it is."""
        return self.actor.user_id or 0


@dataclass(frozen=True, slots=True)
class TerminalEnd:
    """How a terminal ended, as its browser is told. `exit_code`: None where it isn't known (yet)."""

    why: EndReason
    exit_code: int | None = None
    sentence: str = ""
