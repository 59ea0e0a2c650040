"""A backup: a folder with the database's copy, what it is of, and the secret key sealed; complete once it has its name."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from networks.management.backups.dumps import NAMES, NoDump, check_dump, dump_database
from networks.management.backups.in_place import sync_folder
from networks.management.backups.sealed_keys import SHORTEST_PASSPHRASE, SecretKeys, seal_keys
from networks.management.migrating import Migrations, applied_migrations
from networks.models import Action, Engine
from networks.models.installation import check_of_key

MANIFEST, SEALED = "manifest.json", "secret_key.sealed"
_PREFIX, _UNFINISHED = "netadmin-", ".unfinished-"
_FORMAT = 1


class NoBackup(Exception):
    """No backup was made, or this is none that can be used; in words."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of. `made_at`: ISO 8601, UTC. `netadmin`: the version. `vendor`: as Django calls the database.

    `sha256`, `size_bytes`: of the copy. `key_check`: models.installation.check_of_key of the secret key. `has_key`: whether that
    is there, sealed. `people`, `engines`, `actions`: how many, roughly: counted beside the copy.
    """

    made_at: str
    netadmin: str
    vendor: str
    database: str
    sha256: str
    size_bytes: int
    migrations: Migrations
    key_check: str
    has_key: bool
    people: int
    engines: int
    actions: int
    format: int = _FORMAT


@dataclass(frozen=True, slots=True)
class Backup:
    """One that is complete."""

    path: Path
    manifest: Manifest

    @property
    def copy(self) -> Path:
        """The database's file."""
        return self.path / self.manifest.database

    @property
    def sealed_key(self) -> Path:
        """The secret key's file, where `has_key`."""
        return self.path / SEALED


def make_backup(folder: Path, *, passphrase: str = "") -> Backup:
    """Make a backup in a folder, which is made where it is missing; others read and write meanwhile.

    `passphrase`: seals the secret key beside the copy; "" leaves the key out. Raises NoBackup. What was left unfinished, by this
    or a process that was killed, has no name of a backup, and the next one removes it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _one_at_a_time(folder):
            _remove_unfinished(folder)
            unfinished = folder / f"{_UNFINISHED}{os.getpid()}"
            unfinished.mkdir(mode=0o700)
            try:
                return _make(unfinished, folder, passphrase)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    except NoDump as error:
        raise NoBackup(f"No backup was made: {error}.") from error
    except OSError as error:
        raise NoBackup(f"No backup was made: {error.filename or folder}: {error.strerror}.") from error


def _make(unfinished: Path, folder: Path, passphrase: str) -> Backup:
    copy = unfinished / NAMES.get(connection.vendor, "database")
    dump_database(connection, copy)
    key_check = check_of_key(settings.SECRET_KEY)
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        netadmin=settings.NETADMIN_VERSION,
        vendor=connection.vendor,
        database=copy.name,
        sha256=check_dump(copy),
        size_bytes=copy.stat().st_size,
        migrations=applied_migrations(MigrationLoader(connection)),
        key_check=key_check,
        has_key=bool(passphrase),
        people=get_user_model()._default_manager.count(),
        engines=Engine.objects.count(),
        actions=Action.objects.count(),
    )
    if passphrase:
        keys = SecretKeys(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))
        _write(unfinished / SEALED, seal_keys(keys, passphrase, key_check))
    _write(unfinished / MANIFEST, json.dumps(asdict(manifest), indent=1))
    sync_folder(unfinished)
    named = folder / _free_name(folder)
    unfinished.rename(named)
    sync_folder(folder)
    return Backup(named, manifest)


def _free_name(folder: Path) -> str:
    name = f"{_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    taken = {path.name for path in folder.glob(f"{name}*")}
    return next(each for each in (name, *(f"{name}-{number}" for number in range(2, 1000))) if each not in taken)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise NoBackup(f"Another backup is being made in {folder}.") from error
    finally:
        os.close(descriptor)


def _remove_unfinished(folder: Path) -> None:
    for left in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left)


def read_backup(path: Path) -> Backup:
    """Return a backup as its manifest tells of it; the copy isn't looked at. Raises NoBackup."""
    try:
        read = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        if read["format"] != _FORMAT:
            raise NoBackup(f"{path} is a backup of another kind, {read['format']}: a newer Netadmin made it.")
        manifest = Manifest(**read)
    except OSError as error:
        raise NoBackup(f"{path} is no backup: {MANIFEST} can't be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise NoBackup(f"{path} is no backup: its {MANIFEST} is damaged.") from error
    if manifest.database != NAMES.get(manifest.vendor):
        raise NoBackup(f"{path} is no backup: its {MANIFEST} names a file that no backup has.")
    return Backup(path, manifest)


def list_backups(folder: Path) -> list[Backup]:
    """Return the complete backups of a folder, the oldest first."""
    found = []
    for path in sorted(folder.glob(f"{_PREFIX}*")):
        try:
            found.append(read_backup(path))
        except NoBackup:
            continue
    return sorted(found, key=lambda backup: (backup.manifest.made_at, backup.path.name))


def prune_backups(folder: Path, *, keep: int) -> list[Path]:
    """Remove all complete backups but the newest `keep`; return those that went. Each loses its name before its files."""
    gone = []
    for backup in list_backups(folder)[:-keep]:
        doomed = folder / f"{_UNFINISHED}{backup.path.name}"
        backup.path.rename(doomed)
        shutil.rmtree(doomed)
        gone.append(backup.path)
    return gone


def read_passphrase(path: str) -> str:
    """Return the passphrase in a file, "" where none is named. Raises NoBackup."""
    if not path:
        return ""
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NoBackup(f"NETADMIN_BACKUP_PASSPHRASE_FILE can't be read: {error}") from error
    if len(text) < SHORTEST_PASSPHRASE:
        raise NoBackup(f"The passphrase in NETADMIN_BACKUP_PASSPHRASE_FILE has fewer than {SHORTEST_PASSPHRASE} characters.")
    return text
