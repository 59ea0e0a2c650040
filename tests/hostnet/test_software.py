"""Which links belong to Open vSwitch, Weave Net, flannel and CNI: what the kernel says counts, a name where it says nothing."""

from __future__ import annotations

import pytest

from networks.hostnet.facts import LinkFact, VxlanFact
from networks.hostnet.software import Belonging, Software, SoftwareProof, belonging_of
from tests.hostnet.lab import LabHost


def link(name: str, kind: str, **members: object) -> LinkFact:
    return LinkFact(7, name, kind, ("UP",), 1500, 1000, **members)  # type: ignore[arg-type]


DATAPATH = link("anything", "openvswitch")


@pytest.mark.parametrize(
    ("fact", "master", "expected"),
    [
        (link("ovs-system", "openvswitch"), None, (Software.OPENVSWITCH, SoftwareProof.KIND)),
        (link("br-lan", "openvswitch"), None, (Software.OPENVSWITCH, SoftwareProof.KIND)),
        (link("weave", "openvswitch"), None, (Software.OPENVSWITCH, SoftwareProof.KIND)),  # its fast datapath is one
        (link("veth0", "veth"), DATAPATH, (Software.OPENVSWITCH, SoftwareProof.MASTER)),
        (link("vethwe-datapath", "veth"), DATAPATH, (Software.OPENVSWITCH, SoftwareProof.MASTER)),
        (link("vxlan_sys_4789", "vxlan", vxlan=VxlanFact(None, 4789)), DATAPATH, (Software.OPENVSWITCH, SoftwareProof.MASTER)),
        (link("ovs-netdev", "tun"), None, (Software.OPENVSWITCH, SoftwareProof.NAME)),
        (link("ovs-1b2f", "tun"), None, (Software.OPENVSWITCH, SoftwareProof.NAME)),
        (link("genev_sys_6081", "geneve"), None, (Software.OPENVSWITCH, SoftwareProof.NAME)),
        (link("weave", "bridge"), None, (Software.WEAVE, SoftwareProof.NAME)),
        (link("vethwe-bridge", "veth"), link("weave", "bridge"), (Software.WEAVE, SoftwareProof.NAME)),
        (link("vethwepl3c0f1", "veth"), None, (Software.WEAVE, SoftwareProof.NAME)),
        (link("vethwl3c0f1", "veth"), None, (Software.WEAVE, SoftwareProof.NAME)),
        (link("vxlan-6784", "vxlan", vxlan=VxlanFact(None, 6784)), None, (Software.WEAVE, SoftwareProof.NAME)),
        (link("flannel.1", "vxlan", vxlan=VxlanFact(1, 8472)), None, (Software.FLANNEL, SoftwareProof.NAME)),
        (link("flannel-v6.1", "vxlan", vxlan=VxlanFact(1, 8472)), None, (Software.FLANNEL, SoftwareProof.NAME)),
        (link("flannel0", "tun"), None, (Software.FLANNEL, SoftwareProof.NAME)),
        (link("flannel-wg", "wireguard"), None, (Software.FLANNEL, SoftwareProof.NAME)),
        (link("cni0", "bridge"), None, (Software.CNI, SoftwareProof.NAME)),
        (link("cni-podman0", "bridge"), None, (Software.CNI, SoftwareProof.NAME)),
    ],
)
def test_it_knows_whose_a_link_is(fact: LinkFact, master: LinkFact | None, expected: tuple[Software, SoftwareProof]) -> None:
    assert belonging_of(fact, master) == Belonging(*expected)


@pytest.mark.parametrize(
    "fact",
    [
        link("eth0", "ethernet"),
        link("br-0", "bridge"),
        link("veth12ab34c", "veth"),
        link("docker0", "bridge"),
        link("tun0", "tun"),
        link("weave", "dummy"),  # the kernel's word speaks against the name
        link("ovs-lan", "bridge"),
        link("cni0", "veth"),
        link("flannel.1", "bridge"),
        link("flannel.1", "vxlan", vxlan=VxlanFact(9, 8472)),  # flannel puts the ID there
        link("vxlan-100", "vxlan", vxlan=VxlanFact(100, 4789)),  # Weave Net puts the port there
        link("weaver", "bridge"),
        link("vethwlan0", "veth"),
        link("my-flannel.1", "vxlan", vxlan=VxlanFact(1, 8472)),
    ],
)
def test_it_claims_nothing_that_is_not_said(fact: LinkFact) -> None:
    assert belonging_of(fact, None) is None
    assert belonging_of(fact, link("br0", "bridge")) is None


@pytest.mark.engine
def test_it_tells_them_on_a_real_kernel(lab: LabHost) -> None:
    for words in (
        "weave type bridge",
        "cni0 type bridge",
        "br0 type bridge",
        "vethwe-bridge type veth peer name vethwe-datapath",
        "plain0 type veth peer name plain1",
        "flannel.1 type vxlan id 1 dstport 8472 local 10.77.0.1 nolearning",
        "flannel.2 type vxlan id 7 dstport 8473 local 10.77.0.1",
        "vxlan-6784 type vxlan dstport 6784 external",
    ):
        lab.ip("link", "add", *words.split())
    lab.ip("link", "set", "vethwe-bridge", "master", "weave")
    lab.ip("tuntap", "add", "dev", "ovs-netdev", "mode", "tap")

    reader = lab.open()
    links = {fact.index: fact for fact in reader.links()}
    reader.close()

    found = {fact.name: belonging_of(fact, links.get(fact.master)) for fact in links.values()}
    assert {name: one.software for name, one in found.items() if one} == {
        "weave": Software.WEAVE,
        "cni0": Software.CNI,
        "vethwe-bridge": Software.WEAVE,
        "vethwe-datapath": Software.WEAVE,
        "flannel.1": Software.FLANNEL,
        "vxlan-6784": Software.WEAVE,
        "ovs-netdev": Software.OPENVSWITCH,
    }
    assert {one.proof for one in found.values() if one} == {SoftwareProof.NAME}
