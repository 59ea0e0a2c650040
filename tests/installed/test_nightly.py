"""What is done each night, where the settings say so: a backup, and forgetting."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from networks.audit.records import write_action
from networks.management.backups.archive import Manifest, prune_backups
from networks.management.backups.nightly import NightlyUpkeep, forget_activity, is_due
from networks.models import Action
from networks.models.database_trouble import Standing, note_standing, standing_of
from tests.installed.kept import DATABASE


def make_backup_of(folder: Path, name: str, made_at: str) -> None:
    """Make what looks like a complete backup."""
    manifest = Manifest(made_at, "0.2.0", "sqlite", DATABASE, "0" * 64, 1, {}, "", False, 1, 1, 1)
    (folder / name).mkdir(parents=True)
    (folder / name / "manifest.json").write_text(json.dumps({slot: getattr(manifest, slot) for slot in Manifest.__slots__}))


def test_it_makes_one_each_night_and_keeps_so_many(tmp_path: Path) -> None:
    seoul = ZoneInfo("Asia/Seoul")
    assert is_due(tmp_path, datetime(2026, 12, 1, 12, tzinfo=seoul))
    for day in (1, 2, 3, 4):
        make_backup_of(tmp_path, f"netadmin-2026120{day}T180000Z", f"2026-12-0{day}T18:00:00+00:00")

    assert not is_due(tmp_path, datetime(2026, 12, 6, 2, 59, tzinfo=seoul)), "03:00 of the 5th, in Seoul"
    assert is_due(tmp_path, datetime(2026, 12, 6, 3, 0, tzinfo=seoul))
    gone = prune_backups(tmp_path, keep=3)
    assert [path.name for path in gone] == ["netadmin-20261201T180000Z"]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.django_db
def test_it_says_that_tonights_failed_until_one_is_made(tmp_path: Path, settings: object) -> None:
    settings.NETADMIN_BACKUP_PASSPHRASE_FILE = str(tmp_path / "missing")  # type: ignore[attr-defined]
    thread = NightlyUpkeep(tmp_path / "backups", tmp_path)
    try:
        thread.turn(is_woken=False)

        assert "NETADMIN_BACKUP_PASSPHRASE_FILE can't be read" in standing_of(Standing.NO_BACKUP)
        make_backup_of(tmp_path / "backups", "netadmin-20991201T180000Z", "2099-12-01T18:00:00+00:00")
        NightlyUpkeep(tmp_path / "backups", tmp_path).turn(is_woken=False)
        assert standing_of(Standing.NO_BACKUP) == ""
    finally:
        note_standing(Standing.NO_BACKUP, "")


@pytest.mark.django_db
def test_it_forgets_actions_that_are_old_enough_and_says_so(settings: object) -> None:
    settings.NETADMIN_ACTIVITY_DAYS = 100  # type: ignore[attr-defined]
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    for day in (1, 99, 100, 102, 400):
        write_action("ann", "create_network", f"{day} days ago", at=now - timedelta(days=day))

    forget_activity(now)
    forget_activity(now)

    found = Action.objects.order_by("at").values_list("verb", "what")
    assert list(found)[:3] == [("create_network", f"{day} days ago") for day in (100, 99, 1)]
    assert [verb for verb, _what in found].count("prune_activity") == 1
