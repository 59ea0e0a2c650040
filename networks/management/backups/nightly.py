"""The thread that every night makes a backup and forgets actions, where the settings say so."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import structlog
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from networks.management.backups.archive import NoBackup, list_backups, make_backup, prune_backups, read_passphrase
from networks.management.backups.dumps import give_way
from networks.models import Action
from networks.models.damage import is_damage
from networks.models.database_trouble import Standing, note_damage, note_standing
from networks.sync.follow.lease import lease_of
from networks.sync.periodic import PeriodicThread

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 60.0
AT_HOUR = 3  # of NETADMIN_TIME_ZONE: hardly anybody looks
TRY_AGAIN_AFTER = timedelta(hours=1)


class NightlyUpkeep(PeriodicThread):
    """Of several processes on a data directory one does it. A failure is tried again an hour later, and said until it succeeds.

    `folder`: for backups, None where none are made.
    """

    held_up = "upkeep_not_done"

    def __init__(self, folder: Path | None, data_dir: Path) -> None:
        super().__init__("nightly-upkeep", LOOK_EVERY_S)
        self._folder = folder
        self._lease = lease_of(data_dir, "upkeep")
        self._tried_at: datetime | None = None
        self._pruned_on: date | None = None

    def run(self) -> None:
        """Work after the others."""
        give_way()
        super().run()

    def turn(self, *, is_woken: bool) -> None:
        now = timezone.localtime()
        if self._tried_at is not None and now - self._tried_at < TRY_AGAIN_AFTER:
            return
        if not self._lease.take():
            return
        try:
            if self._folder is not None:
                self._back_up_if_due(self._folder, now)
            if settings.NETADMIN_ACTIVITY_DAYS and now.hour >= AT_HOUR and self._pruned_on != now.date():
                self._pruned_on = now.date()
                forget_activity(now)
        finally:
            self._lease.give_back()

    def _back_up_if_due(self, folder: Path, now: datetime) -> None:
        if not is_due(folder, now):
            note_standing(Standing.NO_BACKUP, "")
            return
        self._tried_at = now
        try:
            made = make_backup(folder, passphrase=read_passphrase(settings.NETADMIN_BACKUP_PASSPHRASE_FILE))
            gone = prune_backups(folder, keep=settings.NETADMIN_BACKUP_KEEP)
        except (NoBackup, OSError) as error:
            log.error("backup_failed", error=str(error))
            note_standing(Standing.NO_BACKUP, str(error))
            if is_damage(error):
                note_damage(error)
            return
        self._tried_at = None
        note_standing(Standing.NO_BACKUP, "")
        log.info("backup_made", path=str(made.path), size_bytes=made.manifest.size_bytes, removed=len(gone))


def forget_activity(now: datetime) -> None:
    """Delete the actions from before NETADMIN_ACTIVITY_DAYS, where there are any that have left the machine if they are to."""
    day = (now - timedelta(days=settings.NETADMIN_ACTIVITY_DAYS)).astimezone(UTC).date()
    before = datetime.combine(day, time(), UTC)
    if not Action.objects.filter(at__lt=before).exists():
        return
    said = StringIO()
    try:
        call_command("prune_activity", "--before", day.isoformat(), stdout=said)
        log.info("activity_forgotten", said=said.getvalue().strip())
    except CommandError as error:
        log.warning("activity_not_forgotten", error=str(error))


def is_due(folder: Path, now: datetime) -> bool:
    """Tell whether the newest backup is older than the last night's hour, in the time zone of `now`."""
    night = now.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    if night > now:
        night -= timedelta(days=1)
    backups = list_backups(folder)
    return not backups or datetime.fromisoformat(backups[-1].manifest.made_at) < night


_threads: list[NightlyUpkeep] = []


def start_nightly() -> None:
    """Start the thread where the settings give it something to do; until `stop_nightly`."""
    if settings.NETADMIN_BACKUP_DIR or settings.NETADMIN_ACTIVITY_DAYS:
        folder = Path(settings.NETADMIN_BACKUP_DIR) if settings.NETADMIN_BACKUP_DIR else None
        thread = NightlyUpkeep(folder, Path(settings.NETADMIN_DATA_DIR))
        thread.start()
        _threads.append(thread)


def stop_nightly() -> None:
    """End the thread; a backup that is under way is left unfinished, and the next one removes it."""
    while _threads:
        _threads.pop().stop(timeout_s=0.5)
