"""The lines of the trail: canonical JSON, each with the hash of the one before: what is cut, changed or moved shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64  # what the first line of all holds as the hash before it
LINKS = frozenset({"sequence", "previous", "hash"})  # what the chain adds to an entry

Entry = Mapping[str, Any]


class BrokenLine(ValueError):
    """This is no line of the trail; its text says why, as the rest of a sentence that begins with "line 7"."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `text`: its bytes without the line's end. `entry`: what it says of a row, without what the chain adds."""

    sequence: int
    previous: str
    hash: str
    text: bytes
    entry: Entry


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted keys, without blanks, in UTF-8; what isn't ASCII is escaped, so that no sign acts on a terminal.

    Raises ValueError for numbers that JSON has not (NaN, infinities).
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def hash_of(previous: str, unsealed: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of the hash before (its 64 digits) followed by the line's JSON without `hash`."""
    return hashlib.sha256(previous.encode("ascii") + canonical(unsealed)).hexdigest()


def seal(entry: Entry, sequence: int, previous: str) -> Line:
    """Make the line of an entry that follows the line with the hash `previous`."""
    unsealed = {**entry, "sequence": sequence, "previous": previous}
    sealed = hash_of(previous, unsealed)
    return Line(sequence, previous, sealed, canonical({**unsealed, "hash": sealed}), entry)


def seal_all(entries: Iterable[Entry], sequence: int, previous: str) -> list[Line]:
    """Make the lines of entries, the first of which follows line `sequence` with the hash `previous`."""
    lines: list[Line] = []
    for entry in entries:
        sequence += 1
        lines.append(seal(entry, sequence, previous))
        previous = lines[-1].hash
    return lines


def is_begun(text: bytes) -> bool:
    """Tell whether this may be the beginning of a line."""
    return text[:2] == b'{"'[: len(text)]


def read_line(text: bytes) -> Line:
    """Read a line's bytes, without its end. Raises BrokenLine where it isn't ours to the letter, or doesn't bear its own hash."""
    try:
        document = json.loads(text)
        is_ours = isinstance(document, dict) and document.keys() >= LINKS | {"kind", "id"} and canonical(document) == text
    except (ValueError, RecursionError):
        is_ours = False
    if not is_ours or type(document["sequence"]) is not int or type(document["id"]) is not int:
        raise BrokenLine("is no line of the record")
    sealed, previous = document.pop("hash"), document["previous"]
    if not (isinstance(previous, str) and previous.isascii()) or hash_of(previous, document) != sealed:
        raise BrokenLine("was changed: its hash is not that of what it says")
    entry = {name: value for name, value in document.items() if name not in LINKS}
    return Line(document["sequence"], previous, sealed, text, entry)
