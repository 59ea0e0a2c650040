"""The contract of event streams."""

from __future__ import annotations

import threading
import time
from contextlib import closing

from networks.engine.allow_list import Profile
from networks.engine.facts import EventFact
from networks.engine.specs import DisconnectSpec
from tests.contract.asks import create, reader, run
from tests.contract.worlds import World
from tests.private_engine import wait_until


def _until(world: World, since_nano: int, wanted: tuple[str, str, str]) -> list[EventFact]:
    """Read events until the wanted (kind, verb, actor's name) came."""
    seen: list[EventFact] = []
    with closing(reader(world).events(since_nano)) as stream:
        watchdog = threading.Timer(10, stream.close)
        watchdog.start()
        for event in stream:
            seen.append(event)
            if (event.kind, event.verb, event.actor_name) == wanted:
                break
        watchdog.cancel()
        watchdog.join()
    return seen


def test_it_reports_what_happens(world: World) -> None:
    since = time.time_ns()
    network_id = create(world, "n1")
    container_id = run(world, "web", "n1")
    world.client(Profile.NETWORK).disconnect_container(DisconnectSpec(network_id, container_id))
    world.client(Profile.RUN).remove_container(container_id)
    world.client(Profile.NETWORK).remove_network(network_id)

    events = _until(world, since, ("network", "destroy", "n1"))

    seen = [(event.kind, event.verb, event.actor_name) for event in events]
    for earlier, later in (
        (("network", "create", "n1"), ("container", "create", "web")),
        (("container", "create", "web"), ("network", "connect", "n1")),
        (("network", "connect", "n1"), ("container", "start", "web")),
        (("container", "start", "web"), ("network", "disconnect", "n1")),
        (("network", "disconnect", "n1"), ("container", "destroy", "web")),
        (("container", "destroy", "web"), ("network", "destroy", "n1")),
    ):
        assert seen.index(earlier) < seen.index(later)
    connect = events[seen.index(("network", "connect", "n1"))]
    assert (connect.network_id, connect.container_id) == (network_id, container_id)
    assert [event.time_nano for event in events] == sorted(event.time_nano for event in events)


def test_it_replays_from_a_moment_inclusive(world: World) -> None:
    since = time.time_ns()
    for name in ("n1", "n2", "n3"):
        create(world, name)
    second = next(event for event in _until(world, since, ("network", "create", "n3")) if event.actor_name == "n2")

    replayed = _until(world, second.time_nano, ("network", "create", "n3"))

    assert [event.actor_name for event in replayed] == ["n2", "n3"]


def test_it_ends_a_stream_from_another_thread(world: World) -> None:
    stream = reader(world).events()
    seen: list[EventFact] = []
    reading = threading.Thread(target=lambda: seen.extend(stream))
    reading.start()
    create(world, "n1")
    wait_until(lambda: seen, "the event")

    stream.close()
    reading.join(2)

    assert not reading.is_alive()
    assert list(stream) == []
