"""The watching thread: it hears of changes, puts pictures up, and measures while somebody looks."""

from __future__ import annotations

import pytest
from django.db import connections

from networks.models import Container
from networks.sync import attention
from networks.sync.attention import note_viewer
from networks.sync.host.board import host_version, picture_of, traffic_of
from networks.sync.signals import engine_changed
from tests.builders import make_container, make_endpoint
from tests.private_engine import wait_until
from tests.sync.host.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_puts_a_picture_up_and_takes_it_down(stage: Stage) -> None:
    link = stage.run("web")
    stage.begin()

    stage.shows({link: ("web", "front")})
    assert stage.announced >= 1
    stage.watcher.stop()

    assert not picture_of(stage.slug).view.sees_host
    assert stage.host.streams == []


def test_it_begins_when_the_engine_was_read(stage: Stage) -> None:
    assert stage.opened == []

    stage.write()

    wait_until(lambda: picture_of(stage.slug).view.sees_host, "the first picture")
    assert stage.opened == [("", stage.engine.url)]


def test_it_names_links_as_they_come_and_forgets_them_as_they_go(stage: Stage) -> None:
    stage.begin()

    first, second = stage.run("web"), stage.run("database")

    stage.shows({first: ("web", "front"), second: ("database", "front")})
    stage.host.kill(Container.objects.get(name="web").docker_id)
    stage.shows({second: ("database", "front")})


def test_it_names_a_link_that_the_snapshot_knew_first(stage: Stage) -> None:
    container = make_container(stage.engine, "web", pid=4001)
    make_endpoint(container, stage.network, "172.72.0.2")
    stage.begin()
    stage.write()
    wait_until(lambda: picture_of(stage.slug).unseen == ("web",), "the container without a link")

    stage.host.add_container(container.docker_id, 4001)
    link = stage.host.plug(container.docker_id, stage.bridge)

    stage.shows({link: ("web", "front")})


def test_it_asks_for_a_newer_snapshot_where_nobody_tells_of_one() -> None:
    stage = Stage(asks=True)
    try:
        stage.begin()
        note_viewer(stage.slug, "interface_list")

        link = stage.run("web", is_told=False)

        stage.shows({link: ("web", "front")})
    finally:
        stage.end()
        connections.close_all()


def test_it_looks_once_more_for_the_name_that_an_interface_gets(stage: Stage) -> None:
    stage.begin()
    link = stage.run("web")
    stage.shows({link: ("web", "front")})
    container = Container.objects.get(name="web").docker_id
    stack = stage.host.stacks[container]
    inner = stage.host.links[link].peer
    with stage.host.lock:
        fact = stack.links[inner]
        stack.links[inner] = type(fact)(fact.index, "net7", fact.kind, fact.flags, fact.mtu, fact.queue_length)

    def ifname() -> str:
        return next(one.peer.ifname for one in picture_of(stage.slug).links if one.peer)

    wait_until(lambda: ifname() == "net7", "the name")


def test_it_measures_nothing_while_nobody_looks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "LOOKING_AT_PAGE_FOR_S", 0.7)
    link = stage.run("web")
    stage.begin()
    stage.host.change(link, mtu=1400)
    note_viewer(stage.slug, "network_list")
    wait_until(lambda: any(one.fact.mtu == 1400 for one in picture_of(stage.slug).links), "the change")
    assert stage.samples() == 0

    note_viewer(stage.slug, "interface_list")

    assert traffic_of(stage.slug).wait_for_sample(1.0)
    wait_until(lambda: stage.samples() == 2, "the second sample")
    assert traffic_of(stage.slug).rate(link) is not None
    wait_until(lambda: not attention.is_looked_at(stage.slug, pages=attention.FIGURE_PAGES), "that nobody looks")
    stage.host.change(link, mtu=1500)
    wait_until(lambda: any(one.fact.mtu == 1500 for one in picture_of(stage.slug).links if one.peer), "the change")
    assert stage.samples() == 2


def test_it_tells_rates_and_announces_each_sample(stage: Stage) -> None:
    link = stage.run("web")
    stage.begin()
    stage.shows({link: ("web", "front")})
    before = host_version(stage.slug)
    note_viewer(stage.slug, "container_detail")
    wait_until(lambda: stage.samples() == 1, "the first sample")
    stage.host.count(link, tx_bytes=1_000_000, tx_packets=1000)

    def rate() -> float:
        known = traffic_of(stage.slug).rate(link)
        return known.tx_bytes if known else 0.0

    wait_until(rate, "the first rate")

    assert 1_000_000 / 3 < rate() <= 2_100_000  # within half a second, or a slow machine's two
    counted = traffic_of(stage.slug).counters(link)
    assert counted is not None
    assert (counted.tx_bytes, counted.tx_packets) == (1_000_000, 1000)
    assert host_version(stage.slug) != before


def test_it_announces_nothing_where_nothing_else_is_shown(stage: Stage) -> None:
    link = stage.run("web")
    stage.begin()
    stage.shows({link: ("web", "front")})
    wait_until(lambda: not stage.watcher._due_at.get("settle"), "the settling")
    announced, reads = stage.announced, dict(stage.host.reads)

    stage.write()
    stage.write()
    engine_changed.send(sender=None, engine_slug="another")
    wait_until(lambda: not stage.watcher._wakes._wake, "that it has looked")

    assert stage.announced == announced
    assert stage.host.reads == reads


def test_it_ends_at_once_while_it_waits(stage: Stage) -> None:
    stage.watcher.stop(timeout_s=1.0)

    assert not stage.watcher._thread.is_alive()
