"""Claims: what a page says of one thing, and how it is found out whether it is so.

A reader takes a page and gives its claims; a checker gives what is so for each kind of claim. A sentence is both: its words are
a pattern, and what is so of them is a function. What a reader takes is no sentence any more; a sentence that nobody knows is
counted, and has to be known to say nothing (shapes.txt) or to be checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.truth.elements import Element
from tests.truth.reality import Reality

Subject = tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """Something that a page says. `kind`: names its checker; `said`: the value; `where`: the page and the words."""

    kind: str
    subject: Subject
    said: Any
    where: str


@dataclass(frozen=True)
class Lie:
    """A claim, and what is so."""

    claim: Claim
    so: Any

    def __str__(self) -> str:
        about = " ".join(part[:24] for part in self.claim.subject)
        return f"{self.claim.where}  {about}\n    said: {self.claim.kind} {self.claim.said!r}\n    so:   {self.so!r}"


@dataclass
class Page:
    """A page that was read. `kind`: "container"; `subject`: whose page it is, as ids; `main`: what is the page's own."""

    url: str
    kind: str
    subject: Subject
    main: Element
    taken: set[int] = field(default_factory=set)

    def claim(self, kind: str, subject: Subject, said: Any, element: Element | None = None) -> Claim:
        """Make a claim of this page's; the element that says it counts as read."""
        if element is not None:
            self.take(element)
        return Claim(kind, subject, said, f"{self.url} {element.text[:160] if element else ''}".strip())

    def take(self, *elements: Element | None) -> None:
        """Have these, with all that is inside, count as read."""
        for element in elements:
            if element is not None:
                self.taken.update(id(one) for one in element.walk())

    def at(self, wanted: str) -> Element:
        """Return the element with this id. Raises LookupError when the page doesn't show it."""
        found = self.main.by_id(wanted)
        if found is None:
            raise LookupError(f"{self.url} has nothing with the id {wanted}")
        return found


Reader = Callable[[Page], Iterator[Claim]]
Checker = Callable[[Reality, Subject], Any]
SentenceCheck = Callable[..., Any]


@dataclass(frozen=True)
class Sentence:
    """Words that say something of a page's subject. `check`: (reality, page, **named parts) to True, or to what is so."""

    words: str
    pattern: re.Pattern[str]
    pages: frozenset[str]
    check: SentenceCheck


READERS: dict[str, list[Reader]] = {}
CHECKERS: dict[str, Checker] = {}
SENTENCES: list[Sentence] = []


def reads(*kinds: str) -> Callable[[Reader], Reader]:
    """Have a function read pages of these kinds."""

    def note(reader: Reader) -> Reader:
        for kind in kinds:
            READERS.setdefault(kind, []).append(reader)
        return reader

    return note


def checks(*kinds: str) -> Callable[[Checker], Checker]:
    """Have a function say what is so for claims of these kinds."""

    def note(checker: Checker) -> Checker:
        CHECKERS.update(dict.fromkeys(kinds, checker))
        return checker

    return note


def sentence(words: str, *pages: str) -> Callable[[SentenceCheck], SentenceCheck]:
    """Have a function check a sentence on these pages (none named: on all): "{name} doesn't run"; `{count:d}` is a number."""

    def note(check: SentenceCheck) -> SentenceCheck:
        SENTENCES.append(Sentence(words, pattern_of(words), frozenset(pages), check))
        return check

    return note


def pattern_of(words: str) -> re.Pattern[str]:
    """Return a pattern for words with named parts."""
    parts = re.split(r"\{(\w+)(:d)?\}", words)
    made = re.escape(parts[0])
    for name, is_number, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        made += f"(?P<{name}>{'[0-9][0-9,]*' if is_number else '.+?'})" + re.escape(rest)
    if parts[-1] == ".":  # of a network's name it is no end
        made += r"(?!\S)"
    return re.compile(made)


def read_claims(page: Page) -> Iterator[Claim]:
    """Yield what a page says by its tables, figures and fields."""
    for reader in READERS.get(page.kind, ()):
        yield from reader(page)


def read_sentences(page: Page) -> Iterator[tuple[Sentence, dict[str, Any], str]]:
    """Yield the known sentences of a page, with their named parts and the block that they stand in."""
    for text in texts_of(page):
        for one, found, _span in _known(page, text):
            yield one, {name: _value(value) for name, value in found.items()}, text


def unknown_sentences(page: Page) -> Iterator[str]:
    """Yield what is left of a page's words, when all that is read and known is taken away: sentence by sentence."""
    for text in texts_of(page):
        rest, last = "", 0
        for _one, _found, (begin, end) in sorted(_known(page, text), key=lambda each: each[2]):
            if begin >= last:
                rest, last = rest + text[last:begin] + "\n", end
        for part in (rest + text[last:]).split("\n"):
            yield from (said for said in re.split(r"(?<=[.:?!;])\s+", part.strip(" ,;.")) if re.search(r"\w", said))


def texts_of(page: Page) -> Iterator[str]:
    """Yield the texts of the blocks that no reader took, and of the titles that stand on them."""
    for element in page.main.walk():
        if id(element) in page.taken:
            continue
        if (element.is_block or element is page.main) and (text := element.own_text):
            yield text
        if title := element.attributes.get("title", ""):
            yield title


def _known(page: Page, text: str) -> Iterable[tuple[Sentence, dict[str, str], tuple[int, int]]]:
    for one in SENTENCES:
        if not one.pages or page.kind in one.pages:
            for found in one.pattern.finditer(text):
                if _stands_alone(text, *found.span()):
                    yield one, found.groupdict(), found.span()


def _stands_alone(text: str, begin: int, end: int) -> bool:
    """Whether a match is no piece of a longer word."""
    before, after = text[begin - 1 : begin], text[end : end + 1]
    return not (before.isalnum() and text[begin].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())


def _value(text: str) -> Any:
    digits = text.replace(",", "")
    return int(digits) if digits.isdigit() else text
