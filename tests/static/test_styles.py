"""Style sheets hold no rule for a class, an id or an attribute that nothing has, and no custom property that nothing reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = {file.name: re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL) for file in (ROOT / "static/css").glob("*.css")}
VENDORED = ROOT / "static/vendor"
# What is said to people and to each other: words there are no classes.
PROSE = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{% (?:translate|load) .*?%\}"
    r"|\{% blocktranslate\b.*?\{% endblocktranslate %\}",
    re.DOTALL,
)
WORD = re.compile(r"[A-Za-z_][\w-]*")
# A name whose end is only known when it is drawn: hue-{{ hue }}, v-{% if … %}, f"g-{state}", `is-${word}`.
BEGINNING = re.compile(r"([A-Za-z][\w-]*-)(?=\{|\$\{)")


def words_of_python(source: str) -> Iterator[str]:
    """Yield a module's strings but its docstrings; an f-string's parts with what they are filled with as {}."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def read_sources() -> Iterator[str]:
    for file in (ROOT / "templates").rglob("*.html"):
        yield PROSE.sub(" ", file.read_text())
    for file in (ROOT / "networks").rglob("*.py"):
        yield from words_of_python(file.read_text())
    for file in (ROOT / "static/js").glob("*.js"):
        yield re.sub(r"^\s*//.*$", "", file.read_text(), flags=re.MULTILINE)
    for name in ("xterm.min.js", "uplot.min.js"):
        yield (VENDORED / name).read_text()


@cache
def sources() -> tuple[str, ...]:
    """Return what names classes: not before a test asks, for all that collect tests would wait."""
    return tuple(read_sources())


@cache
def names_used() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names that stand somewhere, and the beginnings of those whose end is drawn."""
    used = frozenset(word for source in sources() for word in WORD.findall(source))
    return used, tuple({beginning for source in sources() for beginning in BEGINNING.findall(source)})


def is_used(name: str) -> bool:
    used, beginnings = names_used()
    return name in used or name.startswith(beginnings)


def unused_in(sheet: str) -> list[str]:
    """Return the classes, ids and attributes in selectors that no page, script or module has."""
    selectors = " ".join(re.findall(r"([^{};]+)\{", sheet))
    return sorted({name for name in re.findall(r"[.#\[]([A-Za-z_][\w-]*)", selectors) if not is_used(name)})


def test_it_styles_nothing_that_no_page_has() -> None:
    assert {name: unused for name, sheet in SHEETS.items() if (unused := unused_in(sheet))} == {}


@pytest.mark.parametrize(
    ("sheet", "unused"),
    [
        (".nobody-has-this, .panel { margin: 1.5rem }", ["nobody-has-this"]),
        ("@media (width < 40rem) { #not-on-any-page > a { color: red } }", ["not-on-any-page"]),
        (".hue-7 .btn::after { color: red }", []),
    ],
)
def test_it_sees_what_nothing_has(sheet: str, unused: list[str]) -> None:
    assert unused_in(sheet) == unused


def test_it_sets_no_property_that_nothing_reads() -> None:
    everything = "".join([*SHEETS.values(), *sources()])
    own = {name for sheet in SHEETS.values() for name in re.findall(r"(--(?!bs-)[\w-]+)\s*:", sheet)}
    tokens = {f"--{word}" for source in sources() for word in re.findall(r"""["'`]([\w-]+)["'`]""", source)}  # readColour("ink")

    assert {name for name in own if f"var({name}" not in everything} - tokens == set()
