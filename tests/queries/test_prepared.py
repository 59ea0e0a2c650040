"""Prepared queries give what the ORM gives, for every parameter and in every thread."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from networks.models import Container, Engine, EngineStatus
from networks.queries.cache.prepared import Prepared, Query
from networks.queries.containers import CONTAINER_COLUMNS
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def by_name(slug: str, name: str) -> Query:
    return Container.objects.filter(engine__slug=slug, name=name).values(*CONTAINER_COLUMNS)


NAMED = Prepared(by_name, str, str)


def changed_since(slug: str, since: int) -> Query:
    found = Container.objects.filter(engine__slug=slug, revision__gt=since)
    return found.order_by("name").values("docker_id", "ports", "created_at")


CHANGED = Prepared(changed_since, str, int)


def with_state() -> Query:
    alike = Container.objects.filter(pk=OuterRef("pk"), state="paused")
    return Container.objects.order_by("name").annotate(is_paused=Exists(alike)).values("ports", "name", "is_paused")


ANNOTATED = Prepared(with_state)


@pytest.fixture
def engine() -> Engine:
    engine = Engine.objects.create(slug="local", name="local", url="unix:///x")
    EngineStatus.objects.create(engine=engine)
    grow_world(engine, networks=2, containers=4)
    return engine


@pytest.mark.parametrize("name", ["service-0000", "service-0003", "missing", "\x01 0 \x01", "' OR 1=1 --"])
def test_it_gives_what_the_orm_gives(engine: Engine, name: str) -> None:
    assert NAMED.rows("local", name) == list(by_name("local", name))


@pytest.mark.parametrize("since", [-1, 0, 1, -(10**15) - 1])
def test_it_takes_numbers(engine: Engine, since: int) -> None:
    assert CHANGED.rows("local", since) == list(changed_since("local", since))


def test_it_gives_what_a_query_is_annotated_with(engine: Engine) -> None:
    Container.objects.filter(name="service-0001").update(state="paused")

    assert ANNOTATED.rows() == list(with_state())
    assert [record["is_paused"] for record in ANNOTATED.rows()] == [False, True, False, False]


def test_it_asks_one_statement(engine: Engine) -> None:
    with CaptureQueriesContext(connection) as captured:
        CHANGED.rows("local", -1)

    assert len(captured) == 1
