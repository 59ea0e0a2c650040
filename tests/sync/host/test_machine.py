"""What was read of a machine, piece by piece: whatever goes wrong meanwhile shows as unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from networks.hostnet.facts import Tier
from networks.sync.host.machine import Machine
from networks.sync.host.remembered import Remembered
from tests.builders import make_id
from tests.fake_host import ORDINARY_USER
from tests.sync.host.scene import Watched


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_it_shows_what_it_read(watched: Watched) -> None:
    watched.container("web", "front")
    link = watched.plug("web", "front")
    watched.open()

    assert watched.shown() == {link: ("web", "eth0", "front")}
    assert watched.last.view.tier is Tier.HOST
    assert (watched.last.running, watched.last.endpoints, watched.last.unseen) == (1, 1, ())
    found = watched.last.link_of(make_id("container web"), make_id("network front"))
    assert found is not None
    assert found.fact.index == link
    assert watched.last.link_of(make_id("container web"), make_id("network back")) is None


def test_it_keeps_the_picture_while_only_counters_grow(watched: Watched) -> None:
    watched.container("web", "front")
    link = watched.plug("web", "front")
    watched.open()
    watched.shown()
    first = watched.last
    watched.host.count(link, rx_bytes=10**6)
    watched.machine.read_everything()

    watched.shown()

    assert watched.last.revision == first.revision
    assert watched.last.links == first.links


def test_it_finds_a_veth_that_came_later(watched: Watched) -> None:
    watched.open()
    assert watched.shown() == {}
    watched.container("web", "front")
    link = watched.plug("web", "front")

    watched.hear([link])

    assert watched.shown() == {link: ("web", "eth0", "front")}
    assert {one.fact.index for one in watched.last.links if one.revision == watched.last.revision} == {link}


def test_it_finds_a_veth_whose_far_end_was_moved_into_a_container(watched: Watched) -> None:
    """Docker makes the pair in the host's namespace; of the end that stays the kernel says nothing more."""
    inner = watched.host.add_link("vethb", "veth")
    outer = watched.host.add_link("vetha", "veth", peer=inner, master=watched.bridges["front"])
    watched.host.change(inner, peer=outer)
    watched.container("web", "front")
    watched.open()
    assert watched.shown() == {}
    stack = watched.host.stacks[make_id("container web")]
    stack.nsid = 7
    stack.links[inner] = replace(watched.host.links.pop(inner), name="eth0", peer_nsid=0)
    watched.host.links[outer] = replace(watched.host.links[outer], peer_nsid=7)

    watched.hear([inner])

    assert watched.shown() == {outer: ("web", "eth0", "front")}


def test_it_forgets_a_container_that_ended(watched: Watched) -> None:
    container = watched.container("web", "front")
    link = watched.plug("web", "front")
    watched.open()
    watched.shown()
    watched.host.kill(container)

    watched.hear([link])

    assert watched.shown() == {}
    assert link not in {one.fact.index for one in watched.last.links}
    assert watched.machine.sandboxes == {}
    assert watched.last.unseen == ("web",)  # Docker didn't say yet that it ended


def test_it_leaves_out_a_container_that_ends_while_it_is_read(watched: Watched) -> None:
    watched.container("web", "front")
    watched.plug("web", "front")
    dying = watched.container("dying", "front")
    lost = watched.plug("dying", "front")
    reader = watched.host.open()
    links = reader.links()
    watched.host.kill(dying)

    class Late(type(reader)):  # type: ignore[misc]
        def links(self) -> Any:
            return links

    watched.machine = Machine(Late(watched.host), Remembered(0, watched.networks, watched.containers))
    watched.machine.read_everything()

    assert lost not in watched.shown()
    assert [name for name, *_ in watched.shown().values()] == ["web"]


def test_it_takes_no_process_that_has_the_pid_of_an_ended_one(watched: Watched) -> None:
    container = watched.container("web", "front")
    watched.plug("web", "front")
    pid = watched.host.pids[container]
    watched.host.kill(container)
    stranger = "f" * 64  # no container that Docker told us of
    watched.host.add_container(stranger, pid)
    taken = watched.host.plug(stranger, watched.bridges["front"])

    watched.open()

    assert watched.shown() == {}
    assert taken in {link.fact.index for link in watched.last.links}


def test_it_reads_whoever_had_the_number_of_a_namespace_before(watched: Watched) -> None:
    old = watched.container("old", "front")
    watched.plug("old", "front")
    watched.open()
    watched.shown()
    number = watched.host.stacks[old].nsid
    watched.host.kill(old)
    new = watched.container("new", "front")
    watched.host.stacks[new].nsid = number
    link = watched.plug("new", "front")

    watched.hear([link])

    assert watched.shown() == {link: ("new", "eth0", "front")}


def test_it_notices_a_renamed_and_a_replugged_link(watched: Watched) -> None:
    watched.container("web", "front", "back")
    link = watched.plug("web", "front")
    watched.open()
    watched.shown()
    watched.host.change(link, name="odd name\n\x1b[31m", master=watched.bridges["back"])

    watched.hear([link])

    assert watched.shown() == {link: ("web", "eth0", "back")}
    [shown] = [one for one in watched.last.links if one.fact.index == link]
    assert shown.fact.name == "odd name\n\x1b[31m"


def test_it_notices_an_interface_that_was_renamed_inside(watched: Watched) -> None:
    container = watched.container("web", "front")
    link = watched.plug("web", "front", "veth1234567")
    watched.open()
    watched.shown()
    stack = watched.host.stacks[container]
    inner = watched.host.links[link].peer
    stack.links[inner] = replace(stack.links[inner], name="eth0")

    watched.machine.read_sandboxes([container])

    assert watched.shown() == {link: ("web", "eth0", "front")}


def test_it_reads_the_host_stack_of_nobody(watched: Watched) -> None:
    container = watched.container("in-host-mode")
    watched.host.kill(container)
    watched.containers[container] = replace(
        watched.containers[container], pid=watched.host.add_container(container, is_host=True)
    )
    watched.open()

    assert watched.shown() == {}
    assert watched.machine.sandboxes[container].is_host


def test_it_reads_ways_again_when_a_link_that_is_no_veth_changes(watched: Watched) -> None:
    watched.container("web", "front")
    link = watched.plug("web", "front")
    watched.open()
    asked = watched.host.reads["routes"]

    watched.hear([link])
    assert watched.host.reads["routes"] == asked
    watched.host.change(watched.bridges["front"], mtu=1400)
    watched.hear([watched.bridges["front"]])

    assert watched.host.reads["routes"] == asked + 1


def test_it_reads_ways_again_when_a_veth_with_addresses_changes(watched: Watched) -> None:
    """In a container of its own a machine gets out by a veth as well; a container's here has link-local addresses at most."""
    uplink = watched.host.add_link("eth0", "veth", "192.168.77.4/24")
    port = watched.host.add_link("veth1", "veth")
    watched.open()
    watched.host.reads.clear()

    watched.hear([port])
    assert "routes" not in watched.host.reads
    watched.hear([uplink])

    assert watched.host.reads["routes"] == 1


def test_it_sees_all_that_an_ordinary_user_may(watched: Watched) -> None:
    watched.host.view = ORDINARY_USER
    watched.container("web", "front")
    link = watched.plug("web", "front")
    watched.open()

    assert watched.shown() == {link: ("web", "eth0", "front")}
    assert watched.last.view == ORDINARY_USER
