"""What the lock files pin: Python distributions, vendored browser assets, Netadmin itself. Standard library alone."""

from __future__ import annotations

import base64
import binascii
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUNTIME_LOCK, DEVELOPMENT_LOCK = "requirements.txt", "requirements-dev.txt"
MANIFEST, ASSET_LOCK, PROJECT = "static/vendor/manifest.json", "package-lock.json", "pyproject.toml"

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PIN = re.compile(rf"(?P<name>{_NAME})(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]*?))?\s*\\?")
_HASH = re.compile(r"\s+--hash=sha256:(?P<hash>[0-9a-f]{64})\s*\\?")
_VIA = re.compile(rf"\s+#\s+(?:via(?:\s+|$))?(?:(?P<option>-[cr]) \S+|(?P<name>{_NAME})(?:\[[^\]]*\])?)?\s*")


class LockFault(ValueError):
    """A lock file that isn't there or isn't understood; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """One distribution of a lock. `name`: normalized; `marker`: "" where it is always installed; `hashes`: SHA-256, hex, sorted.

    `parents`: the normalized names of what needs it, sorted. `is_asked_for`: a requirements.in names it.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    parents: tuple[str, ...]
    is_asked_for: bool


@dataclass(frozen=True, slots=True)
class Asset:
    """One package of npm that is vendored. `files`: path and SHA-256 (hex) of what was made of it.

    `integrity`: SHA-512 (hex) of the package itself. `is_development`: only tests use it.
    """

    name: str
    version: str
    licence: str
    files: tuple[tuple[str, str], ...]
    integrity: str
    is_development: bool


@dataclass(frozen=True, slots=True)
class Project:
    """Netadmin itself, as pyproject.toml has it."""

    name: str
    version: str
    description: str
    licence: str


def normalize(name: str) -> str:
    """Return a distribution's name in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(root: Path, name: str) -> list[Pinned]:
    """Read a lock file as `uv pip compile` writes it, sorted by name and version. Raises LockFault for any other line."""
    found: dict[tuple[str, str], Pinned] = {}
    for block in _blocks(name, _read(root, name)):
        pinned = _read_pin(name, block)
        if found.setdefault((pinned.name, pinned.version), pinned) is not pinned:
            raise LockFault(f"{name}: {pinned.name}=={pinned.version} is there twice.")
    return [pinned for _key, pinned in sorted(found.items())]


def read_assets(root: Path) -> list[Asset]:
    """Read the manifest of vendored files with the lock of their packages, sorted by name. Raises LockFault where they differ."""
    entries = _read_json(root, MANIFEST)
    locked = _read_json(root, ASSET_LOCK)
    try:
        found = [_read_asset(entry, locked["packages"]) for entry in entries["packages"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise LockFault(f"{MANIFEST} or {ASSET_LOCK} isn't understood: {error!r}") from error
    return sorted(found, key=lambda one: one.name)


def read_project(root: Path) -> Project:
    """Read what pyproject.toml says of Netadmin. Raises LockFault where it doesn't."""
    try:
        told = tomllib.loads(_read(root, PROJECT))["project"]
        return Project(told["name"], told["version"], told["description"], told["license"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise LockFault(f"{PROJECT} isn't understood: {error!r}") from error


def _read(root: Path, name: str) -> str:
    try:
        return (root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LockFault(f"{name} can't be read: {getattr(error, 'strerror', None) or 'it is no text'}.") from error


def _read_json(root: Path, name: str) -> Any:
    try:
        return json.loads(_read(root, name))
    except json.JSONDecodeError as error:
        raise LockFault(f"{name} is no JSON: {error}.") from error


def _blocks(name: str, text: str) -> Iterator[list[str]]:
    """Yield the lines of each requirement: its own, then those that are indented below it."""
    block: list[str] = []
    for line in text.splitlines():
        if line[:1].isspace() and line.strip():
            if not block:
                raise LockFault(f"{name}: this line belongs to no requirement: {line.strip()!r}")
            block.append(line)
        elif line and not line.startswith("#"):
            if block:
                yield block
            block = [line]
    if block:
        yield block


def _read_pin(name: str, block: list[str]) -> Pinned:
    pin = _PIN.fullmatch(block[0])
    if pin is None:
        raise LockFault(f"{name}: this requirement isn't pinned as NAME==VERSION: {block[0]!r}")
    hashes, parents, is_asked_for = set(), set(), False
    for line in block[1:]:
        if hashed := _HASH.fullmatch(line):
            hashes.add(hashed["hash"])
        elif via := _VIA.fullmatch(line):
            is_asked_for |= via["option"] == "-r"
            parents |= {normalize(via["name"])} if via["name"] else set()
        else:
            raise LockFault(f"{name}: this line of {pin['name']} isn't understood: {line.strip()!r}")
    if not hashes:
        raise LockFault(f"{name}: {pin['name']} has no hash.")
    marker = pin["marker"] or ""
    return Pinned(normalize(pin["name"]), pin["version"], marker, tuple(sorted(hashes)), tuple(sorted(parents)), is_asked_for)


def _read_asset(entry: dict[str, Any], packages: dict[str, Any]) -> Asset:
    name, version = entry["name"], entry["version"]
    locked = packages.get(f"node_modules/{name}") or {}
    if locked.get("version") != version:
        raise LockFault(f"{name}: {ASSET_LOCK} pins {locked.get('version')}, {MANIFEST} has {version}.")
    algorithm, _dash, encoded = locked["integrity"].partition("-")
    if algorithm != "sha512":
        raise LockFault(f"{name}: the hash in {ASSET_LOCK} is no SHA-512.")
    try:
        integrity = base64.b64decode(encoded, validate=True).hex()
    except binascii.Error as error:
        raise LockFault(f"{name}: the hash in {ASSET_LOCK} isn't understood: {error}.") from error
    files = tuple(sorted((file["path"], file["sha256"]) for file in entry["files"]))
    return Asset(name, version, entry["licence"], files, integrity, bool(locked.get("dev")))
