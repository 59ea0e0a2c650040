"""A page as a tree of elements, and the blocks of text that a person reads on it; by the standard library's parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNREAD = frozenset({"head", "script", "style", "svg", "template"})
# What stands by itself, whatever is beside it; all else is a part of its sentence.
BLOCKS = frozenset(
    (
        *("button", "caption", "dd", "div", "dl", "dt", "fieldset", "figcaption", "form", "h1", "h2", "h3", "h4", "header"),
        *("label", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table"),
        *("tbody", "td", "textarea", "th", "thead", "tr", "ul"),
    )
)
_SPACE = re.compile(r"\s+")
# An address is drawn in two parts that are one word.
_JOINED = frozenset({"net", "addr"})


class Element:
    """One element. `parts`: its texts and elements in their order; `attributes`: without value: ""."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.parts: list[Element | str] = []

    @property
    def id(self) -> str:
        """Its id."""
        return self.attributes.get("id", "")

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def is_block(self) -> bool:
        """Whether it is a block of its own: buttons that look like one are, too."""
        return self.tag in BLOCKS or "btn" in self.classes

    @property
    def is_disabled(self) -> bool:
        """Whether nobody can press it, by itself or by a fieldset around it."""
        return "disabled" in self.attributes or any(
            one.tag == "fieldset" and "disabled" in one.attributes for one in self.ancestors()
        )

    @property
    def is_hidden(self) -> bool:
        """Whether nobody sees it."""
        return "hidden" in self.attributes or self.tag in UNREAD

    @property
    def text(self) -> str:
        """All that is read in it, spaces folded."""
        return self._read(with_blocks=True)

    @property
    def raw_text(self) -> str:
        """All that is in it, with its spaces and lines as they are."""
        return "".join(part if isinstance(part, str) else part.raw_text for part in self.parts)

    @property
    def own_text(self) -> str:
        """What is read in it but for the blocks inside, spaces folded."""
        return self._read(with_blocks=False)

    def _read(self, *, with_blocks: bool) -> str:
        folded = _SPACE.sub(" ", "".join(self._texts(with_blocks=with_blocks))).strip()
        return folded.replace(" ,", ",").replace(" .", ".") if folded else ""

    def ancestors(self) -> Iterator[Element]:
        """Yield what it is in, from the inside."""
        one = self.parent
        while one is not None:
            yield one
            one = one.parent

    def walk(self) -> Iterator[Element]:
        """Yield it and everything inside that is seen."""
        if self.is_hidden:
            return
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        """Return what is inside with this tag and class, itself left out."""
        return [one for one in self.walk() if one is not self and (not tag or one.tag == tag) and (not css or css in one.classes)]

    def first(self, tag: str = "", css: str = "") -> Element | None:
        """Return the first of them."""
        return next(iter(self.all(tag, css)), None)

    def by_id(self, wanted: str) -> Element | None:
        """Return what has this id, if it is seen."""
        return next((one for one in self.walk() if one.id == wanted), None)

    def cells(self) -> list[Element]:
        """Return the cells of a row, or the columns' heads."""
        return [part for part in self.parts if isinstance(part, Element) and part.tag in ("td", "th")]

    @property
    def stands_apart(self) -> bool:
        """Whether its text is words of its own, with no space in the page between them and the next."""
        return self.is_block or (self.tag in ("span", "time") and not self.classes & _JOINED)

    def _texts(self, *, with_blocks: bool) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
            elif not part.is_hidden:
                space = " " if part.stands_apart else ""
                yield space
                if with_blocks or not part.is_block:
                    yield from part._texts(with_blocks=with_blocks)
                yield space


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {}, None)
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.parts.append(made)
        if tag not in VOID:
            self._open = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.parts.append(Element(tag, {name: value or "" for name, value in attrs}, self._open))

    def handle_endtag(self, tag: str) -> None:
        one: Element | None = self._open
        while one is not None and one.tag != tag:
            one = one.parent
        if one is not None and one.parent is not None:
            self._open = one.parent

    def handle_data(self, data: str) -> None:
        self._open.parts.append(data)


def read_html(html: str) -> Element:
    """Return the page as a tree."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
