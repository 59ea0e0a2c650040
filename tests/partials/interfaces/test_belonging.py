"""Links of other software than Docker's are named for what they are, and for no more than was read of them."""

from __future__ import annotations

import pytest

from networks.hostnet.facts import VxlanFact
from networks.models import Network
from tests.host_pictures import Watched
from tests.partials.interfaces.reading import ROWS, names, page, row, unescaped
from tests.partials.looking import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def software(lab: Watched) -> Watched:
    """Have a switch of Open vSwitch with a port, and what flannel, Weave Net and a CNI plugin make."""
    switch = lab.host.add_link("ovs-system", "openvswitch")
    lab.host.add_link("veth-in", "veth", master=switch)
    lab.host.change(lab.host.add_link("flannel.1", "vxlan", "10.244.0.0/32"), vxlan=VxlanFact(1, 8472))
    lab.host.change(lab.host.add_link("vxlan-6784", "vxlan"), vxlan=VxlanFact(None, 6784))
    lab.host.add_link("weave", "bridge")
    lab.host.add_link("cni0", "bridge")
    lab.look()
    return lab


def card(name: str) -> str:
    """Return the words of an open link."""
    return unescaped(words(next(one.html for one in page(f"open={name}").regions[ROWS] if "ifcard" in one.html)))


def test_it_names_in_each_row_what_a_link_belongs_to(software: Watched) -> None:
    screen = page()
    ends = {name: unescaped(words(row(screen, name))) for name in names(screen)}

    assert ends["ovs-system"].endswith("1 port , Open vSwitch")
    assert ends["veth-in"].endswith("not in a known container , port of Open vSwitch")
    assert ends["flannel.1"].endswith("flannel, by its name")
    assert ends["vxlan-6784"].endswith("Weave Net, by its name")
    assert ends["weave"].endswith("Weave Net, by its name")
    assert ends["cni0"].endswith("CNI, by its name")
    assert "by its name" not in ends["docker0"] + ends["vethdb"] + ends["ovs-system"]
    assert ends["lo"].endswith("–")
    assert ends["flannel.1"].startswith("up flannel.1 vxlan ")  # the kernel's word, not ours


def test_it_says_on_the_card_what_says_so(software: Watched) -> None:
    assert "Open vSwitch: the kernel's word for it is openvswitch." in card("ovs-system")
    assert "Open vSwitch: plugged into ovs-system, for which the kernel's word is openvswitch." in card("veth-in")
    assert "flannel, by its name alone: the kernel says vxlan, and not what made it." in card("flannel.1")
    assert "VXLAN ID 1, UDP port 8472" in card("flannel.1")
    assert "VXLAN the ID is chosen packet by packet, UDP port 6784" in card("vxlan-6784")
    assert "VXLAN" not in card("weave")
    assert "Belongs to" not in card("docker0")


def test_it_names_nothing_after_a_bridge_that_is_a_networks(lab: Watched) -> None:
    """Docker made it, whatever it was told to call it."""
    network = Network.objects.get(name="mybridge")
    options = {"com.docker.network.bridge.name": "cni0"}
    Network.objects.filter(pk=network.pk).update(options=options)
    lab.host.change(next(index for index, one in lab.host.links.items() if one.name == "br-mine"), name="cni0")
    lab._machine = None
    lab.look()

    said = words(row(page(), "cni0"))

    assert "network mybridge" in said
    assert "CNI" not in said


@pytest.mark.parametrize(
    ("query", "found"), [("q=weave", ["vxlan-6784", "weave"]), ("q=open+vswitch", ["ovs-system", "veth-in"]), ("kind=vxlan", 2)]
)
def test_it_finds_them_by_what_they_belong_to(software: Watched, query: str, found: list[str] | int) -> None:
    shown = names(page(query))

    assert (len(shown) if isinstance(found, int) else shown) == found


def test_it_says_it_in_korean(software: Watched) -> None:
    assert "by its name" not in words(row(page(language="ko"), "weave"))
