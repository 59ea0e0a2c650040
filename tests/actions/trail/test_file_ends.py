"""A file that ends where it shouldn't: torn, written and not remembered, cut, full, somebody else's, or no file at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from networks.audit import log_writer as keeper_module
from networks.audit.destinations import FileDestination
from networks.audit.entries import AT_ONCE, START
from networks.audit.log_writer import TrailWriter
from networks.audit.progress import read_trail
from networks.models import Action, Outcome, Trail
from networks.models.insert_only import lifted
from tests.actions.trail.keeping import keeping, lines_of, told, wait_until_failing, wait_until_written, write_all
from tests.activity import make_action, make_actions
from tests.faults.small_disk import SmallDisk
from tests.private_engine import unavailable_reason, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

SYMLINK, NOT_PLAIN = "symbolic link", "not a plain file"


def kill_before_it_remembers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: Path, *, at_once: int = AT_ONCE) -> None:
    """Let the lines of one batch reach the file, be unable to remember that, and end after a few more attempts."""
    attempts: list[object] = []

    def refuse(*arguments: object) -> None:
        attempts.append(arguments)
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(keeper_module, "remember", refuse)
        with keeping(tmp_path, FileDestination(log), at_once=at_once):
            wait_until(lambda: len(attempts) > 2, "the attempts")


@pytest.mark.parametrize("at_once", [2, AT_ONCE])
def test_it_writes_nothing_twice_after_an_end_between_writing_and_remembering(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: Path, at_once: int
) -> None:
    make_actions(5)
    kill_before_it_remembers(monkeypatch, tmp_path, log, at_once=at_once)
    written = log.read_bytes()
    assert written.count(b"\n") > read_trail().sequence == 0

    make_action("later")
    trail = write_all(tmp_path, log)

    lines = lines_of(log)
    assert log.read_bytes().startswith(written)
    assert len(set(told(lines))) == len(lines) == Action.objects.count() + Outcome.objects.count() == trail.sequence


def test_it_makes_the_same_lines_again_where_the_file_was_taken_away_meanwhile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: Path
) -> None:
    """Between the end and the next start a rotation may move the file; an older outcome may have been added, too."""
    action = make_action("front", outcomes=())
    make_action("back", outcomes=())
    kill_before_it_remembers(monkeypatch, tmp_path, log)
    log.rename(rotated := tmp_path / "activity.log.1")
    Outcome.objects.create(action_id=action.pk, at=action.at, kind="ok")

    write_all(tmp_path, log)

    assert log.read_bytes().startswith(rotated.read_bytes())
    assert [line.sequence for line in lines_of(log)] == [1, 2, 3]


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_it_cuts_off_a_torn_last_line_and_writes_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, log: Path, kept: int
) -> None:
    make_action("front", asked={"long": "x" * 200_000})
    kill_before_it_remembers(monkeypatch, tmp_path, log)
    whole = log.read_bytes()
    first, second = whole.splitlines(keepends=True)
    log.write_bytes(first + second[: kept if kept > 0 else len(second) - 1])

    write_all(tmp_path, log)

    assert log.read_bytes() == whole


def test_it_begins_anew_where_the_very_first_line_is_torn(tmp_path: Path, log: Path) -> None:
    make_action("front")
    log.write_bytes(b'{"action_id":1,"dur')

    write_all(tmp_path, log)

    assert told(lines_of(log)) == [("action", Action.objects.get().pk), ("outcome", Outcome.objects.get().pk)]


@pytest.mark.parametrize(("damage", "words"), [("more", "something other than the record"), ("less", "does not end where")])
def test_it_notices_that_somebody_else_writes_to_its_file(tmp_path: Path, log: Path, damage: str, words: str) -> None:
    with keeping(tmp_path, FileDestination(log)):
        make_action("before")
        wait_until_written()
        if damage == "more":
            with log.open("ab") as file:
                file.write(b"hello\n")
        else:
            os.truncate(log, log.read_bytes().index(b"\n") + 1)
        left = log.read_bytes()
        make_action("behind")
        wait_until_failing(words)

        assert log.read_bytes() == left
        log.rename(tmp_path / "moved")
        wait_until_written()

    assert [line.sequence for line in lines_of(log)] == [3, 4]


def make_odd(log: Path, kind: str) -> None:
    elsewhere = log.with_name("elsewhere")
    if kind == "dangling":
        log.symlink_to(elsewhere)
    elif kind == "link":
        elsewhere.write_bytes(b"")
        log.symlink_to(elsewhere)
    elif kind == "folder":
        log.mkdir()
    else:
        os.mkfifo(log)


@pytest.mark.parametrize(
    ("kind", "words"), [("dangling", SYMLINK), ("link", SYMLINK), ("folder", NOT_PLAIN), ("pipe", NOT_PLAIN)]
)
def test_it_refuses_what_is_no_plain_file_until_there_is_one(tmp_path: Path, log: Path, kind: str, words: str) -> None:
    make_odd(log, kind)
    with keeping(tmp_path, FileDestination(log)):
        make_action("front")
        wait_until_failing(words)
        assert not (tmp_path / "elsewhere").exists() or (tmp_path / "elsewhere").read_bytes() == b""

        log.rmdir() if kind == "folder" else log.unlink()
        trail = wait_until_written()

    assert len(lines_of(log)) == 2
    assert (trail.failing_since, trail.sentence) == (None, "")


@pytest.mark.parametrize("content", [b"an old log\n", b"an old log", b'{"a":1}\n{"b', b'{"kind":"action"}\n', b"\n"])
def test_it_leaves_a_file_of_somebody_else_s_as_it_is(tmp_path: Path, log: Path, content: bytes) -> None:
    log.write_bytes(content)
    with keeping(tmp_path, FileDestination(log)):
        make_action("front")
        wait_until_failing("something other than the record")

        assert log.read_bytes() == content
        log.rename(tmp_path / "moved")
        wait_until_written()

    assert len(lines_of(log)) == 2


@pytest.mark.parametrize("damage", ["cut", "changed", "longer"])
def test_it_appends_nothing_to_a_file_that_ends_elsewhere(tmp_path: Path, log: Path, damage: str) -> None:
    make_actions(3)
    write_all(tmp_path, log)
    lines = log.read_bytes().splitlines(keepends=True)
    if damage == "longer":  # the database was put back from a copy, as far as it can tell
        Trail.objects.update(sequence=0, hash=START, action_id=0, outcome_id=0)
        with lifted(connection):
            Action.objects.order_by("-id")[:1].get().delete()
    else:
        log.write_bytes(b"".join(lines[:-1]) if damage == "cut" else b"".join(lines[:-2]) + lines[-1])
        Trail.objects.update(hash="f" * 64) if damage == "changed" else None
    left = log.read_bytes()

    make_action("later")
    keeper = TrailWriter(tmp_path, FileDestination(log))
    for _turn in range(3):
        keeper.turn()
        wait_until_failing("does not end where")

    assert log.read_bytes() == left


@pytest.mark.skipif(unavailable_reason() is not None, reason="mounts a disk, which needs root")
def test_it_loses_nothing_on_a_disk_that_is_full_for_a_while(tmp_path: Path) -> None:
    with SmallDisk(2) as disk:
        log = disk.path / "activity.log"
        with keeping(tmp_path, FileDestination(log)):
            make_action("before")
            wait_until_written()
            disk.fill()
            make_action("meanwhile", asked={"long": "x" * 20_000})
            wait_until_failing("No space left on device")

            disk.make_room()
            trail = wait_until_written()

        lines = lines_of(log)
        assert (len(lines), trail.sequence) == (4, 4)
        assert [line.previous for line in lines[1:]] == [line.hash for line in lines[:-1]]
