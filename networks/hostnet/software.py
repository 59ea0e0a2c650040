"""Which software a link belongs to that isn't Docker's: by the kernel's word, and by its name only where that says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from networks.hostnet.facts import LinkFact

OPENVSWITCH_KIND = "openvswitch"
_TUNNELS = frozenset({"vxlan", "geneve", "gretap", "erspan", "ip6gretap", "ip6erspan", "gtp", "bareudp"})


class Software(StrEnum):
    """What makes links for containers, beside Docker. CNI: the plugin "bridge" of the Container Network Interface."""

    OPENVSWITCH = "openvswitch"
    WEAVE = "weave"
    FLANNEL = "flannel"
    CNI = "cni"


class SoftwareProof(StrEnum):
    """What says so. KIND: the kernel's word for the link; MASTER: its word for what it is plugged into; NAME: nothing else."""

    KIND = "kind"
    MASTER = "master"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a link belongs to, and what says so."""

    software: Software
    proof: SoftwareProof


# (software, name, kinds of link that it makes under such a name). Sources: ovs dpif-netdev.c and dpif-netlink-rtnl.c; weave
# net/bridge.go, net/veth.go, plugin/net/driver.go, router/fastdp.go; flannel pkg/backend; the CNI plugin "bridge".
_NAMES: tuple[tuple[Software, re.Pattern[str], frozenset[str]], ...] = (
    (Software.OPENVSWITCH, re.compile(r"ovs-.+"), frozenset({"tun"})),
    (Software.OPENVSWITCH, re.compile(r"[a-z0-9]+_sys(?:_[0-9]+)?"), _TUNNELS),
    (Software.WEAVE, re.compile(r"weave"), frozenset({"bridge"})),
    (Software.WEAVE, re.compile(r"vethwe.+|vethwl[0-9a-f]{5}"), frozenset({"veth"})),
    (Software.WEAVE, re.compile(r"vxlan-([0-9]+)"), frozenset({"vxlan"})),
    (Software.FLANNEL, re.compile(r"flannel(?:-v6)?\.([0-9]+)"), frozenset({"vxlan"})),
    (Software.FLANNEL, re.compile(r"flannel[0-9]+"), frozenset({"tun"})),
    (Software.FLANNEL, re.compile(r"flannel-wg(?:-v6)?"), frozenset({"wireguard"})),
    (Software.CNI, re.compile(r"cni[0-9]+|cni-.+"), frozenset({"bridge"})),
)
# The same by kind, in their order: of a thousand links nearly all are of a kind that has one such name or none.
_NAMES_OF = {
    kind: tuple((software, pattern) for software, pattern, kinds in _NAMES if kind in kinds)
    for kind in frozenset[str]().union(*(kinds for _, _, kinds in _NAMES))
}


def belonging_of(fact: LinkFact, master: LinkFact | None) -> Belonging | None:
    """Return what a link belongs to, None where nothing says so. `master`: what it is plugged into."""
    if fact.kind == OPENVSWITCH_KIND:
        return Belonging(Software.OPENVSWITCH, SoftwareProof.KIND)
    if master is not None and master.kind == OPENVSWITCH_KIND:
        return Belonging(Software.OPENVSWITCH, SoftwareProof.MASTER)
    for software, pattern in _NAMES_OF.get(fact.kind, ()):
        found = pattern.fullmatch(fact.name)
        if found and _is_numbered_so(software, fact, found):
            return Belonging(software, SoftwareProof.NAME)
    return None


def _is_numbered_so(software: Software, fact: LinkFact, found: re.Match[str]) -> bool:
    """Whether a number in a VXLAN link's name is what the software puts there: flannel the ID, Weave Net the UDP port."""
    if not found.lastindex or fact.vxlan is None:
        return True
    return int(found[1]) == (fact.vxlan.port if software is Software.WEAVE else fact.vxlan.id)
