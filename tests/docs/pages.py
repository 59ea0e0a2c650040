"""The Markdown pages as tests read them: links, anchors, code, tables."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT, files_ending, read

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4,}\S.*$", re.MULTILINE)
_SPAN = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|\b(?:src|srcset|href)=\"([^\"\s]+)\"")
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)


def pages() -> list[Path]:
    """Return every Markdown page of the project, relative to its root."""
    return files_ending(".md")


def prose(page: Path) -> str:
    """Return a page without its code."""
    text = _FENCE.sub("", read(page))
    return _SPAN.sub("", _INDENTED.sub("", text))


def links(page: Path) -> list[str]:
    """Return the targets of a page's links and images."""
    return [found.group(1) or found.group(2) for found in _LINK.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings make, as GitHub makes them."""
    headings = _HEADING.findall(_FENCE.sub("", read(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(page: Path, target: str) -> bool:
    """Tell whether a relative link leads nowhere; what leaves the project isn't looked at."""
    if re.match(r"[a-z]+:", target):
        return False
    name, _, anchor = target.partition("#")
    found = (ROOT / page.parent / name).resolve() if name else ROOT / page
    if not found.exists() or not found.is_relative_to(ROOT):
        return True
    return bool(anchor) and anchor not in anchors(found.relative_to(ROOT))


def spans(page: Path) -> list[str]:
    """Return what stands between backticks."""
    return [span[1:-1] for span in _SPAN.findall(_FENCE.sub("", read(page)))]


def table_rows(page: Path) -> list[list[str]]:
    """Return the cells of every table's lines; heads and rules are among them."""
    lines = [line for line in read(page).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
