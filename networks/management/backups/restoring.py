"""The way back from a backup: everything is looked at first, and then changes at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from networks.actions.actors import CONSOLE
from networks.actions.credentials import KeyFiles, write_private
from networks.audit.records import write_action, write_outcome
from networks.management.backups.archive import Backup, NoBackup
from networks.management.backups.dumps import NoDump, check_dump
from networks.management.backups.in_place import alone, database_path, has_tables, put_in_place
from networks.management.backups.sealed_keys import SecretKeys, WrongPassphrase, open_keys
from networks.management.migrating import migrate_if_needed, tell_some, unknown_migrations
from networks.models import Job, OutcomeKind
from networks.models.installation import check_of_key, note_key
from networks.models.job import OPEN_STATES
from networks.sync.snapshot.rebuilding import begin_new_epochs

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _NewKeys:
    """The keys to put into the data directory. `kept`: of now, that stay among those of before."""

    keys: SecretKeys
    kept: tuple[str, ...]


def restore_backup(backup: Backup, *, passphrase: str, with_key: bool, say: Say) -> None:
    """Put a backup in the place of the database, and bring its tables up to date. Raises NoBackup, with nothing changed.

    `with_key`: the backup's secret key takes the place of this one, which is kept to open what it sealed. Raises CommandError
    where Netadmin runs. Everybody logs in again. What was there is kept beside the database.
    """
    with alone():
        path = database_path()
        _refuse_newer(backup)
        new_keys = _choose_keys(backup, passphrase, is_used=has_tables(path), with_key=with_key)
        scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            _copy_checked(backup, scratch)
            say(f"The backup is whole: {_tell(backup)}.")
            kept = put_in_place(scratch, former="before-restore")
        finally:
            scratch.unlink(missing_ok=True)
        if new_keys is not None:
            _place_keys(new_keys)
            say(
                "Its secret key was put in place."
                + (" The one of before stays in secret_key_fallbacks." if new_keys.kept else "")
            )
        if migrate_if_needed():
            say(f"Its tables were brought up to date, for Netadmin {settings.NETADMIN_VERSION}.")
        finish_in_place("restore_backup", backup.path.name, {"made_at": backup.manifest.made_at})
        if new_keys is not None:
            note_key(settings.SECRET_KEY)
        if kept is not None:
            say(f"What was there before is kept as {kept.name}; delete it when all is well.")


def _refuse_newer(backup: Backup) -> None:
    if backup.manifest.vendor != connection.vendor:
        raise NoBackup(
            f"The backup is of another kind of database ({backup.manifest.vendor}), which this command doesn't bring back."
        )
    unknown = unknown_migrations(backup.manifest.migrations, MigrationLoader(None))
    if unknown:
        raise NoBackup(
            f"The backup was made by Netadmin {backup.manifest.netadmin}, which is newer than this one, "
            f"{settings.NETADMIN_VERSION} ({tell_some(unknown)}). Nothing was changed. Restore it with that version."
        )


def _choose_keys(backup: Backup, passphrase: str, *, is_used: bool, with_key: bool) -> _NewKeys | None:
    """Return the keys to put in place, None where the key of now is the backup's, or one before it. Raises NoBackup.

    `is_used`: something may be sealed with the key of now.
    """
    now = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if backup.manifest.key_check in map(check_of_key, now):
        return None
    other = "The backup was sealed with another secret key than the one in this data directory. Nothing was changed."
    if not backup.manifest.has_key:
        raise NoBackup(f"{other} It doesn't hold that key: put it into secret_key by hand, then restore again.")
    if is_used and not with_key:
        raise NoBackup(f"{other} --with-key puts the backup's key in its place; the one of now is kept among those before it.")
    if not passphrase:
        raise NoBackup(f"{other} Its key is sealed: name the passphrase's file in NETADMIN_BACKUP_PASSPHRASE_FILE.")
    try:
        keys = open_keys(backup.sealed_key.read_text(encoding="ascii"), passphrase, backup.manifest.key_check)
    except (WrongPassphrase, OSError, UnicodeDecodeError) as error:
        raise NoBackup(f"The backup's secret key doesn't open: {error}. Nothing was changed.") from error
    return _NewKeys(keys, now if is_used else ())


def _copy_checked(backup: Backup, to: Path) -> None:
    """Copy the backup's database beside ours, and compare the copy with the manifest. Raises NoBackup."""
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))  # before there is anything in it
        shutil.copyfile(backup.copy, to)
        with to.open("rb+") as file:
            os.fsync(file.fileno())
        if check_dump(to) != backup.manifest.sha256:
            raise NoBackup(f"The backup is damaged: {backup.copy.name} isn't what its manifest says. Nothing was changed.")
    except NoDump as error:
        raise NoBackup(f"The backup is damaged: {error}. Nothing was changed.") from error
    except OSError as error:
        raise NoBackup(f"The backup can't be copied: {error.filename or to}: {error.strerror}. Nothing was changed.") from error


def _tell(backup: Backup) -> str:
    made = backup.manifest
    counts = f"people: {made.people}, Engines: {made.engines}, actions: {made.actions:,}"
    return f"of {made.made_at}, by Netadmin {made.netadmin}; {counts}"


def _place_keys(new: _NewKeys) -> None:
    """Put the keys into the data directory: those of before first, so that whatever fails, each that was there still is."""
    files = KeyFiles(Path(settings.NETADMIN_DATA_DIR))
    old = [key for key in dict.fromkeys((*new.keys.fallbacks, *new.kept)) if key != new.keys.key]
    write_private(files.old, "\n".join(old))
    write_private(files.current, new.keys.key)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new.keys.key, old


def finish_in_place(verb: str, what: str, asked: dict[str, object]) -> None:
    """Have the database that was put in place begin anew, and write down that it was: no session, page or job of then goes on."""
    Session.objects.all().delete()
    # What was to be done then isn't what anybody wants now.
    Job.objects.filter(state__in=OPEN_STATES, stop_asked_at=None).update(stop_asked_at=timezone.now(), stopped_by=CONSOLE.name)
    begin_new_epochs()
    with suppress(FileNotFoundError):
        (Path(settings.NETADMIN_DATA_DIR) / "setup_token").unlink()
    now = timezone.now()
    action_id = write_action(CONSOLE.name, verb, what, command=f"manage.py {verb.partition('_')[0]}", asked=asked, at=now)
    write_outcome(action_id, OutcomeKind.OK, at=now)
