"""The software bill of materials: sbom.cdx.json (CycloneDX 1.6), made of the lock files and nothing else.

    .venv/bin/python -m networks.management.sbom

The same lock files give the same bytes: no time, nothing random, nothing of the environment. So distributions have no licence
here: their lock doesn't tell it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from networks.management.locks import (
    DEVELOPMENT_LOCK,
    ROOT,
    RUNTIME_LOCK,
    Asset,
    LockFault,
    Pinned,
    Project,
    read_assets,
    read_lock,
    read_project,
)

BILL = "sbom.cdx.json"
# What CycloneDX takes as `id` are SPDX's identifiers; any other word of a package goes into `name`.
_SPDX = frozenset({"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"})


def write_bill(root: Path) -> None:
    """Write the bill of materials of the lock files below this folder. Raises LockFault where they aren't understood."""
    (root / BILL).write_text(make_bill(root), encoding="utf-8")


def make_bill(root: Path) -> str:
    """Return the bill of materials as JSON, one component a line. Raises LockFault."""
    runtime, development = read_lock(root, RUNTIME_LOCK), read_lock(root, DEVELOPMENT_LOCK)
    assets, project = read_assets(root), read_project(root)
    runs = {(one.name, one.version) for one in runtime}
    _compare(runtime, development)
    only_development = [one for one in development if (one.name, one.version) not in runs]
    components = [
        *(_distribution(one, "required") for one in runtime),
        *(_distribution(one, "excluded") for one in only_development),
        *(_asset(one) for one in assets),
    ]
    bill: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": {"lifecycles": [{"phase": "pre-build"}], "component": _application(project)},
        "components": sorted(components, key=lambda one: str(one["bom-ref"])),
        "dependencies": _graph(project, [*runtime, *development], assets),
    }
    content = hashlib.sha256(json.dumps(bill, sort_keys=True).encode()).hexdigest()
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, f"{_ref_of_project(project)}#{content}").urn
    return _spell(bill)


def main() -> None:
    """Write the bill of materials of this project. Ends with status 1 and a sentence where a lock isn't understood."""
    try:
        write_bill(ROOT)
    except LockFault as fault:
        sys.exit(str(fault))
    print(f"{BILL} is in step with the lock files")


def _compare(runtime: list[Pinned], development: list[Pinned]) -> None:
    """Raise LockFault where the two locks pin different versions of one distribution: both are installed into one place."""
    versions = _versions(runtime)
    for one in development:
        if one.version not in versions.get(one.name, {one.version}):
            raise LockFault(f"{one.name}: {DEVELOPMENT_LOCK} pins {one.version}, {RUNTIME_LOCK} another version.")


def _versions(pinned: Iterable[Pinned]) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = defaultdict(set)
    for one in pinned:
        versions[one.name].add(one.version)
    return versions


def _application(project: Project) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": _ref_of_project(project),
        "name": project.name,
        "version": project.version,
        "description": project.description,
        "licenses": _licences(project.licence),
        "purl": _ref_of_project(project),
    }


def _distribution(one: Pinned, scope: str) -> dict[str, Any]:
    """Return a component. `hashes`: one for each file of this version that may be installed, as the lock has them."""
    ref = _ref(one)
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": ref,
        "name": one.name,
        "version": one.version,
        "scope": scope,
        "hashes": [{"alg": "SHA-256", "content": content} for content in one.hashes],
        "purl": ref,
    }
    if one.marker:
        component["properties"] = [{"name": "netadmin:marker", "value": one.marker}]
    return component


def _asset(one: Asset) -> dict[str, Any]:
    """Return a component with the package's own hash; below it the files that were made of it, each with its own."""
    ref = _ref(one)
    group, _slash, name = one.name.rpartition("/")
    files = [
        {"type": "file", "bom-ref": f"{ref}#{path}", "name": path, "hashes": [{"alg": "SHA-256", "content": content}]}
        for path, content in one.files
    ]
    return {
        "type": "library",
        "bom-ref": ref,
        **({"group": group} if group else {}),
        "name": name,
        "version": one.version,
        "scope": "excluded" if one.is_development else "required",
        "hashes": [{"alg": "SHA-512", "content": one.integrity}],
        "licenses": _licences(one.licence),
        "purl": ref,
        "components": files,
    }


def _licences(word: str) -> list[dict[str, Any]]:
    return [{"license": {"id" if word in _SPDX else "name": word, "acknowledgement": "declared"}}]


def _graph(project: Project, pinned: list[Pinned], assets: list[Asset]) -> list[dict[str, Any]]:
    """Return who needs what. Where two versions of a name are pinned, the lock doesn't say which is meant: both are named."""
    top = _ref_of_project(project)
    needs: dict[str, set[str]] = {top: {_ref(one) for one in assets}, **{_ref(one): set() for one in assets}}
    refs: dict[str, set[str]] = defaultdict(set)
    for one in pinned:
        needs.setdefault(_ref(one), set())
        refs[one.name].add(_ref(one))
    for one in pinned:
        unknown = [name for name in one.parents if name not in refs]
        if unknown:
            raise LockFault(f"{one.name} is needed by {', '.join(unknown)}, which no lock has.")
        parents = {ref for name in one.parents for ref in refs[name]} | ({top} if one.is_asked_for else set())
        for parent in parents:
            needs[parent].add(_ref(one))
    return [{"ref": ref, **({"dependsOn": sorted(on)} if on else {})} for ref, on in sorted(needs.items())]


def _ref(one: Pinned | Asset) -> str:
    """Return a component's package URL, which also is its reference."""
    kind = "pypi" if isinstance(one, Pinned) else "npm"
    name = "/".join(quote(part, safe="") for part in one.name.split("/"))
    return f"pkg:{kind}/{name}@{quote(one.version, safe='')}"


def _ref_of_project(project: Project) -> str:
    return f"pkg:generic/{quote(project.name, safe='')}@{quote(project.version, safe='')}"


def _spell(bill: dict[str, Any]) -> str:
    """Return JSON with one element of the long lists on a line: a change of one package is a change of a line or two."""
    parts = []
    for name, value in bill.items():
        if isinstance(value, list):
            elements = ",\n".join(f"    {json.dumps(element)}" for element in value)
            parts.append(f"  {json.dumps(name)}: [\n{elements}\n  ]")
        else:
            parts.append(f"  {json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
