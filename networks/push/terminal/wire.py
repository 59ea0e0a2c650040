"""What a terminal's browser may say besides keys, and what it is told besides output. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from networks.actions.terminals.asked import End, Why
from networks.engine.specs import MOST_CELLS, ScreenSize
from networks.push.protocol import Close

MAX_TEXT_LENGTH = 4096
# A paste goes in pieces; the page waits for "taken" before the next.
MAX_KEYS_LENGTH = 64 * 1024
_MOST_CREDIT = 2**31

_CODES = {
    Why.IDLE: Close.IDLE,
    Why.REVOKED: Close.FORBIDDEN,
    Why.LOGGED_OUT: Close.LOG_IN,
    Why.STOPPING: Close.RESTARTING,
    Why.FLOODED: Close.MALFORMED,
}


@dataclass(frozen=True, slots=True)
class Open:
    """Begin this. `fields`: of the form, as typed."""

    fields: Mapping[str, str]
    size: ScreenSize


@dataclass(frozen=True, slots=True)
class Shown:
    """So many bytes more were shown: as many may follow."""

    count: int


def read_text(text: str | None) -> Open | Shown | ScreenSize | None:
    """Return what a message says, None when it is none of ours."""
    if text is None or len(text) > MAX_TEXT_LENGTH:
        return None
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    match content:
        case {"open": {"columns": int(columns), "rows": int(rows), **fields}} if _is_size(columns, rows):
            if all(isinstance(value, str) for value in fields.values()):
                return Open({str(name): str(value) for name, value in fields.items()}, ScreenSize(columns, rows))
        case {"size": {"columns": int(columns), "rows": int(rows)}} if _is_size(columns, rows):
            return ScreenSize(columns, rows)
        case {"shown": int(count)} if not isinstance(count, bool) and 0 < count <= _MOST_CREDIT:
            return Shown(count)
    return None


def write_text(**members: Any) -> str:
    """Return a message to the browser."""
    return orjson.dumps(members).decode()


def write_end(end: End) -> str:
    """Return the last message before a terminal's socket closes."""
    return write_text(end={"why": str(end.why), "exit_code": end.exit_code, "sentence": end.sentence})


def code_of(end: End) -> Close:
    """Return the close code that follows it."""
    return _CODES.get(end.why, Close.OVER)


def _is_size(columns: int, rows: int) -> bool:
    is_whole = not isinstance(columns, bool) and not isinstance(rows, bool)
    return is_whole and 1 <= columns <= MOST_CELLS and 1 <= rows <= MOST_CELLS
