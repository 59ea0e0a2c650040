"""What every noun's verbs share: the conversation with the Engine, and how long each kind of call may take."""

from __future__ import annotations

from networks.engine.access.facts import EngineAccess
from networks.engine.calls import AllowList
from networks.engine.errors import NotAllowed, ProtocolFault
from networks.engine.guard import Noun, full_id
from networks.engine.parsing.values import child, parse_json
from networks.engine.transport.deadline import Deadline
from networks.engine.transport.session import EngineSession

_CHANGE_FACTOR = 3  # 30 s against 10: an unknown driver takes 15 before it is refused


class Verbs:
    """The base of DockerClient's parts, one for each noun."""

    def __init__(self, access: EngineAccess | str, allow_list: AllowList, timeout_s: float) -> None:
        """Prepare the conversation; nothing is sent. Raises EngineError for an access that can't be used."""
        self._session = EngineSession(access, allow_list)
        self._timeout_s = timeout_s

    def _reading(self, factor: float = 1) -> Deadline:
        return Deadline(self._timeout_s * factor)

    def _changing(self, factor: float = _CHANGE_FACTOR, *, besides_s: float = 0.0) -> Deadline:
        return Deadline(self._timeout_s * factor + besides_s)


def created_id(noun: Noun, body: bytes) -> str:
    """Return the id in an answer to a create. Raises ProtocolFault where none is: what was asked for may be there."""
    try:
        return full_id(noun, child(parse_json(body), "Id"))
    except NotAllowed as error:
        raise ProtocolFault(f"The answer names no id for the new {noun}; it may be there.") from error
