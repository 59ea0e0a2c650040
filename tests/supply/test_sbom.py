"""The bill of materials says what the locks say, the same bytes each time; the committed one is in step with them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from networks.management.locks import LockFault, read_assets, read_lock
from networks.management.sbom import BILL, make_bill
from tests.architecture.tree import ROOT
from tests.supply.conftest import HASH, LOCK

MADE_OF = ("requirements.txt", "requirements-dev.txt", "package-lock.json", "pyproject.toml", "static/vendor/manifest.json")
SERIAL = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

# Writes the bill, and prints what was imported for it that isn't Python's own.
IMPORTED = """
import runpy, sys
before = set(sys.modules)
runpy.run_module("networks.management.sbom", run_name="__main__")
print(sorted({name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))
"""


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield components with those that are part of them."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def bill_of(root: Path) -> dict[str, Any]:
    bill: dict[str, Any] = json.loads(make_bill(root))
    return bill


def test_it_is_committed_in_step_with_the_lock_files() -> None:
    committed = (ROOT / BILL).read_text(encoding="utf-8")

    assert committed == make_bill(ROOT), f"after a change of {', '.join(MADE_OF)}: python -m networks.management.sbom"


def test_it_has_the_structure_of_cyclonedx() -> None:
    bill = json.loads((ROOT / BILL).read_text(encoding="utf-8"))
    top = bill["metadata"]["component"]
    components = list(walk(bill["components"]))
    refs = [top["bom-ref"], *(component["bom-ref"] for component in components)]
    named = [ref for one in bill["dependencies"] for ref in (one["ref"], *one.get("dependsOn", []))]

    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert SERIAL.fullmatch(bill["serialNumber"])
    assert len(refs) == len(set(refs))
    assert set(named) <= set(refs)
    assert len({one["ref"] for one in bill["dependencies"]}) == len(bill["dependencies"])
    assert {component["bom-ref"] for component in bill["components"]} < {one["ref"] for one in bill["dependencies"]}
    assert {component["type"] for component in components} == {"library", "file"}
    for component in components:
        assert all(re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{128}", one["content"]) for one in component["hashes"])
        assert len({one["content"] for one in component["hashes"]}) == len(component["hashes"]) > 0


def test_it_has_everything_that_is_locked_and_nothing_else() -> None:
    purls = {component["purl"]: component["scope"] for component in json.loads((ROOT / BILL).read_text())["components"]}
    runs = {f"pkg:pypi/{one.name}@{one.version}" for one in read_lock(ROOT, "requirements.txt")}
    develops = {f"pkg:pypi/{one.name}@{one.version}" for one in read_lock(ROOT, "requirements-dev.txt")}
    assets = {f"pkg:npm/{one.name.replace('@', '%40')}@{one.version}" for one in read_assets(ROOT)}

    assert set(purls) == runs | develops | assets
    assert {purl for purl, scope in purls.items() if scope == "required"} == runs | {
        one for one in assets if "axe-core" not in one
    }
    assert {"pkg:pypi/django@5.2.19", "pkg:npm/%40xterm/xterm@6.0.0"} <= set(purls)
    assert purls[next(purl for purl in purls if purl.startswith("pkg:pypi/pytest@"))] == "excluded"


def test_it_reaches_all_that_runs_from_the_application() -> None:
    bill = json.loads((ROOT / BILL).read_text())
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += needs[ref]

    assert reached == set(needs)


def test_it_says_of_each_component_what_its_lock_says(locked: Path) -> None:
    bill = bill_of(locked)
    found = {component["bom-ref"]: component for component in bill["components"]}

    assert list(found) == [
        "pkg:npm/%40scope/widget@4.0.0",
        "pkg:npm/prober@5.0.1",
        "pkg:pypi/alpha-tool@1.0",
        "pkg:pypi/beta-core@2.1",
        "pkg:pypi/checker@9.0",
        "pkg:pypi/gamma@3.0",
        "pkg:pypi/gamma@3.1%2Blocal",
    ]
    assert found["pkg:pypi/beta-core@2.1"] == {
        "type": "library",
        "bom-ref": "pkg:pypi/beta-core@2.1",
        "name": "beta-core",
        "version": "2.1",
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": HASH["c"]}],
        "purl": "pkg:pypi/beta-core@2.1",
        "properties": [{"name": "netadmin:marker", "value": "sys_platform == 'win32'"}],
    }
    assert [one["content"] for one in found["pkg:pypi/alpha-tool@1.0"]["hashes"]] == [HASH["a"], HASH["b"]]
    assert found["pkg:pypi/checker@9.0"]["scope"] == found["pkg:npm/prober@5.0.1"]["scope"] == "excluded"
    assert found["pkg:npm/prober@5.0.1"]["licenses"] == [{"license": {"name": "Ours-1.0", "acknowledgement": "declared"}}]
    widget = found["pkg:npm/%40scope/widget@4.0.0"]
    assert (widget["group"], widget["name"], widget["scope"]) == ("@scope", "widget", "required")
    assert widget["licenses"] == [{"license": {"id": "MIT", "acknowledgement": "declared"}}]
    assert widget["hashes"] == [{"alg": "SHA-512", "content": bytes(range(64)).hex()}]
    assert widget["components"] == [
        {
            "type": "file",
            "bom-ref": "pkg:npm/%40scope/widget@4.0.0#static/vendor/widget.js",
            "name": "static/vendor/widget.js",
            "hashes": [{"alg": "SHA-256", "content": HASH["a"]}],
        }
    ]


def test_it_draws_who_needs_what(locked: Path) -> None:
    bill = bill_of(locked)

    assert bill["metadata"]["component"]["version"] == "0.9.1"
    assert {one["ref"]: one.get("dependsOn") for one in bill["dependencies"]} == {
        "pkg:generic/netadmin@0.9.1": [
            "pkg:npm/%40scope/widget@4.0.0",
            "pkg:npm/prober@5.0.1",
            "pkg:pypi/alpha-tool@1.0",
            "pkg:pypi/beta-core@2.1",
            "pkg:pypi/checker@9.0",
        ],
        "pkg:npm/%40scope/widget@4.0.0": None,
        "pkg:npm/prober@5.0.1": None,
        "pkg:pypi/alpha-tool@1.0": ["pkg:pypi/beta-core@2.1", "pkg:pypi/gamma@3.0", "pkg:pypi/gamma@3.1%2Blocal"],
        "pkg:pypi/beta-core@2.1": None,
        "pkg:pypi/checker@9.0": ["pkg:pypi/alpha-tool@1.0"],
        "pkg:pypi/gamma@3.0": None,
        "pkg:pypi/gamma@3.1%2Blocal": None,
    }


def test_it_gives_the_same_bytes_until_something_changes(locked: Path, tmp_path: Path) -> None:
    first = make_bill(locked)
    shutil.copytree(locked, tmp_path / "elsewhere")
    lines = LOCK.splitlines(keepends=True)
    (tmp_path / "elsewhere/requirements.txt").write_text("".join([*lines[4:], *lines[:4]]))  # in another order

    assert make_bill(tmp_path / "elsewhere") == first
    (tmp_path / "elsewhere/requirements.txt").write_text(LOCK.replace(HASH["b"], HASH["f"]))
    second = make_bill(tmp_path / "elsewhere")
    assert json.loads(second)["serialNumber"] != json.loads(first)["serialNumber"]
    assert uuid.UUID(json.loads(second)["serialNumber"].removeprefix("urn:uuid:")).version == 5


def test_it_changes_a_line_of_its_own_for_each_package(locked: Path) -> None:
    before = make_bill(locked).splitlines()
    (locked / "requirements.txt").write_text(LOCK.replace(HASH["d"], HASH["f"]))

    changed = [(old, new) for old, new in zip(before, make_bill(locked).splitlines(), strict=True) if old != new]

    assert [old.split(":")[0].strip() for old, _new in changed] == ['"serialNumber"', '{"type"']
    assert HASH["f"] in changed[1][1]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("requirements-dev.txt", "alpha-tool==1.0", "alpha-tool==1.2", "alpha-tool: requirements-dev.txt pins 1.2"),
        ("requirements.txt", "# via alpha-tool", "# via nobody", "gamma is needed by nobody, which no lock has"),
    ],
)
def test_it_refuses_locks_that_do_not_belong_together(locked: Path, file: str, old: str, new: str, words: str) -> None:
    (locked / file).write_text((locked / file).read_text().replace(old, new))

    with pytest.raises(LockFault, match=words):
        make_bill(locked)


def test_it_names_no_host_and_no_folder_of_a_machine() -> None:
    assert "://" not in (ROOT / BILL).read_text()


def project_copy(folder: Path) -> Path:
    """Copy what the bill is made of and the modules that make it, and nothing of Django."""
    modules = ("__init__", "sbom", "package_records", "locks", "versions")
    for name in [*MADE_OF, "networks/__init__.py", *(f"networks/management/{module}.py" for module in modules)]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def write_in(folder: Path) -> subprocess.CompletedProcess[str]:
    """Write the bill as bin/lock does."""
    command = [sys.executable, "-m", "networks.management.sbom"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_it_is_written_as_bin_lock_does(tmp_path: Path) -> None:
    folder = project_copy(tmp_path)

    done = write_in(folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, "sbom.cdx.json is in step with the lock files\n", "")
    assert (folder / BILL).read_bytes() == (ROOT / BILL).read_bytes()
    assert "\n.venv/bin/python -m networks.management.sbom\n" in (ROOT / "bin/lock").read_text()


def test_it_needs_the_standard_library_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], cwd=project_copy(tmp_path), capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "['networks']"


def test_it_is_written_anew_with_the_vendored_files(tmp_path: Path) -> None:
    """bin/vendor takes packages that were made up, and the bill then has what became of them."""
    folder, packages = project_copy(tmp_path / "project"), tmp_path / "packages"
    for name in ("bin/vendor", "package.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for asset in json.loads((ROOT / "static/vendor/manifest.json").read_text())["packages"]:
        told = {"version": asset["version"], "license": "Ours-1.0"}
        (packages / asset["name"]).mkdir(parents=True)
        (packages / asset["name"] / "package.json").write_text(json.dumps(told))
        for part in {part for file in asset["files"] for part in file["from"]}:
            (packages / asset["name"] / part).parent.mkdir(parents=True, exist_ok=True)
            (packages / asset["name"] / part).write_text(f"/* {part} */")

    done = subprocess.run(
        [sys.executable, "bin/vendor", "--from", str(packages)], cwd=folder, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / BILL).read_text() == make_bill(folder)
    widgets = [one for one in json.loads((folder / BILL).read_text())["components"] if one["purl"].startswith("pkg:npm/")]
    assert [one["licenses"][0]["license"]["name"] for one in widgets] == ["Ours-1.0"] * 10
    assert (
        widgets[0]["components"][0]["hashes"] != json.loads((ROOT / BILL).read_text())["components"][0]["components"][0]["hashes"]
    )


def test_it_leaves_the_file_as_it_was_where_a_lock_is_not_understood(tmp_path: Path) -> None:
    folder = project_copy(tmp_path)
    (folder / BILL).write_text("as it was")
    (folder / "requirements.txt").write_text("alpha>=1\n")

    done = write_in(folder)

    assert (done.returncode, done.stderr) == (1, "requirements.txt: this requirement isn't pinned as NAME==VERSION: 'alpha>=1'\n")
    assert (folder / BILL).read_text() == "as it was"
