"""Health is told to everybody, and tells nothing else."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from networks.models import Engine, EngineStatus

SECRET_URL = "tcp://secret.example:2376"


def test_it_is_alive_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_tells_the_followers_states_and_no_secret(client: Client) -> None:
    engine = Engine.objects.create(slug="local", name="Local", url=SECRET_URL)
    EngineStatus.objects.create(engine=engine, last_error=f"can't reach {SECRET_URL}")

    answer = client.get("/readyz")

    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "engines": [{"engine": "local", "state": "disconnected", "as_of": None}],
    }
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_it_is_not_ready_when_the_database_cannot_be_read(client: Client) -> None:
    def fail(*_arguments: object) -> None:
        raise DatabaseError("disk I/O error")

    with connection.execute_wrapper(fail):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "disk" not in answer.content.decode()
