"""What a check has to say: level, field, a sentence with its parameters, and a way out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark a sentence for the catalogue, as Django's does: it is translated where it is shown."""
    return message


class Level(StrEnum):
    """How much a finding matters. BAD: Docker would refuse it, or it would do harm. WARN: know this. OK: fine."""

    BAD = "bad"
    WARN = "warn"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one field.

    `field`: "subnet", "ip_range", "gateway", "aux_addresses", "ipv4", "name", …; pools' fields get their index by whoever asks.
    `key`: which sentence, such as "host_bits_set". `message`: the sentence, in English and with places for `parameters`.
    `suggestion`: a value that would do for `field` (or for `suggestion_field`), "" for none.
    `fix`: what the button says that takes it, "" for a question whether it was meant.
    `advice`: what Docker would do, or what helps, "" where the sentence says enough.
    """

    level: Level
    field: str
    key: str
    message: str
    parameters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    suggestion: str = ""
    suggestion_field: str = ""
    fix: str = ""
    advice: str = ""

    def without_fix(self) -> Finding:
        """Return it without its suggestion, which would take the place of more than what is wrong."""
        return replace(self, suggestion="", suggestion_field="")


class Misread(ValueError):
    """A text that isn't what its field wants; `finding` says why and what was probably meant."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.key)
        self.finding = finding


def bad(
    field: str,
    key: str,
    message: str,
    suggestion: object = "",
    /,
    *,
    fills: str = "",
    fix: str = "",
    advice: str = "",
    **parameters: object,
) -> Finding:
    """Return a finding that stops the form. `fills`: the field that the suggestion is for; an empty one empties it."""
    texts = {name: str(value) for name, value in parameters.items()}
    return Finding(Level.BAD, field, key, message, texts, str(suggestion), fills, fix, advice)


def warn(field: str, key: str, message: str, suggestion: object = "", /, **more: Any) -> Finding:
    """Return a finding to know about. `more`: as `bad` takes it."""
    return replace(bad(field, key, message, suggestion, **more), level=Level.WARN)


def fine(field: str, key: str, message: str, /, **more: Any) -> Finding:
    """Return a finding that all is well. `more`: as `bad` takes it."""
    return replace(bad(field, key, message, **more), level=Level.OK)
