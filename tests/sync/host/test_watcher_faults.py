"""The watching thread when the host, the kernel or the Engine isn't what it was: it says so, and begins again."""

from __future__ import annotations

import pytest

from networks.hostnet.errors import Garbled, HostError, HostNotAllowed
from networks.hostnet.facts import HostView, Obstacle
from networks.models import Container, Engine, Network
from networks.sync.attention import note_viewer
from networks.sync.host import watcher
from networks.sync.host.board import picture_of, traffic_of
from tests.builders import make_network
from tests.fake_host import EVERYTHING
from tests.private_engine import wait_until
from tests.sync.host.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_reads_everything_when_something_was_missed(stage: Stage) -> None:
    link = stage.run("web")
    stage.begin()
    stage.shows({link: ("web", "front")})
    with stage.host.lock:
        del stage.host.links[link]  # nobody is told

    stage.host.drop_events()

    stage.shows({})


def test_it_opens_the_machine_anew_when_the_kernel_tells_nothing_any_more(stage: Stage) -> None:
    link = stage.run("web")
    stage.begin()
    stage.shows({link: ("web", "front")})

    stage.host.streams[0].close()

    wait_until(lambda: picture_of(stage.slug).trouble, "the trouble")
    assert stage.names() == {}
    stage.shows({link: ("web", "front")})
    assert picture_of(stage.slug).trouble == ""
    assert stage.host.reads["changes"] == 2
    assert len(stage.host.streams) == 1


@pytest.mark.parametrize("error", [HostNotAllowed("Operation not permitted"), Garbled("half a message")])
def test_it_says_in_the_systems_words_why_it_could_not_read(stage: Stage, error: HostError) -> None:
    link = stage.run("web")
    stage.begin()
    stage.shows({link: ("web", "front")})

    stage.host.next_error = error
    stage.host.change(link, mtu=1400)

    wait_until(lambda: picture_of(stage.slug).trouble == error.sentence, "the trouble")
    assert picture_of(stage.slug).links == ()
    stage.shows({link: ("web", "front")})


def test_it_tries_again_to_open_a_machine(stage: Stage) -> None:
    stage.cannot_open = HostNotAllowed("setns: Operation not permitted")
    stage.watcher.hurry()
    wait_until(lambda: picture_of(stage.slug).trouble, "the trouble")
    assert not picture_of(stage.slug).view.sees_host

    stage.cannot_open = None

    wait_until(lambda: picture_of(stage.slug).view.sees_host, "the machine")


def test_it_tries_at_once_when_the_engine_is_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "RETRY_FACTOR", 100.0)  # half a second, then half a minute
    stage.cannot_open = HostError("Connection refused")
    stage.watcher.hurry()
    wait_until(lambda: len(stage.opened) == 2, "the second try")

    stage.cannot_open = None
    stage.write()

    wait_until(lambda: picture_of(stage.slug).view.sees_host, "the machine")


def test_it_survives_a_fault_of_its_own(stage: Stage) -> None:
    stage.cannot_open = ValueError("a fault")
    stage.watcher.hurry()
    wait_until(lambda: stage.opened, "the first try")

    stage.cannot_open = None

    wait_until(lambda: picture_of(stage.slug).view.sees_host, "the machine")


def test_it_opens_where_the_settings_say(stage: Stage) -> None:
    stage.begin()

    Engine.objects.get(slug=stage.slug).save()
    stage.engine.netns = "/run/netns/other"
    stage.engine.save()

    wait_until(lambda: stage.opened[-1] == ("/run/netns/other", stage.engine.url), "the other namespace")
    wait_until(lambda: len(stage.host.streams) == 1, "that the first reader is closed")


def test_it_opens_anew_when_a_namespace_that_was_missing_is_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "LOOK_FOR_NAMESPACE_S", 0.05)
    stage.host.view = HostView(enters_containers=True, why_not_host=Obstacle.NAMESPACE_MISSING)
    link = stage.run("web")
    stage.watcher.hurry()
    wait_until(lambda: stage.host.reads.get("has_appeared", 0) > 2, "that it looked for the namespace")
    assert picture_of(stage.slug).view.why_not_host is Obstacle.NAMESPACE_MISSING
    reads = stage.host.reads["sandboxes"]
    opened, looks = len(stage.opened), stage.host.reads["has_appeared"]
    wait_until(lambda: stage.host.reads["has_appeared"] > looks + 2, "more looks")
    assert (len(stage.opened), stage.host.reads["sandboxes"]) == (opened, reads)  # nothing else is read meanwhile

    stage.host.view = EVERYTHING

    stage.shows({link: ("web", "front")})
    assert len(stage.opened) == opened + 1
    assert picture_of(stage.slug).view.sees_host


def test_it_opens_anew_when_the_engine_is_another_or_is_back(stage: Stage) -> None:
    link = stage.run("web")
    stage.begin()
    Container.objects.update(name="seen")
    stage.write(state="disconnected")
    stage.shows({link: ("seen", "front")})

    stage.write(state="live")

    # It listens once it knows the Engine: an epoch that is written before that is the one it begins with.
    wait_until(lambda: stage.host.reads["changes"] == 2, "the second opening")
    stage.shows({link: ("seen", "front")})
    stage.write(epoch="another")

    wait_until(lambda: stage.host.reads["changes"] == 3, "the third opening")


def test_it_claims_and_measures_nothing_where_the_links_are_anothers(stage: Stage) -> None:
    stage.run("web")
    stage.host.change(stage.bridge, addresses=())
    stage.watcher.hurry()
    wait_until(lambda: picture_of(stage.slug).as_of, "the picture")
    note_viewer(stage.slug, "interface_list")
    stage.host.add_link("eth7")
    wait_until(lambda: stage.host.reads.get("link"), "a look at the new link")

    picture = picture_of(stage.slug)

    assert (picture.links, picture.view.sees_host) == ((), False)
    assert picture.view.why_not_host is Obstacle.OTHER_NAMESPACE
    assert stage.samples() == 0
    assert not traffic_of(stage.slug).wait_for_sample(0.0)


def test_it_looks_at_everything_when_a_network_may_tell_more(stage: Stage) -> None:
    stage.begin()
    Network.objects.filter(pk=stage.network.pk).delete()
    own = make_network(stage.engine, "bridge", "172.17.0.0/16", gateway="172.17.0.1")
    Network.objects.filter(pk=own.pk).update(options={"com.docker.network.bridge.name": "docker0"})
    stage.host.add_link("docker0", "bridge", "172.17.0.1/16")
    stage.write(epoch="another")
    wait_until(lambda: {link.network_name for link in picture_of(stage.slug).links} == {"", "bridge"}, "the default bridge")

    make_network(stage.engine, "elsewhere", "10.9.0.0/16", gateway="10.9.0.1")
    stage.write()

    wait_until(lambda: picture_of(stage.slug).view.why_not_host is Obstacle.OTHER_NAMESPACE, "the doubt")
