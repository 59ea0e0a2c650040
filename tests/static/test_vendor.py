"""Vendored files are the ones that were chosen, and the icons are those that templates name."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "static/vendor/manifest.json"


def check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(root / "bin/vendor"), "--check"], capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Copy what bin/vendor looks at."""
    for folder in ("static/vendor", "tests/vendor"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("bin/vendor", "package.json", "templates/components/sprite.html"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def test_it_finds_the_vendored_files_as_the_manifest_says() -> None:
    answer = check(ROOT)

    assert (answer.returncode, answer.stdout) == (0, "static/vendor matches its manifest\n")


def test_it_names_a_file_that_was_changed(copied: Path) -> None:
    (copied / "static/vendor/htmx-ws.min.js").write_text("alert(1)")

    answer = check(copied)

    assert answer.returncode == 1
    assert answer.stdout == "static/vendor/htmx-ws.min.js: its SHA-256 is not the one in the manifest\n"


def test_it_names_a_file_that_is_missing_or_unlisted(copied: Path) -> None:
    (copied / "tests/vendor/axe.min.js").unlink()
    (copied / "static/vendor/extra.js").write_text("")

    answer = check(copied)

    assert answer.returncode == 1
    assert "tests/vendor/axe.min.js: missing" in answer.stdout
    assert "static/vendor/extra.js: not in the manifest" in answer.stdout


def test_it_names_a_version_that_is_not_the_pinned_one(copied: Path) -> None:
    pins = (copied / "package.json").read_text().replace('"5.3.9"', '"5.3.10"')
    (copied / "package.json").write_text(pins)

    assert "bootstrap: package.json pins 5.3.10, vendored is 5.3.9" in check(copied).stdout


def test_it_pins_exact_versions_and_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    lock = (ROOT / "package-lock.json").read_text()

    for version in {**package["dependencies"], **package["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert "://" not in lock
    assert lock.count('"integrity"') == 10


def test_it_ships_every_package_with_its_licence() -> None:
    for package in json.loads(MANIFEST.read_text())["packages"]:
        assert any("LICENSE" in file["path"] for file in package["files"]), package["name"]
        assert package["licence"]


def test_it_has_no_source_map_that_is_not_there() -> None:
    for file in (ROOT / "static/vendor").iterdir():
        assert "sourceMappingURL" not in file.read_text()


def test_it_has_every_icon_that_is_named() -> None:
    sprite = set(re.findall(r'id="i-([a-z0-9-]+)"', (ROOT / "templates/components/sprite.html").read_text()))
    named = set()
    for file in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "networks").rglob("*.py")]:
        text = file.read_text()
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', text)) | set(re.findall(r'\bicon\("([a-z0-9-]+)"', text))
        named |= set(re.findall(r"href=\"#i-([a-z0-9-]+)\"", text)) if file.name != "sprite.html" else set()

    assert named - sprite == set()
