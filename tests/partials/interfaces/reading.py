"""The page as a screen, and what a test reads of it."""

from __future__ import annotations

import re

from networks.partials.screen import Screen
from networks.partials.screens import draw_screen
from networks.sync.host.board import picture_of
from tests.partials.looking import key

ROWS = "interface-rows"


def page(query: str = "", language: str = "en") -> Screen:
    return draw_screen(key("interface_list", query=query, language=language))


def row(screen: Screen, name: str) -> str:
    """Return the HTML of a link's row."""
    return next(one.html for one in screen.regions[ROWS] if f">{name}</code>" in one.html)


def names(screen: Screen) -> list[str]:
    return [re.findall(r"<code>([^<]*)", one.html)[0] for one in screen.regions[ROWS] if "ifcard" not in one.html]


def picture_index(name: str) -> int:
    return next(link.fact.index for link in picture_of("local").links if link.fact.name == name)


def unescaped(text: str) -> str:
    return text.replace("&#x27;", "'")
