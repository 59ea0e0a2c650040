"""Nothing of one machine, no secret and nothing unfinished is committed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import own_files, read

CODE = {".py", ".js", ".css", ".html", ".sh", ".toml", ".yaml", ".yml", ".in", ""}
BINARY = {".png", ".jpg", ".ico", ".mo", ".woff2", ".gz", ".pdf", ".webp"}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\\n]*[A-Za-z0-9+/]{16}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bxox[abp]-[A-Za-z0-9-]{20,}|\bsk-[A-Za-z0-9]{32,}"
    r"|\bSECRET_KEY\s*=\s*[\"'][^\"'\s]{16,}"
    r"|://[^/\s:@{}<$]+:[^/\s:@{}<$]{6,}@(?!localhost|127\.|example|db|postgres)"
)
# A folder of the machine that this was written on, or of somebody's home
MACHINE_PATHS = re.compile(r"(?<![\w./}$-])/(work|root|home/[a-z][\w-]*)/")
PACKAGE_HOSTS = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
THIS = Path(__file__).name


def texts() -> dict[Path, str]:
    """Return every text file of the project but this one, which names what it looks for."""
    return {path: read(path) for path in own_files() if path.suffix not in BINARY and path.name != THIS}


def test_it_commits_no_secret() -> None:
    assert [str(path) for path, text in texts().items() if SECRETS.search(text)] == []


def test_it_names_no_folder_of_one_machine() -> None:
    assert [str(path) for path, text in texts().items() if MACHINE_PATHS.search(text)] == []


def test_it_names_no_package_host() -> None:
    assert [str(path) for path, text in texts().items() if PACKAGE_HOSTS.search(text)] == []


def test_it_leaves_nothing_to_do() -> None:
    code = {path: text for path, text in texts().items() if path.suffix in CODE}

    assert [str(path) for path, text in code.items() if UNFINISHED.search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (SECRETS, 'SECRET_KEY = "0123456789abcdef0123"'),
        (SECRETS, "https://me:hunter22@registry.invalid/"),
        (MACHINE_PATHS, 'open("/home/me/x")'),
        (UNFINISHED, "# TODO: later"),
    ],
)
def test_it_sees_them(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)
