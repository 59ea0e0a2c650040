"""What the environment may say, and that the documentation says the same."""

from __future__ import annotations

import ast
import os
import re
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from netadmin import env
from netadmin.env import BASE_DIR, read_configuration, read_or_make_secret_key

ROW = re.compile(r"^\| `(\w+)` \| `?(.*?)`? \|", re.MULTILINE)
# Defaults that are written otherwise than in the code
WRITTEN = {"": "none", "[]": "none", "False": "false", "True": "true", "str(BASE_DIR / '.data')": ".data` beside `manage.py"}


def variables() -> dict[str, str]:
    """Return each variable that env.py reads, and its default as documentation writes it."""
    found = {}
    for node in ast.walk(ast.parse(Path(env.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "env":
            name, default = node.args[0], node.keywords[0].value
            text = str(default.value) if isinstance(default, ast.Constant) else ast.unparse(default)
            found[ast.literal_eval(name)] = WRITTEN.get(text, text)
    return found


def test_it_documents_every_variable_with_its_default() -> None:
    documented = dict(ROW.findall((BASE_DIR / "docs/configuration.md").read_text(encoding="utf-8")))

    assert documented == variables()


def test_it_reads_the_environment_in_one_place_only() -> None:
    readers = [
        str(path.relative_to(BASE_DIR))
        for folder in ("netadmin", "networks")
        for path in (BASE_DIR / folder).rglob("*.py")
        if re.search(r"os\.(environ\b(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE)|getenv)", path.read_text(encoding="utf-8"))
    ]

    assert readers == ["netadmin/env.py"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NETADMIN_PORT", "0", "isn't a port"),
        ("NETADMIN_PORT", "http", "isn't understood"),
        ("NETADMIN_TRUSTED_PROXIES", "-1", "how many proxies"),
        ("NETADMIN_LOG_LEVEL", "LOUD", "none of DEBUG"),
        ("NETADMIN_LANGUAGE", "xx", "none of en, ko"),
        ("NETADMIN_TIME_ZONE", "Mars/Base", "time zone"),
        ("NETADMIN_ADMIN_PASSWORD", "hunter2", "NETADMIN_ADMIN_PASSWORD_FILE"),
    ],
)
def test_it_says_what_makes_no_sense(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=words):
        read_configuration()


def test_it_shows_its_inside_on_the_loopback_address_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETADMIN_DEBUG", "1")
    assert read_configuration().is_debug

    monkeypatch.setenv("NETADMIN_BIND", "192.0.2.7")
    with pytest.raises(ImproperlyConfigured, match="NETADMIN_DEBUG"):
        read_configuration()


def test_it_reads_a_value_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "origins").write_text("https://a.example,https://b.example")
    monkeypatch.setenv("NETADMIN_TRUSTED_ORIGINS_FILE", str(tmp_path / "origins"))

    assert read_configuration().trusted_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NETADMIN_BIND", "*", "isn't an address"),
        ("NETADMIN_BIND", "0.0.0.0", "NETADMIN_TRUSTED_ORIGINS"),  # noqa: S104
        ("NETADMIN_TRUSTED_ORIGINS", "netadmin.example", "full origin"),
    ],
)
def test_it_ends_with_one_sentence_and_status_1(tmp_path: Path, name: str, value: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=BASE_DIR,
        env=os.environ | {"NETADMIN_DATA_DIR": str(tmp_path), name: value, "DJANGO_SETTINGS_MODULE": "netadmin.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_it_makes_a_private_secret_key_once(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "data"

    first, second = read_or_make_secret_key(directory), read_or_make_secret_key(directory)

    assert first == second
    assert len(first) > 80
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in directory.iterdir()] == ["secret_key"]


def test_it_refuses_half_a_secret_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("abc")

    with pytest.raises(ImproperlyConfigured, match="Delete it"):
        read_or_make_secret_key(tmp_path)


@pytest.mark.parametrize(("package", "floor"), [("django", (5, 2, 19)), ("daphne", (4, 2, 2))])
def test_it_runs_on_libraries_without_known_holes(package: str, floor: tuple[int, ...]) -> None:
    locked = re.search(rf"^{package}==([\d.]+)", (BASE_DIR / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)

    assert locked is not None
    for found in (version(package), locked[1]):
        assert tuple(int(part) for part in found.split(".")) >= floor
