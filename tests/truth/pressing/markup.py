"""A page as a browser without JavaScript has it: its forms, what can be pressed, and where its links lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
FIELDS = frozenset({"input", "select", "textarea"})
NOT_TO_PRESS = frozenset({"aria-hidden", "aria-pressed", "aria-current"})
BUTTONS = frozenset({"submit", "image"})


@dataclass
class Node:
    """An element. Whatever stands in it, text included, is among `children` in its order."""

    tag: str
    attrs: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield this element and all that are in it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def up(self) -> Iterator[Node]:
        """Yield the elements that this one is in, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def text(self) -> str:
        """What it says, with single spaces."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(parts).split())

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attrs.get("class", "").split())

    @property
    def is_disabled(self) -> bool:
        """Whether it can't be used: by itself, or since it stands in a fieldset that can't."""
        around = any(node.tag == "fieldset" and "disabled" in node.attrs for node in self.up())
        return around or "disabled" in self.attrs

    @property
    def is_hidden(self) -> bool:
        """Whether nobody sees it, by an attribute of its own or of what it stands in."""
        return "hidden" in self.attrs or any("hidden" in node.attrs for node in self.up())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(node)
        if tag not in VOID:
            self._open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self._open.tag == tag and tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        found = next((node for node in (self._open, *self._open.up()) if node.tag == tag), None)
        if found is not None and found.parent is not None:
            self._open = found.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)


@dataclass(frozen=True)
class Button:
    """Something that sends a form. `url`: where to; `page_url`: where it stands; `form`: "" where it sends nothing else."""

    page_url: str
    url: str
    method: str
    label: str
    name: str
    value: str
    form: Node | None

    @property
    def mark(self) -> tuple[str, ...]:
        """What tells it from the other buttons of its page."""
        return (self.url, self.name, self.value)


@dataclass(frozen=True)
class Page:
    """One answer, parsed. `url`: its path and query."""

    url: str
    status: int
    root: Node

    @cached_property
    def forms(self) -> dict[str, Node]:
        """By id, those that have one."""
        return {node.attrs["id"]: node for node in self.root.walk() if node.tag == "form" and "id" in node.attrs}

    def form_of(self, node: Node) -> Node | None:
        """Return the form that a control belongs to: the one that it names, else the one that it stands in."""
        if "form" in node.attrs:
            return self.forms.get(node.attrs["form"])
        return next((each for each in node.up() if each.tag == "form"), None)

    def fields_of(self, form: Node) -> list[Node]:
        """Return the controls of a form that would be sent, if they are chosen."""
        nodes = (node for node in self.root.walk() if node.tag in FIELDS and "name" in node.attrs)
        return [node for node in nodes if self.form_of(node) is form and not node.is_disabled]

    @cached_property
    def buttons(self) -> list[Button]:
        """Return what can be pressed, once each; what nobody sees can't be, and what is chosen already is left out."""
        found: dict[tuple[str, ...], Button] = {}
        for node in self.root.walk():
            kind = node.attrs.get("type", "submit" if node.tag == "button" else "")
            if node.tag not in ("button", "input") or kind not in BUTTONS or node.is_disabled or node.is_hidden:
                continue
            button = None if node.attrs.keys() & NOT_TO_PRESS else self._button(node)
            if button is not None:
                found.setdefault(button.mark, button)
        return list(found.values())

    def _button(self, node: Node) -> Button | None:
        form = self.form_of(node)
        if form is None:
            return None
        where = node.attrs.get("formaction") or form.attrs.get("action") or self.url
        method = (node.attrs.get("formmethod") or form.attrs.get("method") or "get").lower()
        label = node.attrs.get("aria-label") or node.text
        name, value = (node.attrs.get(each, "") for each in ("name", "value"))
        return Button(self.url, local(urljoin(self.url, where)), method, label, name, value, form)

    @cached_property
    def links(self) -> list[tuple[str, Node]]:
        """Return the addresses here that links lead to."""
        nodes = (node for node in self.root.walk() if node.tag == "a" and "href" in node.attrs and not node.is_hidden)
        found = ((urljoin(self.url, node.attrs["href"]), node) for node in nodes)
        return [(local(url), node) for url, node in found if not urlsplit(url).netloc and not urlsplit(url).scheme]

    def having(self, **attrs: str) -> list[Node]:
        """Return the elements with these attributes; `class_` is one of their classes."""
        class_ = attrs.pop("class_", "")
        return [
            node
            for node in self.root.walk()
            if (not class_ or class_ in node.classes) and all(node.attrs.get(name) == value for name, value in attrs.items())
        ]


def read_page(url: str, status: int, html: str) -> Page:
    """Parse an answer."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(local(url), status, reader.root)


def local(url: str) -> str:
    """Return path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
