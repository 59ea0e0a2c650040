"""The one family of errors that leaves the seam."""

from __future__ import annotations

from typing import Any


class EngineError(Exception):
    """Something went wrong between us and an Engine.

    `sentence`: the Engine's own words where it spoke, else what we saw. `status`: the HTTP status, 0 where there was none.
    `request`: method and path, such as "POST /networks/create". `duration_ms`: from the call to the failure. `made_id`: of what
    had been made by then and stands there, "" for nothing.
    """

    made_id = ""

    def __init__(self, sentence: str, *, status: int = 0, request: str = "", duration_ms: float = 0.0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.request = request
        self.duration_ms = duration_ms


class Unreachable(EngineError):
    """Nobody answers: no socket, connection refused, reset before an answer."""


class TimedOut(EngineError):
    """The deadline passed. `was_sent`: the request was written, so a change may have happened."""

    def __init__(self, sentence: str, *, was_sent: bool = True, **seen: Any) -> None:
        super().__init__(sentence, **seen)
        self.was_sent = was_sent


class Refused(EngineError):
    """The Engine understood and said no (400, 403, 500 with its own sentence, …)."""


class NotFound(Refused):
    """404: what was asked for isn't there."""


class Conflict(Refused):
    """409: it clashes with something that is there."""


class Incompatible(EngineError):
    """The Engine speaks no API version that we speak."""


class ProtocolFault(EngineError):
    """An answer that isn't Docker's: garbage, a cut body, HTML, a redirect. A change may have happened."""


class NotAllowed(EngineError):
    """Our own guard refused before anything was sent: a malformed id, a call off the list, read-only mode."""
