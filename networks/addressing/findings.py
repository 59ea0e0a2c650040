"""What a check has to say: level, field, the key of a sentence with its parameters, and a way out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters. BAD: Docker would refuse it, or it would do harm. WARN: know this. OK: fine."""

    BAD = "bad"
    WARN = "warn"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one field.

    `field`: "subnet", "ip_range", "gateway", "aux_addresses", "ipv4", "name", …; pools' fields get their index by whoever asks.
    `key`: which sentence, such as "host_bits_set"; the sentences themselves stand in `preflight/sentences.py`.
    `suggestion`: a value that would do for `field` (or for `suggestion_field`), "" for none.
    """

    level: Level
    field: str
    key: str
    parameters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    suggestion: str = ""
    suggestion_field: str = ""


class Misread(ValueError):
    """A text that isn't what its field wants; `finding` says why and what was probably meant."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.key)
        self.finding = finding


def bad(field: str, key: str, suggestion: object = "", /, **parameters: object) -> Finding:
    """Return a finding that stops the form."""
    return Finding(Level.BAD, field, key, _texts(parameters), str(suggestion))


def warn(field: str, key: str, suggestion: object = "", /, **parameters: object) -> Finding:
    """Return a finding to know about."""
    return Finding(Level.WARN, field, key, _texts(parameters), str(suggestion))


def fine(field: str, key: str, /, **parameters: object) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, field, key, _texts(parameters))


def _texts(parameters: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}
