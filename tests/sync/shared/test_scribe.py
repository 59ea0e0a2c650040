"""One thread writes the heartbeats of all Engines, passes wishes on, and tells that others have written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from networks.models import Engine, EngineStatus, SyncRequest
from networks.sync.heartbeat_writer import HeartbeatWriter
from networks.sync.signals import others_wrote
from tests.private_engine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 7, 5, 12, 0, tzinfo=UTC)
Wish = tuple[int, tuple[str, ...]]


@pytest.fixture
def engines() -> list[Engine]:
    made = [Engine.objects.create(slug=slug, name=slug, url="unix:///nowhere") for slug in ("one", "two", "three")]
    for engine in made:
        EngineStatus.objects.get_or_create(engine=engine)
    return made


@pytest.fixture
def scribe(engines: list[Engine]) -> Iterator[HeartbeatWriter]:
    scribe = HeartbeatWriter(every_s=0.01)
    yield scribe
    for engine in engines:
        scribe.end(engine.pk)
    wait_until(lambda: "heartbeat-writer" not in {thread.name for thread in threading.enumerate()}, "its thread to end")
    connections.close_all()


def as_of(engine: Engine) -> datetime | None:
    return EngineStatus.objects.values_list("as_of", flat=True).get(engine=engine)


def ignore(_pk: int, _docker_ids: tuple[str, ...]) -> None:
    pass


def test_it_writes_the_oldest_of_the_times_that_it_was_given_at_once(scribe: HeartbeatWriter, engines: list[Engine]) -> None:
    one, two, three = engines
    scribe.prove(one.pk, NOW)
    scribe.prove(two.pk, NOW - timedelta(milliseconds=3))

    scribe.begin(one.pk, ignore)

    wait_until(lambda: as_of(one), "a heartbeat")
    assert (as_of(one), as_of(two), as_of(three)) == (NOW - timedelta(milliseconds=3), NOW - timedelta(milliseconds=3), None)


def test_it_never_puts_a_time_back(scribe: HeartbeatWriter, engines: list[Engine]) -> None:
    one, two, _three = engines
    EngineStatus.objects.filter(engine=one).update(as_of=NOW)
    scribe.prove(one.pk, NOW - timedelta(seconds=1))
    scribe.prove(two.pk, NOW + timedelta(seconds=1))

    scribe.begin(one.pk, ignore)

    wait_until(lambda: as_of(two), "a heartbeat")
    assert as_of(one) == NOW


def test_it_passes_on_what_was_wished_before_and_after_it_began(scribe: HeartbeatWriter, engines: list[Engine]) -> None:
    one, two, three = engines
    heard: list[Wish] = []
    before = SyncRequest.objects.create(engine=one, docker_ids=["a"], asked_at=NOW)
    SyncRequest.objects.create(engine=two, docker_ids=["b"], asked_at=NOW, done_at=NOW)
    SyncRequest.objects.create(engine=three, docker_ids=["c"], asked_at=NOW)

    scribe.begin(one.pk, lambda pk, docker_ids: heard.append((pk, docker_ids)))
    scribe.begin(two.pk, lambda pk, docker_ids: heard.append((pk, docker_ids)))
    wait_until(lambda: heard, "the first")
    assert set(heard) == {(before.pk, ("a",))}, "neither what is done nor what is nobody's here"

    after = SyncRequest.objects.create(engine=two, docker_ids=[], asked_at=NOW)
    wait_until(lambda: (after.pk, ()) in heard, "the second")


@pytest.mark.sqlite
def test_it_hears_others_write_and_never_itself(scribe: HeartbeatWriter, engines: list[Engine]) -> None:
    times: list[str] = []
    is_heard = threading.Event()

    def note(**_more: object) -> None:
        times.append(threading.current_thread().name)
        is_heard.set()

    others_wrote.connect(note)
    try:
        scribe.begin(engines[0].pk, ignore)
        assert is_heard.wait(60), "it begins with a look"
        is_heard.clear()

        scribe.prove(engines[0].pk, NOW)
        wait_until(lambda: as_of(engines[0]), "its own write")
        assert not is_heard.wait(0.1)

        with closing(sqlite3.connect(connection.settings_dict["NAME"], uri=True)) as another_process, another_process:
            another_process.execute("UPDATE networks_engine SET name = 'other'")
        assert is_heard.wait(60)
        assert set(times) == {"heartbeat-writer"}
    finally:
        others_wrote.disconnect(note)


def test_it_goes_on_after_the_database_could_not_be_written(
    scribe: HeartbeatWriter, engines: list[Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("networks.sync.heartbeat_writer.RETRY_S", 0.01)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE networks_enginestatus RENAME TO away")
    try:
        scribe.prove(engines[0].pk, NOW)
        scribe.begin(engines[0].pk, ignore)
        wait_until(lambda: not scribe._proofs, "its failure")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO networks_enginestatus")

    scribe.prove(engines[0].pk, NOW)
    wait_until(lambda: as_of(engines[0]), "a heartbeat")
