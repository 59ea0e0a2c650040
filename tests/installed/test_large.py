"""With a million records: how long a backup and the way back take, and what pages notice of it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.visitor import Visitor
from tests.installed.kept import DATABASE, NOBODY, ask, environment_for, lay_current, manage
from tests.installed.million import fill_records
from tests.management.serving import ROOT, Serving, free_port
from tests.released.make import PASSWORD_OF_ALL

BACKUP_S, RESTORE_S, PAGES = 10.0, 30.0, 1.5
READ = ("/activity/", "/networks/", "/activity/?who=ann", "/")


def p95_ms(person: Visitor, goes_on: Callable[[], bool]) -> float:
    """Look at pages, one after the other, for as long as that; return what 95 of 100 took at most."""
    took: list[float] = []
    while goes_on() or len(took) < 40:
        seen = person.get(READ[len(took) % len(READ)])
        assert seen.status == 200
        took.append(seen.took_s * 1000)
    return statistics.quantiles(took, n=20)[-1]


@pytest.mark.full
def test_it_keeps_a_million_records_in_seconds_and_pages_hardly_notice(tmp_path: Path) -> None:
    data_dir, folder = tmp_path / "data", tmp_path / "backups"
    fill_records(lay_current(data_dir), 1_000_000)
    backups: list[float] = []
    ratios: list[float] = []
    with Serving(data_dir, NOBODY, free_port()) as serving:
        person = Visitor(f"http://127.0.0.1:{serving.port}")
        assert person.log_in("root", PASSWORD_OF_ALL).status == 200
        p95_ms(person, lambda: False)  # what is slow once
        for _ in range(5):
            until = time.monotonic() + 6
            quiet = p95_ms(person, lambda until=until: time.monotonic() < until)  # type: ignore[misc]
            began = time.monotonic()
            run = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "backup", "--to", str(folder)],
                env=environment_for(data_dir),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            meanwhile = p95_ms(person, lambda run=run: run.poll() is None)  # type: ignore[misc]
            assert run.wait() == 0
            backups.append(time.monotonic() - began)
            ratios.append(meanwhile / quiet)
            print(f"backup {backups[-1]:.1f} s; pages' p95 {quiet:.0f} ms quiet, {meanwhile:.0f} ms meanwhile")
    backup = sorted(folder.glob("netadmin-*"))[-1]

    began = time.monotonic()
    done = manage(data_dir, "restore", str(backup))
    restore_s = time.monotonic() - began

    print(f"restore {restore_s:.1f} s, {(data_dir / DATABASE).stat().st_size / 1e6:.0f} MB")
    assert done.returncode == 0, done.stderr
    assert int(str(ask(data_dir / DATABASE, "SELECT count(*) FROM networks_action")[0][0])) > 1_000_000
    assert statistics.median(backups) <= BACKUP_S
    assert statistics.median(ratios) <= PAGES
    assert restore_s <= RESTORE_S
