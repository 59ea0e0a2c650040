"""Which labels and options are likely to hold a secret: their values are masked, and can't be searched for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# A label may be 2 MB; nobody reads that on a page, and `docker inspect` has it.
SHOWN_LENGTH = 20_000
MASK = "•••"
# Words of the key, so that "com.example.author" or "tokenizer" isn't hidden; what is nothing else also as a word's end.
_SECRET = re.compile(
    r"(?:passwd|password|passphrase|pwd|secret|secrets|token|tokens|apikey|basicauth)(?:$|[^a-z])"
    r"|(?:^|[^a-z])(?:pass|credential|credentials|auth|authorization"
    r"|bearer|api[._-]?key|access[._-]?key|private[._-]?key|secret[._-]?key|encryption[._-]?key)(?:$|[^a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret_key(key: str) -> bool:
    """Tell whether a key looks as if its value were a secret: "db.password", "API_KEY", "accessToken"."""
    return bool(_SECRET.search(_CAMEL.sub("-", key).lower()))


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value; a masked one has none, and one longer than SHOWN_LENGTH is cut."""

    key: str
    value: str
    is_masked: bool = False
    is_cut: bool = False


def masked(pairs: Iterable[tuple[str, str]], *, sees_secrets: bool) -> tuple[Pair, ...]:
    """Return the pairs; without `sees_secrets` those whose key looks like a secret lose their value."""
    return tuple(
        Pair(key, "", is_masked=True)
        if not sees_secrets and is_secret_key(key)
        else Pair(key, value[:SHOWN_LENGTH], is_cut=len(value) > SHOWN_LENGTH)
        for key, value in pairs
    )


def mask_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON document whose texts under keys that look like a secret's are "•••"."""
    return {key: _masked_value(key, value) for key, value in document.items()}


def _masked_value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return mask_document(value)
    return MASK if isinstance(value, str) and is_secret_key(key) else value
