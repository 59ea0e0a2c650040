"""A page as a browser holds it, reduced to lists: applies frames as htmx does, looking targets up before the first patch."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from networks.partials.screen import Screen

PARTIAL = re.compile(r'<hx-partial id="([^"]*)" hx-swap="([a-zA-Z]+)">(.*?)</hx-partial>', re.DOTALL)
ROW = re.compile(r'<tr id="([^"]*)">.*?</tr>', re.DOTALL)


@dataclass
class Element:
    """A row. Identity matters: a patch that was aimed at a removed row changes nothing."""

    dom_id: str
    html: str


@dataclass
class Page:
    """Regions of rows, and parts, by dom id."""

    regions: dict[str, list[Element]] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    revision: int = -1

    @classmethod
    def of(cls, screen: Screen) -> Page:
        regions = {name: [Element(row.dom_id, row.html) for row in rows] for name, rows in screen.regions.items()}
        return cls(regions, dict(screen.parts), screen.revision)

    def rows(self) -> dict[str, list[str]]:
        return {name: [element.html for element in elements] for name, elements in self.regions.items()}

    def apply(self, text: str) -> None:
        self.apply_frame(json.loads(text))

    def apply_frame(self, frame: dict[str, Any]) -> None:
        aimed = [
            (unescape(name), style, html, self._find(unescape(name))) for name, style, html in PARTIAL.findall(frame["content"])
        ]
        for name, style, html, element in aimed:
            self._patch(name, style, html, element)
        if not frame.get("more"):
            self.revision = frame["revision"]

    def _find(self, name: str) -> Element | None:
        return next((element for rows in self.regions.values() for element in rows if element.dom_id == name), None)

    def _patch(self, name: str, style: str, html: str, element: Element | None) -> None:
        if name in self.regions and style in ("innerMorph", "beforeend"):
            self.regions[name][:] = (self.regions[name] if style == "beforeend" else []) + elements_of(html)
        elif name in self.parts and style == "outerMorph":
            self.parts[name] = html
        elif element is not None:
            for rows in self.regions.values():
                if any(one is element for one in rows):
                    index = next(index for index, one in enumerate(rows) if one is element)
                    if style == "delete":
                        del rows[index]
                    elif style == "outerMorph":
                        element.html = html
                    elif style == "beforebegin":
                        rows[index:index] = elements_of(html)


def elements_of(html: str) -> list[Element]:
    return [Element(match.group(1), match.group(0)) for match in ROW.finditer(html)]
