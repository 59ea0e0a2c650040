"""A process that serves watches the machine of every Engine, whether or not it follows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from networks.sync.host.board import picture_of
from networks.sync.supervisor import followers, start_watchers, stop_watchers, watchers
from tests.builders import make_engine, make_network
from tests.fake_host import FakeHost
from tests.private_engine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def followed() -> Iterator[FakeHost]:
    host = FakeHost()
    network = make_network(make_engine("followed"), "front", "172.72.0.0/16", gateway="172.72.0.1")
    host.add_link(f"br-{network.docker_id[:12]}", "bridge", "172.72.0.1/16")
    make_engine("followed-elsewhere")
    followers["followed"] = None  # type: ignore[assignment]  # who follows it matters to nobody here
    yield host
    stop_watchers()
    followers.clear()
    connections.close_all()


def test_it_watches_every_engine_until_it_is_told_to_stop(followed: FakeHost) -> None:
    start_watchers(followed.open)
    first = watchers["followed"]
    start_watchers(followed.open)

    assert watchers.keys() == {"followed", "followed-elsewhere"}
    assert watchers["followed"] is first
    assert {slug for slug, watcher in watchers.items() if watcher._asks} == {"followed-elsewhere"}
    first.hurry()
    wait_until(lambda: picture_of("followed").view.sees_host, "the picture")
    stop_watchers()

    assert watchers == {}
    assert not picture_of("followed").view.sees_host
