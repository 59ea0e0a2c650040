"""Prepared queries give what the ORM gives, for every parameter and in every thread."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import Container, Engine, EngineStatus
from networks.queries.containers import CONTAINER_COLUMNS
from networks.queries.prepared import Prepared, PreparedByIds, Query
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def by_name(slug: str, name: str) -> Query:
    return Container.objects.filter(engine__slug=slug, name=name).values(*CONTAINER_COLUMNS)


NAMED = Prepared(by_name, parameters=2)


def by_ids(slug: str, docker_ids: object) -> Query:
    found = Container.objects.filter(engine__slug=slug).order_by("name")
    return (found if docker_ids is None else found.filter(docker_id__in=docker_ids)).values("docker_id", "ports", "created_at")


BY_IDS = PreparedByIds(by_ids)


@pytest.fixture
def engine() -> Engine:
    engine = Engine.objects.create(slug="local", name="local", url="unix:///x")
    EngineStatus.objects.create(engine=engine)
    grow_world(engine, networks=2, containers=4)
    return engine


@pytest.mark.parametrize("name", ["service-0000", "service-0003", "missing", "\x01 0 \x01", "' OR 1=1 --"])
def test_it_gives_what_the_orm_gives(engine: Engine, name: str) -> None:
    assert NAMED.rows("local", name) == list(by_name("local", name))


@pytest.mark.parametrize("count", [0, 1, 2, None])
def test_it_takes_any_number_of_ids(engine: Engine, count: int | None) -> None:
    docker_ids = [row.docker_id for row in Container.objects.order_by("name")][:count] if count is not None else None

    assert BY_IDS.rows("local", docker_ids) == list(by_ids("local", docker_ids))


def test_it_asks_one_statement(engine: Engine) -> None:
    with CaptureQueriesContext(connection) as captured:
        BY_IDS.rows("local", None)

    assert len(captured) == 1
