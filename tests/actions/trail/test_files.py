"""The trail in a file: every row once and in order, private, rotated, by one process at a time, beside everything else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from networks.audit.destinations import FileDestination
from networks.audit.entries import AT_ONCE, START
from networks.audit.log_writer import TrailWriter
from networks.models import Action, Outcome
from tests.actions.trail.keeping import keeping, lines_of, told, wait_until_failing, wait_until_written, write_all
from tests.activity import make_action, make_actions
from tests.private_engine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

SYMLINK, NOT_PLAIN = "symbolic link", "not a plain file"


def test_it_writes_a_line_for_every_row_in_the_order_of_what_happened(tmp_path: Path, log: Path) -> None:
    first = make_action("front", command="docker network create front", asked={"labels": {"b": 1, "a": "é"}})
    second = make_action("back", outcomes=(("unknown", ""), ("refused", "network back exists")))

    trail = write_all(tmp_path, log)

    lines = lines_of(log)
    assert told(lines) == [("action", first.pk), *_outcomes(first), ("action", second.pk), *_outcomes(second)]
    assert [line.sequence for line in lines] == [1, 2, 3, 4, 5]
    assert [line.previous for line in lines] == [START, *(line.hash for line in lines[:-1])]
    assert (trail.sequence, trail.hash) == (5, lines[-1].hash)
    assert lines[0].entry == {
        "kind": "action",
        "id": first.pk,
        "time": "2026-11-24T08:30:00.000000Z",
        "who": "mina",
        "user_id": 8,
        "from": "",
        "engine": "local",
        "verb": "create_network",
        "what": "front",
        "docker_id": "",
        "command": "docker network create front",
        "asked": {"labels": {"a": "é", "b": 1}},
    }
    assert lines[4].entry == {
        "kind": "outcome",
        "id": Outcome.objects.latest("id").pk,
        "action_id": second.pk,
        "time": "2026-11-24T08:30:00.000000Z",
        "outcome": "refused",
        "status": 0,
        "sentence": "network back exists",
        "said": None,
        "duration_ms": 12.5,
    }


def _outcomes(action: Action) -> list[tuple[str, int]]:
    return [("outcome", pk) for pk in Outcome.objects.filter(action_id=action.pk).order_by("id").values_list("id", flat=True)]


@pytest.mark.parametrize("at_once", [1, 2, 7, AT_ONCE])
def test_it_writes_each_row_once_whatever_the_size_of_a_batch(tmp_path: Path, log: Path, at_once: int) -> None:
    for number in range(10):  # so that the outcomes that are next are of actions that aren't
        make_action(f"under-way-{number}", outcomes=())
    make_actions(25)

    write_all(tmp_path, log, at_once=at_once)

    lines = told(lines_of(log))
    actions = [number for kind, number in lines if kind == "action"]
    outcomes = [number for kind, number in lines if kind == "outcome"]
    assert actions == list(Action.objects.order_by("id").values_list("id", flat=True))
    assert outcomes == list(Outcome.objects.order_by("id").values_list("id", flat=True))
    for outcome in Outcome.objects.all():
        assert lines.index(("action", outcome.action_id)) < lines.index(("outcome", outcome.pk))


def test_it_goes_on_with_the_chain_over_restarts(tmp_path: Path, log: Path) -> None:
    for name in ("one", "two", "three"):
        make_action(name)
        write_all(tmp_path, log)

    lines = lines_of(log)
    assert [line.sequence for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line.previous for line in lines[1:]] == [line.hash for line in lines[:-1]]


def test_it_writes_what_comes_while_it_runs(tmp_path: Path, log: Path) -> None:
    with keeping(tmp_path, FileDestination(log)):
        for number in range(3):
            make_action(f"net-{number}")
            wait_until_written()

    assert len(lines_of(log)) == 6


def test_it_makes_the_file_private_and_keeps_it_so(tmp_path: Path, log: Path) -> None:
    make_action("front")
    write_all(tmp_path, log)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600

    log.chmod(0o644)
    make_action("back")
    write_all(tmp_path, log)

    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.parametrize("recreate", [True, False])
def test_it_follows_a_rotation(tmp_path: Path, log: Path, recreate: bool) -> None:
    rotated = tmp_path / "activity.log.1"
    with keeping(tmp_path, FileDestination(log)):
        make_action("before")
        wait_until_written()
        log.rename(rotated)
        if recreate:
            log.touch(0o640)
        make_action("between")  # by a turn that may have found the file in its place a moment before
        wait_until_written()
        make_action("behind")
        trail = wait_until_written()

    assert (len(lines_of(rotated)), len(lines_of(log))) in ((2, 4), (4, 2))
    assert lines_of(log)[0].previous == lines_of(rotated)[-1].hash
    assert trail.sequence == 6
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_it_goes_on_in_a_file_that_was_emptied(tmp_path: Path, log: Path) -> None:
    with keeping(tmp_path, FileDestination(log)):
        make_action("before")
        wait_until_written()
        os.truncate(log, 0)
        make_action("behind")
        wait_until_written()

    assert [line.sequence for line in lines_of(log)] == [3, 4]


def test_it_writes_in_one_process_at_a_time(tmp_path: Path, log: Path) -> None:
    make_actions(10)
    with keeping(tmp_path, FileDestination(log)), keeping(tmp_path, FileDestination(log)):
        wait_until_written()
        make_actions(10)
        wait_until_written()

    lines = lines_of(log)
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))


def test_it_takes_over_when_the_one_that_wrote_ends(tmp_path: Path, log: Path) -> None:
    with keeping(tmp_path, FileDestination(log)) as first:
        make_action("one")
        wait_until_written()
        with keeping(tmp_path, FileDestination(log)):
            first.stop(30)
            make_action("two")
            wait_until_written()

    assert [line.sequence for line in lines_of(log)] == [1, 2, 3, 4]


@pytest.mark.sqlite
def test_it_shares_no_file_with_another_netadmin(tmp_path: Path, log: Path) -> None:
    make_action("front")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with keeping(tmp_path / "one", FileDestination(log)):
        wait_until_written()
        with keeping(tmp_path / "two", FileDestination(log)):
            make_action("back")
            wait_until_failing("Another program keeps the file locked")


def test_it_says_once_that_it_can_not_write_and_once_that_it_can(
    tmp_path: Path, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log.mkdir()
    with keeping(tmp_path, FileDestination(log)):
        make_action("front")
        since = wait_until_failing(NOT_PLAIN).failing_since
        log.rmdir()
        log.symlink_to("nowhere")
        assert wait_until_failing(SYMLINK).failing_since == since  # it was tried again meanwhile
        log.unlink()
        wait_until_written()
        wait_until(lambda: "activity_log_reached" in caplog.text, "the word of it")

    assert caplog.text.count("activity_log_unreachable") == 1
    assert caplog.text.count("activity_log_reached") == 1


def test_it_goes_on_when_the_database_was_locked(tmp_path: Path, log: Path) -> None:
    """Whoever changes something isn't kept waiting by it either: it holds no transaction while it writes."""
    with keeping(tmp_path, FileDestination(log)):
        with transaction.atomic():
            make_action("front")
            assert not log.exists() or log.read_bytes() == b""
        wait_until_written()

    with pytest.raises(DatabaseError, match="only grows"):
        Action.objects.all().delete()
    assert len(lines_of(log)) == 2


def test_it_waits_twice_as_long_each_time_up_to_a_minute(tmp_path: Path, log: Path) -> None:
    keeper = TrailWriter(tmp_path, FileDestination(log))
    log.mkdir()
    make_action("front")
    pauses = []
    for _turn in range(8):
        keeper.turn()
        pauses.append(keeper.pause_s)
    log.rmdir()
    keeper.turn()
    let_go(keeper)

    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert keeper.pause_s == 1
    assert len(lines_of(log)) == 2


@pytest.mark.sqlite
def test_it_has_what_it_tells_of_on_the_disk_before(tmp_path: Path, log: Path) -> None:
    """Other connections leave the last commits to the next checkpoint; SQLite calls 2 FULL."""
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() < (2,)
    make_action("front")

    keeper = TrailWriter(tmp_path, FileDestination(log))
    keeper.turn()

    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
    let_go(keeper)
    assert len(lines_of(log)) == 2


def let_go(keeper: TrailWriter) -> None:
    """Have its thread close what it holds."""
    keeper.start()
    keeper.stop(30)
