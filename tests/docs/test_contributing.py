"""The walk through an action in CONTRIBUTING.md leads along files that are there, and finds in each what it says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT, read

# `path` … (`name`): what stands in brackets is in the file that was named last before it.
STEP = re.compile(r"`(?P<path>[\w./]+\.(?:py|html))`(?P<between>[^`]*?)\(`(?P<name>[^`]+)`\)")


def walk() -> str:
    text = read(Path("CONTRIBUTING.md"))
    return text.partition("## Adding an action")[2].partition("\n## ")[0]


def test_it_finds_each_name_in_the_file_before_it() -> None:
    steps = [(step["path"], step["name"]) for step in STEP.finditer(walk())]

    assert len(steps) >= 9
    assert [(path, name) for path, name in steps if name not in read(Path(path))] == []


def test_it_names_files_that_are_there() -> None:
    paths = re.findall(r"`((?:networks|templates|tests|docs)/[\w./]+\.\w+)`", walk())

    assert len(paths) >= 15
    assert [path for path in paths if not (ROOT / path).is_file()] == []
