"""The one door for ids: only full ids reach an Engine's URL (a name such as `../containers/x` would become a path)."""

from __future__ import annotations

import re
from typing import Literal

from networks.engine.calls import CONTAINER_ID, EXEC_ID, IMAGE_ID, NETWORK_ID, NODE_ID
from networks.engine.errors import NotAllowed

Noun = Literal["container", "network", "image", "exec", "node"]

MOST_OF_PREFIX = 20  # characters; names of containers become host names, which have 63
_NAME_PREFIX = re.compile(rf"[a-zA-Z0-9][a-zA-Z0-9_.-]{{0,{MOST_OF_PREFIX - 1}}}")
_PATTERNS: dict[Noun, re.Pattern[str]] = {
    "container": re.compile(CONTAINER_ID),
    "network": re.compile(NETWORK_ID),
    "image": re.compile(IMAGE_ID),
    "exec": re.compile(EXEC_ID),
    "node": re.compile(NODE_ID),
}


def is_full_id(noun: Noun, text: str) -> bool:
    """Tell whether a text can be the full id of such a thing."""
    return bool(_PATTERNS[noun].fullmatch(text))


def full_id(noun: Noun, text: object) -> str:
    """Return the id unchanged. Raises NotAllowed for names, prefixes, and anything else that isn't a full id."""
    if isinstance(text, str) and is_full_id(noun, text):
        return text
    raise NotAllowed(f"Not the full id of a {noun}: {text!r:.80}")


def is_name_prefix(text: str) -> bool:
    """Tell whether names of Docker's may begin with this; nothing before a name is fine as well."""
    return not text or _NAME_PREFIX.fullmatch(text) is not None
