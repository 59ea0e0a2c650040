"""The recordings are whole, and what pages say of versions is what was tried."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from networks.engine.parsing.engines import NEWEST_API, OLDEST_API
from tests.architecture.tree import read
from tests.docs.pages import pages, table_rows
from tests.recorded.reading import HERE, VERSIONS, recorded

BEHAVIOUR = Path("docs/engine-behaviour.md")
RANGE = re.compile(r"\b(1\.[0-9]+) to (1\.[0-9]+)\b")
FULL_VERSION = re.compile(r"\b2[0-9]\.[0-9]+\.[0-9]+\b")
TRIED = "26.1.5"


def test_it_has_each_recording_as_it_was_made() -> None:
    lines = [line.split("  ") for line in (HERE / "SHA256SUMS").read_text().splitlines()]
    files = {path.name: path.read_bytes() for path in HERE.glob("*.gz")}

    assert {name: hashlib.sha256(body).hexdigest() for name, body in files.items()} == {name: known for known, name in lines}
    assert sorted(files) == [f"engine-{version}.json.gz" for version in VERSIONS]
    assert sum(map(len, files.values())) < 200_000


@pytest.mark.parametrize("page", [Path("README.md"), Path("docs/engine-seam.md"), Path("docs/operations.md")], ids=str)
def test_it_names_the_api_versions_that_are_spoken(page: Path) -> None:
    spoken = (f"{OLDEST_API[0]}.{OLDEST_API[1]}", f"{NEWEST_API[0]}.{NEWEST_API[1]}")

    assert spoken in RANGE.findall(read(page))
    assert {found for each in pages() for found in RANGE.findall(read(each)) if found[0] == spoken[0]} == {spoken}


def test_it_claims_the_versions_that_were_tried_or_recorded() -> None:
    (row,) = [cells for cells in table_rows(Path("README.md")) if cells[0] == "Engine"]
    claimed = read(BEHAVIOUR).partition("## Versions")[2].partition("\n## ")[0]

    assert FULL_VERSION.findall(row[1]) == [TRIED, *VERSIONS]
    assert set(FULL_VERSION.findall(claimed)) == {TRIED, *VERSIONS}


@pytest.mark.parametrize("version", VERSIONS)
def test_it_gives_each_version_the_api_that_it_spoke(version: str) -> None:
    short, told = version.rpartition(".")[0], recorded(version)["version"]
    (row,) = [cells for cells in table_rows(BEHAVIOUR) if re.search(rf"\b{re.escape(short)}\b", cells[0])]
    place = next(index for index, engines in enumerate(row[0].split(", ")) if short in engines)

    assert (row[1].split(", ")[place], row[2]) == (told["ApiVersion"], told["MinAPIVersion"])
