"""The table of terms in docs/translating.md as tests read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import table_rows

PAGE = Path("docs/translating.md")
# Code, addresses, quotations and placeholders are no words of ours.
NOT_OURS = re.compile(
    r"<code>.*?</code>|“[^”]*”|\w+://\S+|%\(\w+\)s|\{\w*\}|</?\w+[^>]*>|(?<!\w)/[\w./]+|--[\w-]+|[\w-]+=\S+|\bhost:port\S*|host-gateway"
    r"|\bdocker (?:network|system|service|swarm|run|inspect)(?: [a-z]+)?|\bip (?:link|route|address)\b|\bnet\.\*"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One row: English forms, Korean ones of which one is wanted, Korean ones that are refused, English that excuses."""

    english: re.Pattern[str]
    korean: tuple[str, ...]
    refused: tuple[str, ...]
    excused: re.Pattern[str] | None

    def is_missing(self, english: str, korean: str) -> bool:
        """Tell whether the English has this term and the Korean hasn't."""
        if not self.english.search(ours(english)) or self._is_excused(english):
            return False
        return not any(term in korean for term in self.korean)

    def refused_in(self, english: str, korean: str) -> list[str]:
        """Return the other words for this term that the Korean has."""
        if self._is_excused(english):
            return []
        return [word for word in self.refused if re.search(_as_word(word), ours(korean))]

    def _is_excused(self, english: str) -> bool:
        return bool(self.excused and self.excused.search(english))


def ours(text: str) -> str:
    """Return a sentence without code, quotations and placeholders."""
    return NOT_OURS.sub(" ", text)


def read_terms() -> list[Term]:
    """Return every row of the page's table."""
    return [_term(*row) for row in table_rows(PAGE) if len(row) == 4 and row[0] not in ("English", "---")]


def _term(english: str, korean: str, refused: str, excused: str) -> Term:
    forms = "|".join(form for word in english.split(", ") for form in _forms(word))
    excuse = "|".join(re.escape(words) for words in _parts(excused))
    return Term(
        # a name that is written with a capital is one only so: "docker" is the command
        re.compile(rf"(?<![\w.])(?:{forms})(?![\w]|\.\w)", 0 if english[0].isupper() else re.IGNORECASE),
        tuple(korean.split("/")),
        tuple(_parts(refused)),
        re.compile(excuse, re.IGNORECASE) if excuse else None,
    )


def _parts(cell: str) -> list[str]:
    return [part for part in cell.split(" · ") if part]


def _forms(word: str) -> list[str]:
    """Return a word as sentences have it: "stop", "stops", "stopped", "stopping"."""
    stem = word.removesuffix("e")
    forms = [f"{word}(?:e?s|ing|ed)?", f"{stem}(?:ing|ed)", f"{word}{word[-1]}(?:ing|ed)"]
    return [*forms, f"{word[:-1]}ies"] if word.endswith("y") else forms


def _as_word(refused: str) -> str:
    """Return the pattern of a refused word: a Latin one stands alone, Korean ones take particles and don't end another word."""
    return rf"(?<![A-Za-z]){refused}(?![A-Za-z])" if refused.isascii() else rf"(?<![가-힣]){refused}"
