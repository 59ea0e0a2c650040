"""The table of links: rows, figures, an open link, the sum, filters, and the same as text."""

from __future__ import annotations

import re
from ipaddress import ip_network

import pytest

from networks.hostnet.facts import RouteFact
from networks.models import EngineStatus
from networks.push.frames import outline_of, patches_between
from networks.sync.host.board import picture_of
from tests.builders import make_id, make_network
from tests.host_pictures import Watched
from tests.partials.interfaces.reading import ROWS, names, page, picture_index, row, unescaped
from tests.partials.looking import ids, words

pytestmark = pytest.mark.django_db


def test_it_shows_each_veth_below_its_bridge_with_the_container_at_the_other_end(lab: Watched) -> None:
    screen = page()

    assert names(screen) == ["lo", "wlo1", "docker0", "vethwordpress", "vethdb", "br-mine", "vethsite"]
    veth = row(screen, "vethwordpress")
    assert words(veth).startswith("up vethwordpress veth –")
    assert [cell.count("<td") for cell in veth.split("</td>")] == [1] * 13 + [0]
    assert veth.endswith("</td>\n</tr>")
    assert f'href="/containers/local/{make_id("container wordpress")}/"' in veth
    assert 'class="c-link kid"' in veth
    assert 'class="c-link kid last"' in row(screen, "vethdb")
    assert "eth0" in words(veth)
    bridge = row(screen, "docker0")
    assert "network bridge , 2 ports" in words(bridge)
    assert 'class="hue-1"' in bridge
    assert 'class="hue-2"' in row(screen, "vethsite")
    assert words(screen.parts["lede"]) == "7 links, 7 up"


def test_it_adds_the_links_up(lab: Watched) -> None:
    assert words(page().parts["interface-sum"]) == "3 running containers have 3 endpoints: 3 veth links."


def test_it_says_what_keeps_the_sum_from_adding_up(lab: Watched) -> None:
    network = make_network(lab.engine, "lan", driver="macvlan", revision=2)
    lab.run("away", network, 0, "10.0.0.2", revision=2)
    guest = {"network_mode": f"container:{make_id('container db')}", "donor_id": make_id("container db")}
    lab.run("guest", revision=2, **guest)
    lab.run("onhost", revision=2, network_mode="host")
    lab.run("quiet", revision=2, network_mode="none")
    lab.host.add_link("veth-a", "veth")
    EngineStatus.objects.update(revision=2)
    lab.look()

    said = words(page().parts["interface-sum"])

    assert said.startswith("7 running containers have 4 endpoints: 3 veth links.")
    assert "1 endpoint has none on the host: its network's driver is macvlan." in unescaped(said)
    assert "1 other veth link leads into no container that is known." in said
    assert "guest shares db's. onhost uses the host's own links. quiet has none." in unescaped(said)


def test_it_tells_a_pair_of_the_host_s_own_from_what_leads_to_somebody_unknown(lab: Watched) -> None:
    one = lab.host.add_link("lab0", "veth")
    other = lab.host.add_link("lab1", "veth", peer=one)
    lab.host.change(one, peer=other)
    lab.look()

    said = words(page().parts["interface-sum"])

    assert said == "3 running containers have 3 endpoints: 3 veth links. 2 other veth links have their far ends on the host too."


def test_it_counts_no_link_for_an_endpoint_that_it_is_not_known_to_be(lab: Watched) -> None:
    """A veth that somebody put into a container whose own interface isn't on the host, as macvlan's is not."""
    network = make_network(lab.engine, "lan", driver="macvlan", revision=2)
    lab.run("away", network, 0, "10.0.0.2", revision=2)
    lab.host.plug(make_id("container away"), 0, "tap0")
    EngineStatus.objects.update(revision=2)
    lab.look()

    said = unescaped(words(page().parts["interface-sum"]))

    assert said.startswith("4 running containers have 4 endpoints: 3 veth links.")
    assert "1 more leads into a container, and which network it is on there isn't known." in said


def test_it_names_whose_veth_was_not_found(lab: Watched) -> None:
    lab.host.kill(make_id("container db"))
    lab.look()

    said = words(page().parts["interface-sum"])

    assert said == ("3 running containers have 3 endpoints: 2 veth links. Not found among the links, or not yet: the veth of db.")


def test_it_shows_figures_and_says_them_again_without_a_mark(lab: Watched) -> None:
    index = next(link.fact.index for link in picture_of("local").links if link.fact.name == "vethwordpress")
    lab.sample()
    lab.sample()
    before = page()
    lab.host.count(index, rx_bytes=20_000, rx_packets=1_234, tx_dropped=12)
    lab.sample()
    after = page()

    patches = patches_between(outline_of(before), after)

    assert [(patch.target, patch.style, patch.news) for patch in patches] == [(f"lnk-{index}", "outerMorph", ())]
    shown = words(patches[0].html)
    assert "1,234" in shown
    assert "20.0 kB" in shown
    assert "0 / 12" in shown
    assert "10 kB/s" in shown
    assert '<path class="in"' in patches[0].html


def test_it_marks_a_link_that_changes_and_puts_a_new_one_where_it_belongs(lab: Watched) -> None:
    before = page()
    lab.run("late", None, picture_index("docker0"), revision=2)
    lab.host.change(picture_index("wlo1"), mtu=1400)
    EngineStatus.objects.update(revision=2)
    lab.look()

    patches = patches_between(outline_of(before), page())

    styles = {patch.target: patch.style for patch in patches}
    assert styles[f"lnk-{picture_index('wlo1')}"] == "outerMorph"
    assert styles[f"lnk-{picture_index('br-mine')}"] == "beforebegin"
    assert styles[f"lnk-{picture_index('vethdb')}"] == "outerMorph"  # no longer the last on its bridge


def test_it_draws_nothing_anew_when_nothing_changed(lab: Watched) -> None:
    lab.sample()
    lab.sample()
    before = page("open=docker0")
    lab.sample()

    assert page("open=docker0").regions == before.regions


@pytest.mark.parametrize("asked", ["open=vethwordpress", "open={index}"])
def test_it_opens_a_link_by_name_or_index(lab: Watched, asked: str) -> None:
    index = picture_index("vethwordpress")

    screen = page(asked.format(index=index))

    assert ids(screen, ROWS)[ids(screen, ROWS).index(f"lnk-{index}") + 1] == f"lnk-{index}-open"
    card = next(one.html for one in screen.regions[ROWS] if one.dom_id == f"lnk-{index}-open")
    said = unescaped(words(card))
    assert "vethwordpress: flags=4163&lt;UP,BROADCAST,RUNNING,MULTICAST&gt; mtu 1500" in said
    assert "RX errors 0 dropped 0 overruns 0 frame 0" in said
    assert "wordpress eth0 172.17.0.3 vethwordpress this link" in said
    assert "docker0 network bridge 172.17.0.1" in said
    assert "RX here is what wordpress sent" in said


def test_it_leads_the_way_out_only_where_there_is_one(lab: Watched) -> None:
    lab.host.routes = (RouteFact(ip_network("0.0.0.0/0"), link_index=picture_index("wlo1")),)
    inside = make_network(lab.engine, "inside", "172.19.0.0/16", gateway="172.19.0.1", is_internal=True, revision=2)
    lab.run("hidden", inside, lab.bridge(inside, "br-inside", "172.19.0.1/16"), "172.19.0.2", revision=2)
    EngineStatus.objects.update(revision=2)
    lab.look()

    outside = words(next(one.html for one in page("open=vethsite").regions[ROWS] if "ifcard" in one.html))
    internal = words(next(one.html for one in page("open=vethhidden").regions[ROWS] if "ifcard" in one.html))

    assert "wlo1 IPv4: masquerade on 192.168.0.4" in outside
    assert "no way out the network is internal" in internal
    assert "wlo1" not in internal
    assert "the way out: default route" in words(row(page(), "wlo1"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=bridge", ["docker0", "br-mine"]),
        ("network=mybridge", ["br-mine", "vethsite"]),
        ("network=mybridge&kind=veth", ["vethsite"]),
        ("q=wordpress", ["vethwordpress"]),
        ("q=172.18.0.2", ["vethsite"]),
        ("q=E0:D4:64", ["wlo1"]),
        ("state=down", []),
        ("traffic=ever", ["wlo1"]),
        ("traffic=nonsense&kind=wireless", ["wlo1"]),
        ("q=" + make_id("container db")[:12], ["vethdb"]),
    ],
)
def test_it_shows_only_what_is_asked_for(lab: Watched, query: str, found: list[str]) -> None:
    lab.host.count(picture_index("wlo1"), rx_packets=1)
    lab.sample()

    screen = page(query)

    assert names(screen) == found
    assert words(screen.parts["interface-shown"]) == f"{len(found)} of 7 shown"
    assert ("No link matches these filters." in screen.parts["interface-empty"]) == (not found)


def test_it_writes_plain_text(lab: Watched) -> None:
    lab.host.count(picture_index("docker0"), rx_packets=11911, rx_bytes=526353)
    lab.sample()

    screen = page("as=ifconfig&kind=bridge")

    texts = [re.sub(r"<[^>]+>", "", one.html) for one in screen.regions["interface-texts"]]
    assert [text.split(":")[0] for text in texts] == ["br-mine", "docker0"]
    assert texts[1].endswith("collisions 0\n\n")
    assert "        RX packets 11911  bytes 526353 (526.3 KB)\n" in texts[1]
    assert ROWS not in screen.regions
