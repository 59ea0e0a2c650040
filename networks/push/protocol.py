"""What goes over the wire besides frames: what a browser may say, and with which code a socket is closed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import orjson

# A hello with the longest mark is below 300; whoever sends more means something else.
MAX_MESSAGE_LENGTH = 4096
MAX_WORD_LENGTH = 128
MAX_REVISION = 2**63 - 1


class Close(IntEnum):
    """Close codes, and what the browser makes of them (docs/push-protocol.md).

    daphne sends 1000 and 3000 to 4999 only, so 1008 and 1012 have no place here.
    """

    LOG_IN = 4001  # nobody is logged in, or not any more
    FORBIDDEN = 4003  # may not view this Engine, or there is no such page
    TOO_SLOW = 4008  # acknowledges nothing, or never said hello: come back and catch up
    RESTARTING = 4009  # the server ends: come back
    TOO_MANY = 4029  # more sockets than one session, or the server, may have
    # Of terminals alone; all are final.
    OVER = 4000  # it ended, as the message before says
    PASSWORD = 4010  # the password has to be typed again
    IDLE = 4011  # nobody typed for a quarter of an hour
    MALFORMED = 4400  # said something that isn't in the protocol


@dataclass(frozen=True, slots=True)
class Hello:
    """What the page holds: drawn at this epoch and revision, or, with a `mark`, as the frame with that mark left it."""

    epoch: str
    revision: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Ack:
    """The page has taken every frame up to the last one of this revision."""

    revision: int


def read_message(text: str | None) -> Hello | Ack | None:
    """Return what a message says, None when it is none of ours (binary, too long, no JSON, another shape)."""
    if text is None or len(text) > MAX_MESSAGE_LENGTH:
        return None
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    match content:
        case {"hello": {"epoch": str(epoch), "revision": int(revision), **more}} if _is_revision(revision):
            mark = more.get("mark", "")
            if isinstance(mark, str) and len(mark) <= MAX_WORD_LENGTH and len(epoch) <= MAX_WORD_LENGTH:
                return Hello(epoch, revision, mark)
        case {"ack": int(revision)} if _is_revision(revision):
            return Ack(revision)
    return None


def _is_revision(value: int) -> bool:
    return not isinstance(value, bool) and 0 <= value <= MAX_REVISION
