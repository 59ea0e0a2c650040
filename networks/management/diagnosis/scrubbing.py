"""Secrets taken out of whatever is told: those that are known by their text, and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from typing import Any

HIDDEN = "[hidden]"
SHORTEST = 6  # characters of a known secret that are looked for: a shorter one would be found in every other word

_SECRET_NAME = re.compile(r"passw|secret|token|cookie|authorization|credential|session|api_?key|private_?key", re.IGNORECASE)
_LOOKS_SECRET: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [^-]*-----.*?(-----END [^-]*-----|$)", re.DOTALL), HIDDEN),
    (re.compile(r"(?<=://)[^/\s\"'@]+@"), f"{HIDDEN}@"),
    (re.compile(r"\bSWMTKN-[\w-]+"), HIDDEN),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),  # a JSON Web Token
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(\w*(?:passw|secret|token|cookie|authorization|credential|session|api_?key|private_?key)\w*[\"']?\s*[=:]\s*)"
            r"(\"[^\"]*\"|'[^']*'|[^\s,;&}]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # Long, and of more than hexadecimal digits, as which ids and sums are written: a key, a token, a hash of a password.
    (re.compile(r"(?<![\w/.-])(?=[\w$+=-]*[g-zG-Z])(?=[\w$+=-]*[0-9])[\w$+=-]{32,}"), HIDDEN),
)


class Scrubber:
    """Takes secrets out of plain values. `known`: secrets by their text; those that are too short to be looked for are left."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted({secret for secret in known if len(secret) >= SHORTEST}, key=len, reverse=True)

    def clean(self, value: Any) -> Any:
        """Return a value for JSON without secrets: dictionaries, lists, tuples, dataclasses, numbers; all else as its text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {self.clean_text(str(name)): self._member(str(name), member) for name, member in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(member) for member in (sorted(map(str, value)) if isinstance(value, set | frozenset) else value)]
        if is_dataclass(value) and not isinstance(value, type):
            return self.clean(asdict(value))
        return self.clean_text(str(value))

    def clean_text(self, text: str) -> str:
        """Return a text without the known secrets, and without what looks like one."""
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _LOOKS_SECRET:
            text = pattern.sub(instead, text)
        return text

    def _member(self, name: str, member: Any) -> Any:
        if _SECRET_NAME.search(name) and isinstance(member, str) and member:
            return HIDDEN
        return self.clean(member)
