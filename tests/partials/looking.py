"""Keys and words of screens, for the tests of what is drawn."""

from __future__ import annotations

import re

from networks.partials.screen import Screen, ScreenKey

ADMIN = "connect,grant,run,shape,view"
OPERATOR = "connect,run,view"


def key(page: str, docker_id: str = "", *, query: str = "", language: str = "en", rights: str = ADMIN) -> ScreenKey:
    return ScreenKey(page, "local", docker_id, query, language, rights)


def ids(screen: Screen, region: str) -> list[str]:
    return [row.dom_id for row in screen.regions[region]]


def words(html: str) -> str:
    """Return what a person reads of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
