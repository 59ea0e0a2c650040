"""`manage.py verify_activity`: right files, and files and databases that were tampered with."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from networks.audit import verifying
from networks.audit.destinations import FileDestination
from networks.audit.entries import LogLine, seal_all
from networks.management.commands.prune_activity import prune_actions
from networks.models import Action, Outcome
from networks.models.insert_only import lifted
from tests.actions.trail.keeping import keeping, lines_of, wait_until_written
from tests.activity import make_action, make_actions
from tests.builders import MORNING

pytestmark = pytest.mark.django_db(transaction=True)

Damage = Callable[[list[bytes]], list[bytes]]


@pytest.fixture(params=[2, 500], ids=["two-at-once", "all-at-once"])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is compared with so many lines at a time."""
    monkeypatch.setattr(verifying, "AT_ONCE", request.param)


@pytest.fixture
def log(tmp_path: Path, at_once: None) -> Path:
    """Ten actions and their ten outcomes, written."""
    make_actions(10)
    with keeping(tmp_path, FileDestination(tmp_path / "activity.log")):
        wait_until_written()
    return tmp_path / "activity.log"


def verify(*arguments: object) -> str:
    """Run the command; return its sentence."""
    out = StringIO()
    call_command("verify_activity", *map(str, arguments), stdout=out)
    return out.getvalue().strip()


def fault_of(*arguments: object) -> str:
    """Run the command, which finds something; return that sentence."""
    with pytest.raises(CommandError) as found:
        verify(*arguments)
    assert found.value.returncode == 1
    return str(found.value)


def first(kind: str, *, after: int = 0) -> int:
    """Return the number of a row: the first behind so many."""
    rows = Action.objects if kind == "action" else Outcome.objects
    return int(rows.order_by("id").values_list("id", flat=True)[after])


def test_it_says_in_one_sentence_that_all_is_right(log: Path) -> None:
    count = Action.objects.count() + Outcome.objects.count()

    assert verify(log) == f"The record is whole: {count} lines, the last has the number {count}."


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda texts: texts[:4] + texts[5:], "line 5 is wrong: its number is 6, and 5 should come here."),
        (lambda texts: texts[1:], "line 1 is wrong: its number is 2, and 1 should come here."),
        (lambda texts: texts[:3], "line 3 is wrong: behind it the lines 4 to {last} are missing."),
        (lambda texts: [], "The files are wrong: the lines 1 to {last} are missing."),
        (lambda texts: [texts[1], texts[0], *texts[2:]], "line 1 is wrong: its number is 2, and 1 should come here."),
        (lambda texts: [*texts[:-1], texts[-1][:-9]], "line {last} is wrong: it ends in the middle."),
        (lambda texts: [*texts, b"more\n"], "line {more} is wrong: it is no line of the record."),
        (lambda texts: [b"\n", *texts], "line 1 is wrong: it is no line of the record."),
        (
            lambda texts: [texts[0].replace(b"olga", b"mina"), *texts[1:]],
            "line 1 is wrong: it was changed: its hash is not that of what it says.",
        ),
    ],
)
def test_it_names_the_first_line_that_is_wrong(log: Path, damage: Damage, words: str) -> None:
    texts = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(damage(texts)))

    fault = fault_of(log)

    assert fault.endswith(words.format(last=len(texts), more=len(texts) + 1))
    assert str(log) in fault or not log.stat().st_size


def test_it_takes_rotated_files_in_order(log: Path, tmp_path: Path) -> None:
    texts = log.read_bytes().splitlines(keepends=True)
    rotated = tmp_path / "activity.log.1"
    rotated.write_bytes(b"".join(texts[:7]))
    log.write_bytes(b"".join(texts[7:]))

    assert "whole" in verify(rotated, log)
    assert "line 1 is wrong: its number is 8, and 1 should come here." in fault_of(log, rotated)
    assert "activity.log.1, line 7 is wrong: behind it" in fault_of(rotated)
    assert "line 1 is wrong: its number is 8" in fault_of(log)


def test_it_begins_where_older_files_are_gone(log: Path) -> None:
    texts = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(texts[7:]))

    assert f"whole: {len(texts) - 7} lines" in verify(log, "--begins-at", 8)
    assert "line 1 is wrong: its number is 8, and 7 should come here." in fault_of(log, "--begins-at", 7)


def test_it_takes_a_batch_that_was_received_twice(log: Path) -> None:
    texts = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*texts[:6], *texts[2:]]))

    assert verify(log).endswith("; 4 stand there twice.")


def test_it_takes_a_line_that_is_being_written(log: Path) -> None:
    with log.open("ab") as file:
        file.write(b'{"action_id":')

    assert verify(log).endswith("; an unfinished one follows.")


def test_it_takes_lines_whose_rows_were_pruned(log: Path) -> None:
    prune_actions(MORNING)

    assert "; the rows of 20 are gone from the database." in verify(log)


@pytest.mark.parametrize("kind", ["action", "outcome"])
def test_it_finds_a_row_that_was_changed(log: Path, kind: str) -> None:
    number = first(kind, after=3)
    with lifted(connection):
        if kind == "action":
            Action.objects.filter(pk=number).update(who="nobody")
        else:
            Outcome.objects.filter(pk=number).update(kind="denied")

    place = next(place for place, line in enumerate(lines_of(log), 1) if is_about(line, kind, number))
    assert fault_of(log).endswith(f"line {place} is wrong: the database says something else of {kind} {number}.")


@pytest.mark.parametrize("kind", ["action", "outcome"])
@pytest.mark.parametrize("after", [0, 4, -1])
def test_it_finds_a_row_that_stands_in_no_line(log: Path, kind: str, after: int) -> None:
    """Somebody who can compute hashes has taken a line out, and made the database remember the forged chain."""
    count = Action.objects.count() if kind == "action" else Outcome.objects.count()
    number = first(kind, after=after % count)
    lines = lines_of(log)
    forged = seal_all([line.entry for line in lines if not is_about(line, kind, number)], 0, lines[0].previous)
    log.write_bytes(b"".join(line.text + b"\n" for line in forged))
    trail = _remembered(forged)

    following = [place for place, line in enumerate(forged, 1) if line.entry["kind"] == kind and line.entry["id"] > number]
    fault = fault_of(log)
    if following:
        told = f"line {following[0]} is wrong: {kind} {number}, which is in the database, should come before it."
    else:
        told = f"The files are wrong: {kind} {number} was written, is in the database and stands in no line."
    assert fault.endswith(told)
    assert trail == 1


def _remembered(lines: list[LogLine]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE networks_trail SET sequence = %s, hash = %s", [lines[-1].sequence, lines[-1].hash])
        return int(cursor.rowcount)


def is_about(line: LogLine, kind: str, number: int) -> bool:
    return (line.entry["kind"], line.entry["id"]) == (kind, number)


def test_it_finds_a_chain_that_was_forged_to_its_end(log: Path) -> None:
    lines = lines_of(log)
    forged = seal_all([{**line.entry, "who": "nobody"} for line in lines], 0, lines[0].previous)
    log.write_bytes(b"".join(line.text + b"\n" for line in forged))

    assert f"the database remembers another line with the number {len(lines)}" in fault_of(log)


def test_it_finds_two_chains_in_one_file(log: Path) -> None:
    lines = lines_of(log)
    more = seal_all([lines[0].entry], lines[-1].sequence, lines[-1].hash)
    with log.open("ab") as file:
        file.write(more[0].text + b"\n")

    assert fault_of(log).endswith(
        f"line {len(lines) + 1} is wrong: action {lines[0].entry['id']} comes after {lines[0].entry['id'] + 9}."
    )


def test_it_reads_the_file_of_the_setting(log: Path, settings: Settings) -> None:
    settings.NETADMIN_ACTIVITY_LOG = f"file://{log}"
    assert "whole" in verify()

    settings.NETADMIN_ACTIVITY_LOG = "syslog+tls://logs.example:6514"
    assert "Name the file" in fault_of()


def test_it_says_that_a_file_is_not_there(log: Path) -> None:
    assert fault_of(log.with_name("nothing")).endswith("nothing can't be read: No such file or directory.")


def test_it_deletes_nothing_that_has_not_left(log: Path, settings: Settings) -> None:
    settings.NETADMIN_ACTIVITY_LOG = f"file://{log}"
    late = make_action("late", at=MORNING.replace(year=2020), outcomes=())

    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("prune_activity", "--before", "2026-11-25")
    assert Action.objects.count() == 11

    with keeping(log.parent, FileDestination(log)):
        wait_until_written()
    Outcome.objects.create(action_id=late.pk, at=MORNING, kind="ok")
    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("prune_activity", "--before", "2026-11-25")

    with keeping(log.parent, FileDestination(log)):
        wait_until_written()
    call_command("prune_activity", "--before", "2026-11-25", stdout=StringIO())
    assert list(Action.objects.values_list("verb", flat=True)) == ["prune_activity"]
