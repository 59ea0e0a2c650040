"""Records of vulnerabilities as OSV writes them, read from files within bounds: who made the file isn't trusted."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from networks.management.versions import EVENTS, NPM, PYPI, Range

# A zip of all of npm has some 250,000 records of 3 KiB each, and 20 MiB of names.
MOST_OF_FILE = 128 * 2**20  # bytes of a file that is JSON itself
MOST_OF_ENTRY = 16 * 2**20  # bytes, unpacked
MOST_UNPACKED = 4 * 2**30  # bytes of all that a zip holds
MOST_OF_NAMES = 64 * 2**20  # bytes of a zip's list of entries, which is read in one piece
MOST_RECORDS = 2_000_000

_ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
_MOST_SHOWN = 200


class NotRead(Exception):
    """A file that can't be read, is beyond the bounds or holds what OSV doesn't; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class AffectedPackage:
    """What a record says of one package. `ecosystem`: without what follows a colon. `severity`: "" where it isn't told."""

    ecosystem: str
    name: str
    versions: tuple[str, ...]
    ranges: tuple[Range, ...]
    severity: str


@dataclass(frozen=True, slots=True)
class Record:
    """One advisory. `affected`: packages of PyPI and npm alone."""

    id: str
    aliases: tuple[str, ...]
    is_withdrawn: bool
    severity: str
    affected: tuple[AffectedPackage, ...]


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file (one, a list, or a zip of such files) or of a folder of *.json and *.zip, at any depth.

    Raises NotRead at the first that isn't a record: what was left out would pass for checked.
    """
    count = 0
    for name, text in _texts(path):
        for document in _documents(name, text):
            count += 1
            if count > MOST_RECORDS:
                raise NotRead(f"{shown(str(path))} holds more than {MOST_RECORDS:,} records.")
            try:
                yield _record(document)
            except _NotOsv as fault:
                raise NotRead(f"{name} isn't an OSV record: {fault}.") from fault


def shown(text: str) -> str:
    """Return a stranger's text for one line of a terminal: short, and what can't be seen spelt out."""
    short = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in short)


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every JSON file of what this path names."""
    try:
        if path.is_dir():
            for folder, folders, files in os.walk(path, onerror=_fail):
                folders.sort()
                for name in sorted(files):
                    if name.endswith((".json", ".zip")):
                        yield from _file_texts(Path(folder, name), may_be_zip=name.endswith(".zip"))
        else:
            yield from _file_texts(path, may_be_zip=True)
    except OSError as error:
        raise NotRead(f"{shown(str(error.filename or path))} can't be read: {error.strerror or error}.") from error


def _fail(error: OSError) -> None:
    raise error


def _file_texts(path: Path, *, may_be_zip: bool) -> Iterator[tuple[str, bytes]]:
    name = shown(str(path))
    # Opened without waiting: a pipe that nobody writes to would hold the check up for ever.
    with _Bounded(io.FileIO(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRead(f"{name} is no plain file.")
        if may_be_zip and file.read(4) in _ZIP_BEGINS:
            yield from _zip_texts(name, file)
            return
        file.seek(0)
        text = file.read_whole(MOST_OF_FILE + 1)
    if len(text) > MOST_OF_FILE:
        raise NotRead(f"{name} has more than {MOST_OF_FILE:,} bytes.")
    yield name, text


class _Bounded(io.BufferedReader):
    """Reads no more in one piece than is allowed: zipfile reads the list of entries so, and the zip itself tells its size."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_OF_NAMES:
            raise NotRead(f"A zip's list of entries has more than {MOST_OF_NAMES:,} bytes.")
        return super().read(size)

    def read_whole(self, size: int) -> bytes:
        """Read this many bytes, or all that there are."""
        return super().read(size)


def _zip_texts(path: str, file: _Bounded) -> Iterator[tuple[str, bytes]]:
    total = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if entry.is_dir() or not entry.filename.endswith(".json"):
                    continue
                name = f"{path}: {shown(entry.filename)}"
                text = _unpack(name, archive, entry)
                total += len(text)
                if total > MOST_UNPACKED:
                    raise NotRead(f"{path} unpacks to more than {MOST_UNPACKED:,} bytes.")
                yield name, text
    # RuntimeError: an entry that takes a password. The rest is what zipfile raises for what is cut short or garbled.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError) as error:
        raise NotRead(f"{path} is no zip that can be read: {shown(str(error))}.") from error


def _unpack(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return an entry's bytes. What it says of its size is looked at first, and more than that is never unpacked."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotRead(f"{name} is compressed in another way than OSV does.")
    if entry.file_size > MOST_OF_ENTRY:
        raise NotRead(f"{name} unpacks to {entry.file_size:,} bytes, more than {MOST_OF_ENTRY:,}.")
    with archive.open(entry) as opened:
        text = opened.read(MOST_OF_ENTRY + 1)
    if len(text) != entry.file_size:
        raise NotRead(f"{name} is cut short.")
    return text


def _documents(name: str, text: bytes) -> list[Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotRead(f"{name} is no JSON: {error}.") from error
    return found if isinstance(found, list) else [found]


class _NotOsv(ValueError):
    """What is wrong with a record."""


def _record(document: Any) -> Record:
    """Read a record. What it says of other ecosystems isn't looked at. Raises _NotOsv."""
    if not isinstance(document, dict):
        raise _NotOsv("it is no object")
    identifier = _text(document, "id")
    _text(document, "modified")
    affected = [one for one in _list(document, "affected") if _ecosystem_of(one) in (PYPI, NPM)]
    return Record(
        id=identifier,
        aliases=tuple(_texts_in(document, "aliases")),
        is_withdrawn=document.get("withdrawn") is not None,
        severity=_severity(document),
        affected=tuple(_affected(one) for one in affected),
    )


def _ecosystem_of(affected: Any) -> str:
    """Return the ecosystem that an entry is about; "" where it names no package, but commits of a repository."""
    if not isinstance(affected, dict):
        raise _NotOsv("something in affected is no object")
    package = affected.get("package")
    if package is None:
        return ""
    if not isinstance(package, dict):
        raise _NotOsv("package is no object")
    return _text(package, "ecosystem").partition(":")[0]


def _affected(entry: dict[str, Any]) -> AffectedPackage:
    return AffectedPackage(
        ecosystem=_ecosystem_of(entry),
        name=_text(entry["package"], "name"),
        versions=tuple(_texts_in(entry, "versions")),
        ranges=tuple(_range(one) for one in _list(entry, "ranges")),
        severity=_severity(entry),
    )


def _range(document: Any) -> Range:
    if not isinstance(document, dict):
        raise _NotOsv("something in ranges is no object")
    events = _list(document, "events")
    if not events or not all(isinstance(event, dict) and event for event in events):
        raise _NotOsv("a range has no events")
    pairs = [(name, _text(event, name)) for event in events for name in event]
    if unknown := {name for name, _version in pairs} - set(EVENTS):
        raise _NotOsv(f"a range has the event {shown(min(unknown))}")
    return Range(_text(document, "type"), tuple(pairs))


def _severity(document: dict[str, Any]) -> str:
    """Return the word that a database gives (such as HIGH), else the first score, else ""."""
    told = document.get("database_specific")
    if isinstance(told, dict) and isinstance(told.get("severity"), str):
        return str(told["severity"])
    scores = [one.get("score") for one in _list(document, "severity") if isinstance(one, dict)]
    return next((score for score in scores if isinstance(score, str)), "")


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise _NotOsv(f"it has no {name}")
    return value


def _list(document: dict[str, Any], name: str) -> list[Any]:
    value = document.get(name)
    if value is not None and not isinstance(value, list):
        raise _NotOsv(f"{name} is no list")
    return value or []


def _texts_in(document: dict[str, Any], name: str) -> list[str]:
    values = _list(document, name)
    if not all(isinstance(value, str) for value in values):
        raise _NotOsv(f"something in {name} is no text")
    return values
