"""Rows written by a prepared statement are those that `bulk_create` would have written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from networks.models import Container, Endpoint, Event, Network, Pool, Tombstone
from networks.sync.snapshot.upsert import Upsert
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network, make_pool

pytestmark = pytest.mark.django_db
ONE_OBJECT = ("engine", "docker_id")


def written(model: type[models.Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.order_by("pk").values())


def rows_of(model: type[models.Model]) -> list[dict[str, Any]]:
    """Return the table's rows as a writer gives them: without their keys."""
    return [{name: value for name, value in row.items() if name != "id"} for row in written(model)]


def grow() -> None:
    engine = make_engine()
    network = make_network(engine, "<front>", "172.20.0.0/24", labels={"이름": "값", "nul": "\\u2400"}, options={})
    make_pool(network, "fd00::/64", aux_addresses={"router": "fd00::9"})
    container = make_container(engine, "web", ports=[{"private_port": 80, "protocol": "tcp", "public_port": None, "address": ""}])
    make_endpoint(container, network, "172.20.0.2", aliases=["a", "b"])
    Tombstone.objects.create(engine=engine, kind="network", docker_id="f" * 64, name="old", revision=1, gone_at=MORNING)
    Event.objects.create(engine_slug="local", time_nano=2**62, at=MORNING, kind="network", verb="create", actor_id="x")


@pytest.mark.parametrize("model", [Network, Pool, Container, Endpoint, Tombstone, Event])
def test_it_writes_what_the_orm_wrote(model: type[models.Model]) -> None:
    grow()
    before = rows_of(model)
    model._default_manager.all().delete()

    Upsert(model).write(before)

    assert rows_of(model) == before
    assert before


@pytest.mark.parametrize("with_keys", [False, True])
def test_it_updates_what_is_there_and_only_what_it_may(with_keys: bool) -> None:
    network = make_network(make_engine(), "front", driver="bridge", hue=3)
    other = make_network(network.engine, "back")
    upsert = Upsert(Network, unique=ONE_OBJECT, update=("driver", "labels"))
    rows = [row | {"driver": "macvlan", "labels": {"a": "b"}, "hue": 7} for row in rows_of(Network)]
    rows.append(rows[0] | {"docker_id": "e" * 64, "name": "new"})

    keys = upsert.write_for_pks(rows) if with_keys else upsert.write(rows)

    assert [(row["driver"], row["labels"], row["hue"]) for row in written(Network)] == [
        ("macvlan", {"a": "b"}, 3),
        ("macvlan", {"a": "b"}, other.hue),
        ("macvlan", {"a": "b"}, 7),
    ]
    if with_keys:
        assert keys == [network.pk, other.pk, Network.objects.get(name="new").pk]


def test_it_refuses_a_row_without_a_column() -> None:
    grow()

    with pytest.raises(KeyError):
        Upsert(Event).write([{"engine_slug": "local"}])


def test_it_runs_one_statement_for_all() -> None:
    grow()
    upsert = Upsert(Event)
    rows = rows_of(Event) * 30
    upsert.write(rows)

    with CaptureQueriesContext(connection) as captured:
        upsert.write(rows)

    assert len(captured) == 1
    assert Event.objects.count() == 61
