"""English sentences are said as one engineer says them to another: short, plain, whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.locale.catalog import ROOT, SOURCES, read_catalog
from tests.locale.terms import ours

# What nobody says. Each was on a page once.
REFUSED = (
    r"Known to be equal",
    r"in none\b",
    r"no list shows",
    r"passed over",
    r"[Ss]omebody's",
    r"\bis of\b",
    r"\bcalled so\b",
    r"did not come about",
    r"leads? nowhere",
    r"\bof late\b",
    r"whatever else",
    r"one a line",
    r"\b[Ww]hoever\b",
    r"\banew\b",
    r"\bwish\b",
    r"for want of",
    r"[Tt]aken off it",
    r"\bgoes? on running\b",
    r"\blet in\b",
    r"\bshall\b",
)
# Words in one sentence, markup and placeholders counted as one each.
MOST_WORDS = 46
TRANSLATES = {"_", "gettext", "ngettext", "gettext_lazy", "ngettext_lazy", "pgettext"}
MODULES = sorted(path for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))


def sentences() -> list[str]:
    """Return every English message, plurals too."""
    return [text for entry in read_catalog() for text in (entry.msgid, entry.msgid_plural) if text]


@pytest.mark.parametrize("phrase", REFUSED)
def test_it_says_nothing_that_nobody_says(phrase: str) -> None:
    assert [text for text in sentences() if re.search(phrase, ours(text))] == []


def test_it_keeps_sentences_short() -> None:
    parts = [part for text in sentences() for part in re.split(r"(?<=[.?!]) ", text)]

    assert [part for part in parts if len(part.split()) > MOST_WORDS] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_glues_no_sentences_together(module: Path) -> None:
    assert glued(module.read_text()) == []


def glued(source: str) -> list[int]:
    """Return the lines where a translation is added to something: another language has another order."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and any(is_translated(side) for side in (node.left, node.right))
    ]


def is_translated(node: ast.expr) -> bool:
    """Tell whether an expression is a translation, filled in or not."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return is_translated(node.left)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATES


@pytest.mark.parametrize(
    ("source", "lines"),
    [('_("a") + b', [1]), ('b + " " + _("%(x)s") % {"x": 1}', [1]), ('_("a")\nngettext("a", "b", 2)', []), ("1 + 2", [])],
)
def test_it_sees_what_is_glued(source: str, lines: list[int]) -> None:
    assert glued(source) == lines
