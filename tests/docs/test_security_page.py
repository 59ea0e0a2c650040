"""SECURITY.md goes through ASVS 5.0 item by item, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import functions, own_files, parse, read

PAGE = Path("SECURITY.md")
BLOCK = re.compile(r"<!-- asvs -->\n(.*)<!-- /asvs -->", re.DOTALL)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
# Every item of levels 1 and 2 in V3, V4, V7, V8 and V16 of ASVS 5.0.0.
ITEMS = [
    "3.2.1",
    "3.2.2",
    "3.3.1",
    "3.3.2",
    "3.3.3",
    "3.3.4",
    "3.4.1",
    "3.4.2",
    "3.4.3",
    "3.4.4",
    "3.4.5",
    "3.4.6",
    "3.5.1",
    "3.5.2",
    "3.5.3",
    "3.5.4",
    "3.5.5",
    "3.7.1",
    "3.7.2",
    "4.1.1",
    "4.1.2",
    "4.1.3",
    "4.2.1",
    "4.3.1",
    "4.3.2",
    "4.4.1",
    "4.4.2",
    "4.4.3",
    "4.4.4",
    "7.1.1",
    "7.1.2",
    "7.1.3",
    "7.2.1",
    "7.2.2",
    "7.2.3",
    "7.2.4",
    "7.3.1",
    "7.3.2",
    "7.4.1",
    "7.4.2",
    "7.4.3",
    "7.4.4",
    "7.4.5",
    "7.5.1",
    "7.5.2",
    "7.6.1",
    "7.6.2",
    "8.1.1",
    "8.1.2",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.3.1",
    "8.4.1",
    "16.1.1",
    "16.2.1",
    "16.2.2",
    "16.2.3",
    "16.2.4",
    "16.2.5",
    "16.3.1",
    "16.3.2",
    "16.3.3",
    "16.3.4",
    "16.4.1",
    "16.4.2",
    "16.4.3",
    "16.5.1",
    "16.5.2",
    "16.5.3",
]
# What nothing could show: there is no such thing, it is somebody else's, it isn't met, or it is a matter of writing it down.
WITHOUT_TEST = {"3.4.1", "3.5.5", "4.1.2", "4.3.1", "4.3.2", "7.1.1", "16.1.1"}


def rows() -> dict[str, list[str]]:
    """Return the cells of the table by item."""
    block = BLOCK.search(read(PAGE))
    assert block is not None
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in block[1].splitlines()[2:]]
    return {row[0]: row[1:] for row in cells}


def names_in(path: Path) -> set[str]:
    return {function.name for function in functions(parse(path)) if function.name.startswith("test_")}


def test_it_goes_through_every_row() -> None:
    assert list(rows()) == ITEMS


def test_it_shows_each_row_by_a_test() -> None:
    bare = {item for item, cells in rows().items() if not TEST.search(cells[2])}

    assert bare == WITHOUT_TEST
    assert all(cells[0] and cells[1] for cells in rows().values())


def test_it_names_tests_that_exist() -> None:
    pages = [path for path in own_files() if path.suffix == ".md"]
    named = {(Path(path), name) for page in pages for path, name in TEST.findall(read(page))}

    missing = {(str(path), name) for path, name in named if path not in own_files() or (name and name not in names_in(path))}
    assert missing == set()
