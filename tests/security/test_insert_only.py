"""Actions and outcomes are only ever added to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.flush import Command as Flush
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from networks.checks import check_triggers
from networks.models import Action, Outcome
from networks.models.insert_only import drop_triggers, lifted, make_triggers, missing_triggers

pytestmark = pytest.mark.django_db


def some_action(at: dt.datetime | None = None, verb: str = "create_network") -> Action:
    action = Action.objects.create(at=at or timezone.now(), who="ann", engine_slug="local", verb=verb)
    Outcome.objects.create(action_id=action.pk, at=action.at, kind="ok")
    return action


@pytest.mark.parametrize("model", [Action, Outcome])
def test_it_refuses_to_change_or_delete(model: type[Action] | type[Outcome]) -> None:
    some_action()

    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        model.objects.update(at=timezone.now())
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        model.objects.all().delete()
    assert model.objects.count() == 1


def test_it_finds_a_trigger_that_is_missing() -> None:
    assert check_triggers(databases=["default"]) == []

    with transaction.atomic():
        drop_triggers(connection)
        found = check_triggers(databases=["default"])
        make_triggers(connection)

    assert [message.id for message in found] == ["networks.W004"] * 4
    assert missing_triggers(connection) == []


def test_it_makes_the_triggers_again_after_every_migration() -> None:
    drop_triggers(connection)

    call_command("migrate", verbosity=0)

    assert missing_triggers(connection) == []


def test_it_puts_the_triggers_back_when_the_work_below_fails() -> None:
    def fail_without_triggers() -> None:
        with lifted(connection):
            assert missing_triggers(connection)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_without_triggers()

    assert missing_triggers(connection) == []


def test_it_prunes_by_one_command_that_records_itself(capsys: pytest.CaptureFixture[str]) -> None:
    old = some_action(dt.datetime(2026, 1, 31, 23, 59, tzinfo=dt.UTC))
    kept = some_action(dt.datetime(2026, 2, 1, tzinfo=dt.UTC))

    call_command("prune_activity", "--before", "2026-02-01")

    record = Action.objects.get(verb="prune_activity")
    assert set(Action.objects.values_list("pk", flat=True)) == {kept.pk, record.pk}
    assert set(Outcome.objects.values_list("action_id", flat=True)) == {kept.pk, record.pk}
    assert old.pk not in {kept.pk, record.pk}
    assert (record.who, record.asked["pruned"]) == ("console", 1)
    assert "Deleted 1 actions" in capsys.readouterr().out
    assert missing_triggers(connection) == []


def test_it_refuses_a_day_that_is_none() -> None:
    with pytest.raises(CommandError, match="no day"):
        call_command("prune_activity", "--before", "soon")


@pytest.mark.django_db(transaction=True)
def test_it_lets_tests_empty_their_database() -> None:
    some_action()

    Flush().handle(verbosity=0, interactive=False, database="default", reset_sequences=False, allow_cascade=False)

    assert Action.objects.count() == 0
    assert missing_triggers(connection) == []
