"""Old assignments go some at a time, the oldest first; what is held, and what ended since, stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connections

from networks.models import AddressAssignment, WatchedSpan
from networks.sync.snapshot import address_history
from networks.sync.snapshot.address_history import prune_assignments
from tests.conftest import IS_FULL
from tests.history import assign, at, watch
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.comings_and_goings import Following

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20_000 if IS_FULL else 2_500


def test_it_removes_what_is_old_turn_by_turn() -> None:
    assign("172.18.0.2", "held", 0)
    assign("172.18.0.3", "recent", 0, 100)
    assign("172.18.0.4", "elsewhere", 0, 1, engine_slug="other")
    one = assign("172.18.0.5", "old", 0, 1)
    values = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields if not field.primary_key}
    AddressAssignment.objects.bulk_create(AddressAssignment(**values) for _ in range(MANY - 1))
    watch(0, 10)
    watch(20, 100)
    turns, before = 0, AddressAssignment.objects.count()

    while prune_assignments("local", before=at(50)):
        turns += 1
        assert AddressAssignment.objects.count() == before - turns * address_history.PRUNED_AT_ONCE

    assert turns == MANY // address_history.PRUNED_AT_ONCE
    assert set(AddressAssignment.objects.values_list("container_name", flat=True)) == {"held", "recent", "elsewhere"}
    assert [span.from_at for span in WatchedSpan.objects.all()] == [at(20)]


def test_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_history, "PRUNED_AT_ONCE", 1)
    assign("172.18.0.2", "later", 0, 5)
    assign("172.18.0.3", "first", 0, 1)

    assert prune_assignments("local", before=at(50))

    assert [row.container_name for row in AddressAssignment.objects.all()] == ["later"]


def test_whoever_follows_removes_them_all_in_its_turns(
    engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_history, "PRUNED_AT_ONCE", 2)
    for turn in range(5):
        assign("172.18.0.2", "old", turn, turn + 1)
    following = Following(engine.url, tmp_path)

    following.begin()

    wait_until(lambda: not AddressAssignment.objects.filter(container_name="old").exists(), "all to go")
    following.end()
    connections.close_all()
