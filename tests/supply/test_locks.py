"""Lock files are read whole: what isn't understood is a fault, never left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from networks.management.locks import Asset, LockFault, Pinned, normalize, read_assets, read_lock, read_project
from tests.supply.conftest import ASSET_LOCK, HASH, LOCK, MANIFEST


def test_it_reads_each_pin_with_its_hashes_marker_and_parents(locked: Path) -> None:
    assert read_lock(locked, "requirements.txt") == [
        Pinned("alpha-tool", "1.0", "", (HASH["a"], HASH["b"]), (), True),
        Pinned("beta-core", "2.1", "sys_platform == 'win32'", (HASH["c"],), ("alpha-tool",), True),
        Pinned("gamma", "3.0", "python_full_version < '3.12'", (HASH["d"],), ("alpha-tool",), False),
        Pinned("gamma", "3.1+local", "python_full_version >= '3.12'", (HASH["e"],), ("alpha-tool",), False),
    ]


def test_it_takes_a_constraint_for_no_wish(locked: Path) -> None:
    found = {one.name: (one.is_asked_for, one.parents) for one in read_lock(locked, "requirements-dev.txt")}

    assert found == {"alpha-tool": (False, ("checker",)), "checker": (True, ())}


def test_it_reads_assets_with_what_both_files_tell(locked: Path) -> None:
    whole = bytes(range(64)).hex()

    assert read_assets(locked) == [
        Asset("@scope/widget", "4.0.0", "MIT", (("static/vendor/widget.js", HASH["a"]),), whole, False),
        Asset("prober", "5.0.1", "Ours-1.0", (("tests/vendor/prober.js", HASH["b"]),), whole, True),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alpha>=1.0\n", "isn't pinned as NAME==VERSION: 'alpha>=1.0'"),
        ("alpha @ file:///tmp/alpha.whl\n", "isn't pinned"),
        ("--index https://packages.example\n", "isn't pinned"),
        ("alpha==1.0\n    # via -r requirements.in\n", "alpha has no hash"),
        (f"alpha==1.0 \\\n    --hash=sha256:{HASH['a']}\n    --no-deps\n", "this line of alpha isn't understood: '--no-deps'"),
        (f"alpha==1.0 \\\n    --hash=md5:{HASH['a'][:32]}\n", "isn't understood: '--hash=md5"),
        (f"    --hash=sha256:{HASH['a']}\n", "belongs to no requirement"),
        (LOCK + LOCK, "alpha-tool==1.0 is there twice"),
    ],
)
def test_it_refuses_a_lock_that_it_does_not_understand(locked: Path, text: str, words: str) -> None:
    (locked / "requirements.txt").write_text(text)

    with pytest.raises(LockFault, match=r"^requirements\.txt: ") as raised:
        read_lock(locked, "requirements.txt")

    assert words in str(raised.value)


def test_it_says_which_file_is_missing_or_garbled(locked: Path) -> None:
    (locked / "requirements.txt").unlink()
    (locked / "requirements-dev.txt").write_bytes(b"\xff\xfe")
    (locked / "package-lock.json").write_text("{")
    (locked / "pyproject.toml").write_text('[project]\nname = "netadmin"\n')

    for words, read in (
        ("requirements.txt can't be read: No such file", lambda: read_lock(locked, "requirements.txt")),
        ("requirements-dev.txt can't be read: it is no text", lambda: read_lock(locked, "requirements-dev.txt")),
        ("package-lock.json is no JSON", lambda: read_assets(locked)),
        ("pyproject.toml isn't understood: KeyError\\('version'\\)", lambda: read_project(locked)),
    ):
        with pytest.raises(LockFault, match=words):
            read()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": "5.0.2"}, "prober: package-lock.json pins 5.0.2, static/vendor/manifest.json has 5.0.1"),
        ({"integrity": "sha1-AAAA"}, "prober: the hash in package-lock.json is no SHA-512"),
        ({"integrity": "sha512-*"}, "prober: the hash in package-lock.json isn't understood"),
    ],
)
def test_it_refuses_assets_whose_files_disagree(locked: Path, changed: dict[str, str], words: str) -> None:
    packages = ASSET_LOCK["packages"]
    told = {"packages": {**packages, "node_modules/prober": {**packages["node_modules/prober"], **changed}}}
    (locked / "package-lock.json").write_text(json.dumps(told))

    with pytest.raises(LockFault, match=words):
        read_assets(locked)


def test_it_refuses_a_manifest_without_what_it_needs(locked: Path) -> None:
    first, second = MANIFEST["packages"]
    (locked / "static/vendor/manifest.json").write_text(json.dumps({"packages": [first, {**second, "files": None}]}))

    with pytest.raises(LockFault, match="isn't understood: TypeError"):
        read_assets(locked)


def test_it_spells_names_as_pep_503_does() -> None:
    assert {normalize(name) for name in ("Zope.Interface", "zope-interface", "ZOPE__interface", "zope-._interface")} == {
        "zope-interface"
    }
