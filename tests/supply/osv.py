"""Records of vulnerabilities as OSV writes them, made up for the tests: no such flaw was ever published."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any


def affected(
    name: str,
    *events: tuple[str, str],
    ecosystem: str = "PyPI",
    versions: list[str] | None = None,
    kind: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Make an entry of `affected`. `events`: pairs such as ("introduced", "0"); without any there is no range."""
    entry: dict[str, Any] = {"package": {"ecosystem": ecosystem, "name": name, "purl": f"pkg:{ecosystem.lower()}/{name.lower()}"}}
    if events:
        told = [{event: version} for event, version in events]
        entry["ranges"] = [{"type": kind or ("SEMVER" if ecosystem == "npm" else "ECOSYSTEM"), "events": told}]
    if versions is not None:
        entry["versions"] = versions
    return {**entry, **more}


def record(identifier: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make a record with what every one of OSV's has, and more."""
    return {
        "schema_version": "1.7.3",
        "id": identifier,
        "modified": "2026-11-03T08:15:42.123456Z",
        "published": "2026-11-01T10:00:00Z",
        "summary": "A made-up flaw",
        "details": "Requests with two made-up headers are answered with a third person's page.",
        "references": [{"type": "ADVISORY", "url": "https://advisories.example/1"}],
        "affected": list(entries),
        **more,
    }


def zip_of(*documents: dict[str, Any], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack records as OSV exports them: one file for each, by its id."""
    return zip_holding({f"{document['id']}.json": json.dumps(document).encode() for document in documents}, compression)


def zip_holding(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return packed.getvalue()
