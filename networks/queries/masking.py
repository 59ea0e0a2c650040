"""Which labels and options are likely to hold a secret (rule S5): their values are masked, and can't be searched for."""

from __future__ import annotations

import re

# Whole words of the key, so that "com.example.author" or "tokenizer" isn't hidden.
_SECRET = re.compile(
    r"(?:^|[^a-z])(?:pass|passwd|password|passphrase|pwd|secret|secrets|token|tokens|credential|credentials|auth|authorization"
    r"|bearer|api[._-]?key|apikey|access[._-]?key|private[._-]?key|secret[._-]?key|encryption[._-]?key)(?:$|[^a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret_key(key: str) -> bool:
    """Tell whether a key looks as if its value were a secret: "db.password", "API_KEY", "accessToken"."""
    return bool(_SECRET.search(_CAMEL.sub("-", key).lower()))
