"""Links that aren't the Engine's, or can't be seen, are never shown as its own."""

from __future__ import annotations

import os

import pytest

from networks.hostnet.facts import HostView, Obstacle, RouteFact, Tier
from tests.builders import make_id
from tests.fake_host import FakeHost
from tests.sync.host.scene import Watched


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.mark.parametrize("view", [HostView(why_not_host=Obstacle.NOT_LINUX), HostView(enters_containers=True)])
def test_it_reads_no_link_where_it_sees_no_host(watched: Watched, view: HostView) -> None:
    watched.host.view = view
    watched.container("web", "front")
    watched.plug("web", "front")
    watched.open()

    assert watched.shown() == {}
    assert watched.last.view == view
    assert (watched.last.links, watched.last.unseen, watched.last.endpoints) == ((), (), 1)
    assert watched.machine.read_links([2]) == frozenset()
    assert "links" not in watched.host.reads


def elsewhere(watched: Watched) -> FakeHost:
    """Return a host on which another Engine runs: its default bridge is the same, as everywhere."""
    other = FakeHost()
    other.add_link("docker0", "bridge", "172.17.0.1/16")
    other.add_link("eth0", "ethernet", "192.0.2.7/24")
    watched.host = other
    return other


def test_it_claims_nothing_where_the_links_are_not_the_engines(watched: Watched) -> None:
    elsewhere(watched).routes = (RouteFact(watched.networks[make_id("network front")].subnets[0]),)
    watched.open()

    assert watched.shown() == {}
    assert watched.last.view.tier is Tier.NAMESPACES
    assert watched.last.view.why_not_host is Obstacle.OTHER_NAMESPACE
    assert (watched.last.links, watched.last.routes, watched.last.resolver.is_known) == ((), (), False)


def test_it_claims_nothing_before_the_engine_was_read() -> None:
    scene = Watched()
    scene.networks = {}
    scene.open()

    assert scene.shown() == {}
    assert scene.last.links == ()
    assert scene.last.view.why_not_host is Obstacle.NOTHING


def test_it_claims_nothing_on_a_machine_with_another_kernel(watched: Watched) -> None:
    watched.open(kernel="another")
    watched.shown()
    assert watched.last.view.why_not_host is Obstacle.OTHER_NAMESPACE

    watched.open(kernel=os.uname().release)
    watched.shown()
    assert watched.last.view.sees_host


def test_it_takes_back_what_the_default_bridge_alone_had_said(watched: Watched) -> None:
    networks, watched.networks = watched.networks, {}
    elsewhere(watched)
    own = watched.network("bridge", "172.17.0.1/16", bridge="docker0")
    watched.host.remove(watched.bridges["bridge"])
    watched.open()
    watched.shown()
    assert watched.last.view.sees_host
    assert watched.machine.is_in_doubt

    watched.machine.remembered.networks = {own: watched.networks[own], **networks}
    watched.machine.read_everything()

    assert watched.shown() == {}
    assert watched.last.view.why_not_host is Obstacle.OTHER_NAMESPACE


def test_it_stays_sure_while_the_only_network_is_being_removed(watched: Watched) -> None:
    del watched.networks[make_id("network back")]
    watched.open()
    watched.shown()
    watched.host.remove(watched.bridges["front"])

    watched.hear([watched.bridges["front"]])
    watched.machine.read_everything()
    watched.shown()

    assert watched.last.view.sees_host
    assert not watched.machine.is_in_doubt
