"""Followers and watchers keep in step with the Engines that there are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from networks.engine.access.facts import EngineAccess, TlsMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.models import Engine, EngineStatus
from networks.models.access import keep_credentials
from networks.sync.supervisor import (
    FollowerSupervisor,
    followers,
    start_tending,
    stop_followers,
    stop_tending,
    stop_watchers,
    watchers,
)
from tests.private_engine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
SOON_S = 1.0  # less than the time after which the rows are looked at anyway


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    stop_tending()
    stop_watchers()
    stop_followers()
    connections.close_all()


def test_it_follows_what_is_added_changed_and_removed_at_once(tmp_path: Path) -> None:
    Engine.objects.create(slug="local", name="local", url="unix:///nowhere/1")
    start_tending(tmp_path)
    local = followers["local"]

    other = Engine.objects.create(slug="other", name="other", url="unix:///nowhere/2")
    wait_until(lambda: {"local", "other"} == set(followers) == set(watchers), "another follower", deadline_s=SOON_S)
    first = followers["other"]

    other.url = "unix:///nowhere/3"
    other.save()
    wait_until(lambda: followers.get("other") not in (None, first), "it to begin anew", deadline_s=SOON_S)
    assert not first._thread.is_alive()

    other.delete()
    wait_until(lambda: {"local"} == set(followers) == set(watchers), "it to be gone", deadline_s=SOON_S)
    assert followers["local"] is local, "the others go on"


def test_it_begins_anew_with_other_credentials(tmp_path: Path) -> None:
    engine = Engine.objects.create(slug="other", name="other", url="tcp://build.invalid:2376")
    start_tending(tmp_path, is_watching=False)
    first = followers["other"]

    keep_credentials(engine, EngineAccess(parse_engine_url(engine.url), tls=TlsMaterial("a", "b", "c")))

    wait_until(lambda: followers.get("other") not in (None, first), "it to begin anew", deadline_s=SOON_S)
    assert not watchers


def test_it_sees_what_another_process_has_changed(tmp_path: Path) -> None:
    Engine.objects.create(slug="local", name="local", url="unix:///nowhere/1")
    tender = FollowerSupervisor(tmp_path, is_watching=False, every_s=0.05)
    tender.start()
    try:
        time.sleep(0.3)  # several looks at nothing new, which must not blind it to what comes
        Engine.objects.bulk_create([Engine(slug="other", name="other", url="unix:///nowhere/2")])  # tells nobody
        wait_until(lambda: "other" in followers, "a follower")
    finally:
        tender.stop()


def test_it_says_what_is_wrong_with_an_address(tmp_path: Path) -> None:
    Engine.objects.create(slug="other", name="other", url="tcp://10.0.0.1:2375")
    start_tending(tmp_path, is_watching=False)

    def last_error() -> str:
        return EngineStatus.objects.filter(engine__slug="other").values_list("last_error", flat=True).first() or ""

    assert "loopback only" in wait_until(last_error, "the reason")
