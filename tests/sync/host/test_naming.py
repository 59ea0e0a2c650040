"""Every link in Docker's words: what is certain is named, whatever else is there stays unknown."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

import pytest

from networks.hostnet.facts import RouteFact
from networks.sync.host.board import Peer
from networks.sync.host.naming import LinkProof, count_endpoints, linkless, proof_of, unseen
from networks.sync.host.remembered import EndpointRecord
from tests.builders import make_id
from tests.sync.host.scene import Scene


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.network("front", "172.72.0.1/16")
    made.network("back", "10.1.0.1/24")
    return made


def test_it_names_the_far_end_of_each_veth(scene: Scene) -> None:
    scene.container("web", "front", "back")
    scene.container("database", "back")
    outer, inner = scene.plug("web", "front"), scene.plug("web", "back", "eth1")
    only = scene.plug("database", "back")

    assert scene.peers() == {outer: ("web", "eth0", "front"), inner: ("web", "eth1", "back"), only: ("database", "eth0", "back")}


def test_it_tells_two_containers_apart_whose_interfaces_have_the_same_number(scene: Scene) -> None:
    for name in ("one", "two"):
        container = scene.container(name, "front")
        link = scene.plug(name, "front")
        stack, fact = scene.host.stacks[container], scene.host.links[link]
        stack.links[2] = replace(stack.links.pop(fact.peer), index=2)
        scene.host.change(link, peer=2)

    assert sorted(scene.peers().values()) == [("one", "eth0", "front"), ("two", "eth0", "front")]


def test_it_never_reads_anything_out_of_a_name(scene: Scene) -> None:
    container = scene.container("web", "front")
    link = scene.plug("web", "front", name=f"veth{container[:7]}")
    scene.host.change(link, peer_nsid=99)

    assert scene.peers() == {}

    scene.host.change(link, peer_nsid=scene.host.stacks[container].nsid, name="renamed0")
    assert scene.peers() == {link: ("web", "eth0", "front")}


def test_it_gives_a_shared_stack_to_its_owner_and_names_who_shares_it(scene: Scene) -> None:
    scene.container("donor", "front")
    scene.container("sidecar", donor="donor")
    scene.container("another", donor="donor")
    link = scene.plug("donor", "front")

    peer = scene.named()[link].peer

    assert peer == Peer(
        make_id("container donor"), "donor", "eth0", make_id("network front"), "front", "", ("another", "sidecar")
    )


def test_it_names_nobody_while_two_containers_claim_one_stack(scene: Scene) -> None:
    """Between the end of one and the start of another the kernel may give the same number again."""
    scene.container("ended", "front")
    old = scene.plug("ended", "front")
    scene.container("new", "front")
    scene.host.stacks[make_id("container new")] = scene.host.stacks[make_id("container ended")]

    assert scene.peers() == {}
    assert old in scene.named()


def test_it_knows_the_container_before_the_network(scene: Scene) -> None:
    container = scene.container("web")
    link = scene.plug("web", "front")

    assert scene.peers() == {link: ("web", "eth0", "")}

    ends = (EndpointRecord(make_id("network front"), "front", ipv4="172.72.0.2"),)
    scene.containers[container] = replace(scene.containers[container], endpoints=ends)
    peer = scene.named()[link].peer
    assert peer is not None
    assert (peer.network_name, peer.ipv4) == ("front", "172.72.0.2")


def test_it_takes_the_mac_where_the_bridge_tells_nothing(scene: Scene) -> None:
    scene.record("plugged", "weave")
    scene.container("web", "plugged", mac="02:42:0a:00:00:02")
    bridge = scene.host.add_link("weave", "bridge")
    link = scene.host.plug(make_id("container web"), bridge, "ethwe", mac="02:42:0a:00:00:02")

    assert scene.peers() == {link: ("web", "ethwe", "plugged")}


def test_it_takes_no_mac_that_two_endpoints_have(scene: Scene) -> None:
    scene.record("plugged", "weave")
    scene.record("second", "weave")
    scene.container("web", "plugged", "second", mac="02:42:0a:00:00:02")
    link = scene.host.plug(make_id("container web"), scene.host.add_link("weave", "bridge"), mac="02:42:0a:00:00:02")

    assert scene.peers() == {link: ("web", "eth0", "")}


def test_it_takes_the_address_where_docker_was_told_no_mac(scene: Scene) -> None:
    """A plugin need not tell one: what is certain then is the address that Docker gave, read at the far end."""
    plugged, second = scene.record("plugged", "ovs"), scene.record("second", "ovs")
    container = scene.container("web", "plugged", "second")
    ends = (
        EndpointRecord(plugged, "plugged", "ovs", ipv4="10.99.8.2"),
        EndpointRecord(second, "second", "ovs", ipv6="fd00:9::2"),
    )
    scene.containers[container] = replace(scene.containers[container], endpoints=ends)
    first = scene.host.plug(container, 0, "eth0", "10.99.8.2/24")
    other = scene.host.plug(container, 0, "eth1", "fd00:9::2/64")

    assert scene.peers() == {first: ("web", "eth0", "plugged"), other: ("web", "eth1", "second")}
    assert linkless(scene.containers.values(), scene.named().values()) == ()


def test_it_takes_no_address_that_another_mac_speaks_against(scene: Scene) -> None:
    plugged = scene.record("plugged", "ovs")
    container = scene.container("web", "plugged")
    ends = (EndpointRecord(plugged, "plugged", "ovs", "02:42:0a:00:00:02", "10.99.8.2"),)
    scene.containers[container] = replace(scene.containers[container], endpoints=ends)
    link = scene.host.plug(container, 0, "eth0", "10.99.8.2/24", mac="02:42:0a:00:00:99")

    assert scene.peers() == {link: ("web", "eth0", "")}


def test_it_knows_which_networks_a_link_may_be_on(scene: Scene) -> None:
    """From outside neither MAC nor IPv4 is seen: then nothing is guessed, also where there is one network only."""
    plugged = scene.record("plugged", "ovs")
    scene.record("none", "null")
    container = scene.container("web", "plugged", "front", "none")
    scene.container("lone", "plugged")
    unsure, sure = scene.host.plug(container, 0, "eth0"), scene.plug("web", "front", "eth1")

    named = scene.named()

    peers = [named[index].peer for index in (unsure, sure)]
    assert [(peer.network_name, peer.possible) for peer in peers if peer] == [("", (plugged,)), ("front", ())]
    assert linkless(scene.containers.values(), named.values()) == ("ovs",)  # lone's


def test_it_knows_the_way_out_of_overlay_networks(scene: Scene) -> None:
    scene.network("docker_gwbridge", "172.19.0.1/16", bridge="docker_gwbridge")
    scene.record("mesh", "overlay")
    scene.container("web", "mesh")
    link = scene.plug("web", "docker_gwbridge", "eth1")

    assert scene.peers() == {link: ("web", "eth1", "docker_gwbridge")}


def test_it_leaves_the_far_end_of_what_is_no_container_unknown(scene: Scene) -> None:
    index = scene.host.add_link("vethlxc", "veth", peer=2, peer_nsid=77, master=scene.bridges["front"])
    pair = scene.host.add_link("a", "veth", peer=index + 2)
    scene.host.add_link("b", "veth", peer=pair)

    named = scene.named()

    assert scene.peers() == {}
    assert named[index].master_name.startswith("br-")


def test_it_knows_a_bridge_by_name_and_address_together(scene: Scene) -> None:
    scene.network("stolen", "10.9.0.1/24", address="10.9.9.1/24")
    scene.network("nameless", "10.8.0.1/24")
    scene.host.change(scene.bridges["nameless"], name="renamed")
    scene.host.add_link("bridge-without-docker", "bridge", "172.72.0.1/16")

    known = {link.fact.index: link.network_name for link in scene.named().values() if link.network_name}

    assert known == {scene.bridges["front"]: "front", scene.bridges["back"]: "back"}


def test_it_knows_a_bridge_without_an_address_where_that_was_asked_for(scene: Scene) -> None:
    scene.network("bare", "10.9.0.1/24", address="-", is_bare=True)
    scene.network("lost", "10.8.0.1/24", address="-")

    known = {link.network_name for link in scene.named().values()}

    assert "bare" in known
    assert "lost" not in known


def test_it_knows_a_bridge_whose_gateway_docker_does_not_say(scene: Scene) -> None:
    scene.network("quiet", "10.7.0.254/24", gateways=())

    assert scene.named()[scene.bridges["quiet"]].network_name == "quiet"


def test_it_names_neither_of_two_networks_that_claim_one_bridge(scene: Scene) -> None:
    taken = scene.networks[make_id("network front")]
    scene.networks["f" * 64] = replace(taken, docker_id="f" * 64, name="double")

    assert scene.named()[scene.bridges["front"]].network_name == ""


def test_it_names_the_networks_that_stand_on_a_link(scene: Scene) -> None:
    first, second = scene.record("lan", "macvlan", parent="enp1s0"), scene.record("fast", "ipvlan", parent="enp1s0")
    index = scene.host.add_link("enp1s0")
    other = scene.host.add_link("enp1s0.100", "vlan", peer=index)

    named = scene.named()

    assert named[index].parent_of == ((second, "fast"), (first, "lan"))
    assert named[other].parent_of == ()


def test_it_marks_the_link_that_the_default_route_goes_through(scene: Scene) -> None:
    first, second, third = (scene.host.add_link(name) for name in ("eth0", "eth1", "wg0"))
    anywhere, anywhere6 = ip_network("0.0.0.0/0"), ip_network("::/0")
    scene.routes = (
        RouteFact(anywhere, ip_address("192.0.2.1"), first, metric=100),
        RouteFact(anywhere, ip_address("192.0.2.2"), second, metric=600),
        RouteFact(anywhere6, ip_address("fe80::1"), third, metric=1024),
        RouteFact(anywhere6, None, second, metric=1, kind="unreachable"),
    )

    assert [index for index, link in scene.named().items() if link.is_way_out] == [first, third]


def test_it_puts_ports_behind_their_bridge(scene: Scene) -> None:
    scene.container("web", "front", "back")
    outer, inner = scene.plug("web", "front"), scene.plug("web", "back", "eth1")
    wild = scene.host.add_link("slave", master=4711)

    assert list(scene.named()) == [1, scene.bridges["front"], outer, scene.bridges["back"], inner, wild]


def test_it_lists_links_that_are_plugged_into_each_other_once(scene: Scene) -> None:
    one = scene.host.add_link("one", "bridge")
    two = scene.host.add_link("two", "bridge", master=one)
    scene.host.change(one, master=two)

    assert sorted(scene.named()) == sorted(scene.host.links)


def test_it_numbers_only_what_shows_something_else(scene: Scene) -> None:
    scene.container("web", "front")
    link = scene.plug("web", "front")
    before = scene.named(revision=1)
    scene.host.count(link, rx_bytes=1000)
    scene.host.change(scene.bridges["back"], mtu=1400)

    after = scene.named(revision=2)

    changed = {index for index, named in after.items() if named.revision == 2}
    assert scene.bridges["back"] in changed
    assert after[scene.bridges["front"]] is before[scene.bridges["front"]]
    scene.containers[make_id("container web")] = replace(scene.containers[make_id("container web")], name="renamed")
    assert {index for index, named in scene.named(revision=3).items() if named.revision == 3} == {link}


def test_it_proves_whose_links_they_are_by_a_bridge_that_bears_an_id(scene: Scene) -> None:
    assert proof_of(scene.host.links, scene.networks.values()) is LinkProof.STRONG

    elsewhere = Scene()
    elsewhere.network("bridge", "172.17.0.1/16", bridge="docker0")
    assert proof_of(elsewhere.host.links, elsewhere.networks.values()) is LinkProof.WEAK
    assert proof_of(elsewhere.host.links, (*elsewhere.networks.values(), *scene.networks.values())) is LinkProof.NONE
    assert proof_of({}, elsewhere.networks.values()) is LinkProof.NONE
    assert proof_of({}, ()) is LinkProof.WEAK


def test_it_says_which_containers_it_did_not_find(scene: Scene) -> None:
    scene.record("lan", "macvlan", parent="enp1s0")
    scene.record("host", "host")
    scene.container("found", "front")
    scene.container("half", "front", "back")
    scene.container("macvlan", "lan")
    scene.container("in-host-mode", "host")
    scene.plug("found", "front")
    scene.plug("half", "front")
    stopped = replace(scene.containers[make_id("container half")], docker_id="0" * 64, name="stopped", is_running=False)
    scene.containers["0" * 64] = stopped

    assert unseen(scene.containers.values(), scene.networks, scene.named().values()) == ("half",)
    assert count_endpoints(scene.containers.values()) == 4


def test_it_holds_a_bridge_with_any_of_its_gateways(scene: Scene) -> None:
    both = (ip_interface("10.5.0.1/24"), ip_interface("fd00:5::1/64"))
    scene.network("dual", "10.5.0.1/24", address="fd00:5::1/64", gateways=both)

    assert scene.named()[scene.bridges["dual"]].network_name == "dual"
