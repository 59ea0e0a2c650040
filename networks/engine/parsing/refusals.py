"""What an Engine's "no" means: the kind of error by status, in the Engine's own sentence."""

from __future__ import annotations

from networks.engine.errors import Conflict, EngineError, NotFound, ProtocolFault, Refused
from networks.engine.parsing.values import child, parse_json, text

MAX_SENTENCE = 4000  # characters: names of 64 KiB come back in the Engine's sentences

_KINDS: dict[int, type[Refused]] = {404: NotFound, 409: Conflict}


def refusal(status: int, body: bytes, request: str, duration_ms: float) -> EngineError:
    """Return the error for an answer of status 400 or more; one without the Engine's JSON message is a ProtocolFault."""
    try:
        sentence = text(child(parse_json(body), "message"), MAX_SENTENCE).strip()
    except ProtocolFault:
        sentence = ""
    if not sentence:
        return ProtocolFault(
            f"The answer has status {status} and isn't Docker's.", status=status, request=request, duration_ms=duration_ms
        )
    return _KINDS.get(status, Refused)(sentence, status=status, request=request, duration_ms=duration_ms)
