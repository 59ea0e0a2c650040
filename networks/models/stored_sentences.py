"""Sentences of ours that are written down: in English, and as what they say, so that all read them in their own language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

# A sentence is a message with its parts, or somebody else's words as they are; a part is one of these, or sentences again.
Part = str | int | tuple["Piece", ...]
Piece = str | tuple[str, Mapping[str, Part]]


class Said(str):
    """A text in the language that was active, which remembers its sentences. `pieces`: these."""

    pieces: tuple[Piece, ...]

    def __new__(cls, pieces: tuple[Piece, ...]) -> Said:
        said = super().__new__(cls, _tell(pieces, gettext))
        said.pieces = pieces
        return said

    def __mod__(self, parts: Any) -> Said:
        """Fill in the parts of a sentence, by name. A part that is a sentence itself stays one."""
        message = self.pieces[0] if isinstance(self.pieces[0], str) else self.pieces[0][0]
        return Said(((message, {name: _part_of(part) for name, part in parts.items()}),))

    def __getnewargs__(self) -> tuple[Any]:
        return (self.pieces,)

    @property
    def in_english(self) -> str:
        """The same as it stands in the code."""
        return _tell(self.pieces, str)


def say(message: str) -> Said:
    """Return a sentence of ours in the active language. Modules whose sentences are written down import it as `_`."""
    return Said(((message, {}),))


def join_said(*sentences: str) -> Said:
    """Return sentences one after another; such as aren't ours stay as they are."""
    return Said(tuple(piece for each in sentences for piece in (each.pieces if isinstance(each, Said) else (str(each),))))


def retell(sentence: str) -> str:
    """Return a sentence that was said in another reader's language in the active one."""
    return Said(sentence.pieces) if isinstance(sentence, Said) else sentence


def columns_of(sentence: str) -> dict[str, Any]:
    """Return a sentence as the columns `sentence` and `said` hold it."""
    if isinstance(sentence, Said):
        return {"sentence": sentence.in_english, "said": [_document_of(piece) for piece in sentence.pieces]}
    return {"sentence": sentence, "said": None}


def read_said(sentence: str, said: list[Any] | None) -> str:
    """Return in the active language what these two columns hold; the Engine's words, and what was written before, as they are."""
    return Said(tuple(_piece_of(each) for each in said)) if said else sentence


def _tell(pieces: tuple[Piece, ...], translate: Callable[[str], str]) -> str:
    return " ".join(piece if isinstance(piece, str) else _tell_one(*piece, translate) for piece in pieces)


def _tell_one(message: str, parts: Mapping[str, Part], translate: Callable[[str], str]) -> str:
    if not parts:
        return translate(message)
    told = {name: _tell(part, translate) if isinstance(part, tuple) else part for name, part in parts.items()}
    return translate(message) % told


def _part_of(value: object) -> Part:
    if isinstance(value, Said):
        return value.pieces
    return value if isinstance(value, int) else str(value)


def _document_of(piece: Piece) -> Any:
    if isinstance(piece, str):
        return piece
    message, parts = piece
    return {
        "message": message,
        "parts": {
            name: [_document_of(each) for each in part] if isinstance(part, tuple) else part for name, part in parts.items()
        },
    }


def _piece_of(document: Any) -> Piece:
    if isinstance(document, str):
        return document
    parts = document["parts"]
    return document["message"], {
        name: tuple(_piece_of(each) for each in part) if isinstance(part, list) else part for name, part in parts.items()
    }
