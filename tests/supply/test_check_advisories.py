"""`manage.py check_advisories`: every record that applies is a line, and nothing passes for checked that wasn't."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from networks.management.advisories import Check, Package, locked_packages
from networks.management.commands import check_advisories
from networks.management.package_records import read_records
from tests.architecture.tree import ROOT
from tests.supply.osv import affected, record, zip_of

ZOPE = Package("PyPI", "zope-interface", "8.7")
DJANGO = Package("PyPI", "django", "5.2.19")
NEXT = Package("PyPI", "django", "6.0rc1")
XTERM = Package("npm", "@xterm/xterm", "6.0.0")
PACKAGES = frozenset({ZOPE, DJANGO, NEXT, XTERM, Package("PyPI", "ujson", "6.1.0")})
BRANCHES = (("introduced", "0"), ("fixed", "4.2.30"), ("introduced", "5.0"), ("fixed", "5.2.20"), ("introduced", "6.0b1"))


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told.json"


def lines(path: Path, *documents: dict[str, Any], packages: frozenset[Package] = PACKAGES) -> list[str]:
    """Return the lines that these records make of the packages."""
    path.write_text(json.dumps(documents))
    check = Check(packages)
    check.read(read_records(path))
    return [str(hit) for hit in sorted(check.hits)]


def run(*files: Path) -> tuple[int, str]:
    """Run the command and return its status and its words, of whichever stream."""
    said = io.StringIO()
    try:
        call_command("check_advisories", *map(str, files), stdout=said)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, said.getvalue()


@pytest.fixture
def small_lock(locked: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the command look at the small lock files."""
    monkeypatch.setattr(check_advisories, "ROOT", locked)
    return locked


def test_it_says_who_is_hit_by_what_and_what_mends_it(told: Path) -> None:
    flaw = record("GHSA-made-upon-eday", affected("Django", *BRANCHES), aliases=["CVE-2099-1", "PYSEC-2099-1"])
    scored = {**flaw, "id": "OSV-MADE-1", "aliases": [], "database_specific": {"severity": "CRITICAL"}}

    assert lines(told, flaw, scored) == [
        "django 5.2.19 (PyPI): GHSA-made-upon-eday (CVE-2099-1, PYSEC-2099-1); fixed in 5.2.20",
        "django 5.2.19 (PyPI): OSV-MADE-1, severity CRITICAL; fixed in 5.2.20",
        "django 6.0rc1 (PyPI): GHSA-made-upon-eday (CVE-2099-1, PYSEC-2099-1); no fixed version is named",
        "django 6.0rc1 (PyPI): OSV-MADE-1, severity CRITICAL; no fixed version is named",
    ]


@pytest.mark.parametrize("name", ["zope.interface", "Zope_Interface", "ZOPE-interface", "zope..interface"])
def test_it_knows_a_package_in_whatever_spelling(told: Path, name: str) -> None:
    flaw = record("OSV-MADE-1", affected(name, ("introduced", "8.0"), ("last_affected", "8.7.0")))

    assert lines(told, flaw) == ["zope-interface 8.7 (PyPI): OSV-MADE-1; no fixed version is named"]


def test_it_knows_npm_packages_by_their_whole_name(told: Path) -> None:
    spans = [("introduced", "6.0.0-beta.3"), ("fixed", "6.0.1")]
    flaws = [
        record(f"OSV-MADE-{number}", affected(name, *spans, ecosystem="npm"))
        for number, name in enumerate(("@xterm/xterm", "xterm"))
    ]
    before = record("OSV-MADE-7", affected("@xterm/xterm", ("introduced", "0"), ("fixed", "6.0.0"), ecosystem="npm"))

    assert lines(told, *flaws, before) == ["@xterm/xterm 6.0.0 (npm): OSV-MADE-0; fixed in 6.0.1"]


def test_it_takes_no_package_for_its_namesake_elsewhere(told: Path) -> None:
    assert lines(told, record("OSV-MADE-1", affected("django", ("introduced", "0.0.0"), ecosystem="npm"))) == []
    assert lines(told, record("OSV-MADE-2", affected("django", ("introduced", "0"), ecosystem="Debian:13"))) == []


def test_it_looks_at_lists_of_versions_and_at_ranges(told: Path) -> None:
    listed = record("OSV-MADE-1", affected("django", ("introduced", "1.0"), ("fixed", "2.0"), versions=["1.9", "5.2.19"]))
    ranged = record("OSV-MADE-2", affected("django", ("introduced", "5.0"), ("fixed", "5.2.21"), versions=["5.1"]))
    other = record("OSV-MADE-3", affected("django", versions=["5.2.18", "5.2.19rc1", "not a version"]))

    assert lines(told, listed, ranged, other) == [
        "django 5.2.19 (PyPI): OSV-MADE-1; no fixed version is named",
        "django 5.2.19 (PyPI): OSV-MADE-2; fixed in 5.2.21",
    ]


def test_it_takes_what_a_record_says_of_one_package_together(told: Path) -> None:
    parts = [
        affected("Django", ("introduced", "5.0"), ("fixed", "5.2.20"), severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L"}])
    ]
    parts.append(affected("django", ("introduced", "5.2.20"), ("fixed", "5.2.22")))

    assert lines(told, record("OSV-MADE-1", *parts)) == [
        "django 5.2.19 (PyPI): OSV-MADE-1, severity CVSS:3.1/AV:L; fixed in 5.2.22"
    ]


def test_it_leaves_out_what_was_withdrawn(told: Path) -> None:
    flaw = record("OSV-MADE-1", affected("django", ("introduced", "0")))

    assert len(lines(told, flaw)) == 2
    assert lines(told, {**flaw, "withdrawn": "2026-11-05T00:00:00Z"}) == []


@pytest.mark.parametrize(
    "entry",
    [
        affected("ujson", ("introduced", "0"), ("fixed", "1f0e3dad99908345f7439f8ffabdffc4a1b2c3d4"), kind="GIT"),
        affected("ujson", ("introduced", "0"), ("fixed", "the next one")),
        affected("ujson"),
    ],
)
def test_it_says_where_a_person_has_to_look(told: Path, entry: dict[str, Any]) -> None:
    words = "ujson 6.1.0 (PyPI): OSV-MADE-1; the record names no versions that can be compared: read it"

    assert lines(told, record("OSV-MADE-1", entry)) == [words]


def test_it_is_content_with_versions_where_commits_stand_beside_them(told: Path) -> None:
    commits = {"type": "GIT", "repo": "https://git.example/u", "events": [{"introduced": "0"}, {"fixed": "1f0e3dad"}]}
    entry = affected("ujson", ("introduced", "0"), ("fixed", "6.0"))

    assert lines(told, record("OSV-MADE-1", {**entry, "ranges": [commits, *entry["ranges"]]})) == []
    assert lines(told, record("OSV-MADE-2", affected("ujson", versions=["6.0"], ranges=[commits]))) == []


def test_it_says_the_same_once_and_nothing_unseen(told: Path) -> None:
    flaw = record("OSV-\x1b[31mMADE\u202e", affected("ujson", ("introduced", "0")), aliases=["CVE\r\nujson: fine"])

    assert lines(told, flaw, flaw) == [
        "ujson 6.1.0 (PyPI): OSV-\\u001b[31mMADE\\u202e (CVE\\u000d\\u000aujson: fine); no fixed version is named"
    ]


def test_it_checks_what_runs_and_what_is_vendored(small_lock: Path) -> None:
    assert locked_packages(small_lock) == {
        Package("PyPI", "alpha-tool", "1.0"),
        Package("PyPI", "beta-core", "2.1"),
        Package("PyPI", "gamma", "3.0"),
        Package("PyPI", "gamma", "3.1+local"),
        Package("npm", "@scope/widget", "4.0.0"),
        Package("npm", "prober", "5.0.1"),
    }


def test_it_ends_with_status_1_and_a_line_for_each(small_lock: Path, tmp_path: Path) -> None:
    (tmp_path / "pypi.zip").write_bytes(zip_of(record("OSV-MADE-1", affected("Gamma", ("introduced", "3.1"), ("fixed", "3.2")))))
    (tmp_path / "npm.json").write_text(json.dumps(record("OSV-MADE-2", affected("prober", ("introduced", "0"), ecosystem="npm"))))

    status, words = run(tmp_path / "pypi.zip", tmp_path / "npm.json")

    assert status == 1
    assert words.splitlines() == [
        "gamma 3.1+local (PyPI): OSV-MADE-1; fixed in 3.2",
        "prober 5.0.1 (npm): OSV-MADE-2; no fixed version is named",
    ]


def test_it_ends_with_status_0_and_says_what_was_looked_at(small_lock: Path, tmp_path: Path) -> None:
    records = [
        record("OSV-MADE-1", affected("gamma", ("introduced", "0"), ("fixed", "3.0"))),
        record("OSV-MADE-2", affected("gamma", ("introduced", "0")), withdrawn="2026-11-05T00:00:00Z"),
        record("OSV-MADE-3", affected("else", ("introduced", "0")), affected("else", ("introduced", "0.0.0"), ecosystem="npm")),
        record("OSV-MADE-4", affected("gamma", ("introduced", "0"), ecosystem="Debian:13")),
    ]
    (tmp_path / "all.zip").write_bytes(zip_of(*records))

    assert run(tmp_path / "all.zip") == (
        0,
        "Read 4 records (3 about PyPI, 1 about npm, 1 withdrawn) and checked 6 packages: none is known to be vulnerable.\n",
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "told.json is no JSON: "),
        ('{"name": "netadmin"}', "told.json isn't an OSV record: it has no id."),
        ("[]", "Read 0 records, none about a package of PyPI and npm: those packages weren't checked."),
        (
            json.dumps(record("OSV-MADE-1", affected("a", ecosystem="Go"))),
            "Read 1 record, none about a package of PyPI and npm",
        ),
    ],
)
def test_it_ends_with_status_2_where_nothing_was_checked(small_lock: Path, told: Path, content: str, words: str) -> None:
    told.write_text(content)

    status, said = run(told)

    assert (status, words in said) == (2, True), said


def test_it_ends_with_status_2_where_a_lock_is_not_understood(small_lock: Path, told: Path) -> None:
    (small_lock / "requirements.txt").write_text("alpha\n")
    told.write_text(json.dumps(record("OSV-MADE-1", affected("alpha", ("introduced", "0")))))

    assert run(told) == (2, "requirements.txt: this requirement isn't pinned as NAME==VERSION: 'alpha'")


def test_it_runs_from_a_shell_and_makes_no_tables(tmp_path: Path) -> None:
    """By Netadmin's own locks, as a person types it."""
    flaw = record("OSV-MADE-1", affected("DJANGO", ("introduced", "0"), ("fixed", "999")), aliases=["CVE-2099-1"])
    (tmp_path / "told.json").write_text(json.dumps(flaw))

    def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"NETADMIN_DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "netadmin.settings"}
        command = [sys.executable, "manage.py", "check_advisories", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    hit, missing, nothing = typed(str(tmp_path / "told.json")), typed(str(tmp_path / "none.json")), typed()

    assert (hit.returncode, hit.stderr) == (1, "")
    assert hit.stdout.startswith("django 5.2.")
    assert hit.stdout.endswith(" (PyPI): OSV-MADE-1 (CVE-2099-1); fixed in 999\n")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == f"CommandError: {tmp_path}/none.json can't be read: No such file or directory.\n"
    assert nothing.returncode == 2
    assert (tmp_path / "data/netadmin.sqlite3").stat().st_size == 0
