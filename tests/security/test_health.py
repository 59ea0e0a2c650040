"""Health is told to everybody, and tells nothing else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client

from networks.models import Engine, EngineStatus, Grant, Role

SECRET_URL = "tcp://secret.example:2376"


def test_it_is_alive_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_tells_strangers_how_many_and_people_which(client: Client) -> None:
    engine = Engine.objects.create(slug="local", name="Local", url=SECRET_URL)
    EngineStatus.objects.create(engine=engine, last_error=f"can't reach {SECRET_URL}")

    other = Engine.objects.create(slug="other", name="Other", url="unix:///y")
    EngineStatus.objects.create(engine=other)
    person = User.objects.create_user("ann")
    Grant.objects.create(user=person, engine=other, role=Role.VIEWER)

    told = client.get("/readyz").json()
    client.force_login(person)
    own = client.get("/readyz")

    assert told == {"ready": True, "database": "ok", "states": {"disconnected": 2}}
    assert own.json() == told | {"engines": [{"engine": "other", "state": "disconnected", "as_of": None}]}
    assert "secret" not in own.content.decode()


@pytest.mark.django_db
def test_it_is_not_ready_when_the_database_cannot_be_read(client: Client) -> None:
    def fail(*_arguments: object) -> None:
        raise DatabaseError("disk I/O error")

    with connection.execute_wrapper(fail):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "disk" not in answer.content.decode()
