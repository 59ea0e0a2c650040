"""Health is told to everybody, and tells nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import Settings

from networks.models import Engine, EngineStatus, Grant, Role

SECRET_URL = "tcp://secret.example:2376"
TOKEN = "0123456789abcdef" * 4


def test_it_is_alive_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.fixture
def two(settings: Settings, tmp_path: Path) -> tuple[Engine, Engine]:
    """Give two Engines, each followed at this moment: one that people may see, and one that has something to hide."""
    settings.NETADMIN_DATA_DIR = tmp_path
    hidden = Engine.objects.create(slug="local", name="Local", url=SECRET_URL)
    EngineStatus.objects.create(engine=hidden, last_error=f"can't reach {SECRET_URL}")
    other = Engine.objects.create(slug="other", name="Other", url="unix:///y")
    EngineStatus.objects.create(engine=other, follower="box:12", revision=7)
    for engine in (hidden, other):
        (tmp_path / f"follower-{engine.slug}.lock").touch()
    return hidden, other


def let_pass(engine: Engine, seconds: float, data_dir: Path) -> None:
    """Have an Engine's follower have died so long ago, when the Engine was live."""
    died_at = datetime.now(UTC) - timedelta(seconds=seconds)
    EngineStatus.objects.filter(engine=engine).update(state="live", as_of=died_at)
    os.utime(data_dir / f"follower-{engine.slug}.lock", times=(died_at.timestamp(),) * 2)


@pytest.mark.django_db
def test_it_tells_strangers_how_many_and_people_which(client: Client, two: tuple[Engine, Engine]) -> None:
    person = User.objects.create_user("ann")
    Grant.objects.create(user=person, engine=two[1], role=Role.VIEWER)

    told = client.get("/readyz").json()
    client.force_login(person)
    own = client.get("/readyz")

    assert told == {"ready": True, "database": "ok", "states": {"disconnected": 2}}
    (seen,) = own.json().pop("engines")
    assert (seen["engine"], seen["state"], seen["revision"], seen["as_of"]) == ("other", "disconnected", 7, None)
    assert (seen["is_followed"], seen["follower"]) == (True, "box:12")
    assert datetime.now(UTC) - datetime.fromisoformat(seen["held_at"]) < timedelta(seconds=20)
    assert "secret" not in own.content.decode()
    assert "process" not in own.json()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "state", "status"), [(3, "live", 200), (17, "lagging", 200), (23, "lagging", 503), (70, "stale", 503)]
)
def test_it_counts_no_engine_as_live_whose_follower_died(
    client: Client, two: tuple[Engine, Engine], tmp_path: Path, seconds: float, state: str, status: int
) -> None:
    let_pass(two[0], seconds, tmp_path)

    answer = client.get("/readyz")

    assert answer.status_code == status
    assert answer.json()["states"] == {state: 1, "disconnected": 1}
    assert (answer.json()["ready"], answer.json().get("unfollowed")) == ((True, None) if status == 200 else (False, 1))


@pytest.mark.django_db
def test_it_gives_whoever_never_followed_an_engine_its_twenty_seconds(
    client: Client, two: tuple[Engine, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "follower-other.lock").unlink()
    clock = [1000.0]
    monkeypatch.setattr("networks.views.probes.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("networks.views.probes._first_asked", {})

    at_first = client.get("/readyz").status_code
    clock[0] += 21
    later = client.get("/readyz").status_code
    (tmp_path / "follower-other.lock").touch()

    assert (at_first, later, client.get("/readyz").status_code) == (200, 503, 200)


@pytest.mark.django_db
@pytest.mark.parametrize("told", ["", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer ", f"Bearer {TOKEN}\u00e9"])
def test_it_tells_who_brings_another_token_what_it_tells_a_stranger(
    client: Client, settings: Settings, two: tuple[Engine, Engine], told: str
) -> None:
    stranger = client.get("/readyz").json()
    without_token = client.get("/readyz", headers={"Authorization": told}).json()
    settings.NETADMIN_READYZ_TOKEN = TOKEN

    assert client.get("/readyz", headers={"Authorization": told}).json() == without_token == stranger
    assert "engines" not in stranger


@pytest.mark.django_db
def test_it_tells_who_brings_the_token_of_every_engine_and_who_holds_it(
    client: Client, settings: Settings, two: tuple[Engine, Engine]
) -> None:
    settings.NETADMIN_READYZ_TOKEN = TOKEN

    answer = client.get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"})

    assert [(each["engine"], each["follower"]) for each in answer.json()["engines"]] == [("local", ""), ("other", "box:12")]
    assert answer.json()["process"] == {"id": f"{os.uname().nodename}:{os.getpid()}", "follows": []}
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_it_is_not_ready_when_the_database_cannot_be_read(client: Client) -> None:
    def fail(*_arguments: object) -> None:
        raise DatabaseError("disk I/O error")

    with connection.execute_wrapper(fail):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert "disk" not in answer.content.decode()
