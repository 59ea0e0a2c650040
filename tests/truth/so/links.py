"""What is so of links: of the kernel, in the machine's namespace and in each container's."""

from __future__ import annotations

import re
from collections import Counter
from ipaddress import ip_network
from typing import Any

from tests.truth.boxes import Box, Link
from tests.truth.claims import Subject, checks
from tests.truth.reality import Reality
from tests.truth.records import pools_of
from tests.truth.so.either import AnyOf
from tests.truth.so.networks import group_of, real_bridge


def link_at(reality: Reality, subject: Subject) -> Link:
    """Return a link of the machine by its index or name. Raises LookupError."""
    for link in reality.host_links:
        if subject[0] in (str(link.index), link.name):
            return link
    raise LookupError(f"the machine has no link {subject[0]}")


def owner_of(reality: Reality, link: Link) -> tuple[Box | None, Link | None]:
    """Return who is at the far end of a veth: the container whose stack it is, not those that share it, and its link there."""
    if link.kind != "veth" or link.pair:
        return None, None
    for box in reality.boxes.values():
        for inside in box.links if box.is_running and box.netns != reality.host_netns else ():
            if inside.index == link.peer and inside.peer == link.index and not box.donor:
                return box, inside
    return None, None


def sharing(reality: Reality, box: Box) -> list[Box]:
    """Return who else is in a container's stack."""
    return [one for one in reality.boxes.values() if one.is_running and one.netns == box.netns and one is not box]


@checks("links.listed")
def _listed(reality: Reality, _subject: Subject) -> Any:
    return tuple(sorted(link.index for link in reality.host_links))


@checks("link.name")
def _name(reality: Reality, subject: Subject) -> Any:
    return link_at(reality, subject).name


@checks("link.kind")
def _kind(reality: Reality, subject: Subject) -> Any:
    return link_at(reality, subject).kind


@checks("link.mac")
def _mac(reality: Reality, subject: Subject) -> Any:
    return link_at(reality, subject).mac


@checks("link.mtu")
def _mtu(reality: Reality, subject: Subject) -> Any:
    return link_at(reality, subject).mtu


@checks("link.addresses")
def _addresses(reality: Reality, subject: Subject) -> Any:
    held = link_at(reality, subject).addresses
    return tuple(sorted(f"{address}/{length}" for address, length in held if not address.startswith("fe80")))


@checks("link.peer")
def _peer(reality: Reality, subject: Subject) -> Any:
    box, _inside = owner_of(reality, link_at(reality, subject))
    return box.key if box else ""


@checks("link.peer.ifname", "link.ifname")
def _ifname(reality: Reality, subject: Subject) -> Any:
    _box, inside = owner_of(reality, link_at(reality, subject))
    return inside.name if inside else ""


@checks("link.peer.shared")
def _shared(reality: Reality, subject: Subject) -> Any:
    box, _inside = owner_of(reality, link_at(reality, subject))
    return bool(box and sharing(reality, box))


@checks("link.endpoint")
def _endpoint(reality: Reality, subject: Subject) -> Any:
    box, inside = owner_of(reality, link_at(reality, subject))
    if box is None or inside is None:
        return ("", "")
    for name in box.ends:
        net = reality.net_of(box, name)
        if net is not None and box.link_of(name) == inside:
            return (box.key, net["Id"])
    return (box.key, "")


@checks("link.in_stack")
def _in_stack(reality: Reality, subject: Subject) -> Any:
    """Whether it leads into the stack that this container is in, its own or another's, and to which network."""
    owner, network_id = _endpoint(reality, subject[:1])
    box, own = reality.boxes[subject[1]], reality.boxes.get(owner)
    return (own is not None and box.is_running and own.netns == box.netns, network_id)


@checks("stack.sharing")
def _sharing(reality: Reality, subject: Subject) -> Any:
    return tuple(sorted(one.name for one in sharing(reality, reality.boxes[subject[0]])))


@checks("link.bridge_of")
def _bridge_of(reality: Reality, subject: Subject) -> Any:
    name = link_at(reality, subject).name
    return tuple(net["Name"] for net in reality.nets.values() if net["Driver"] == "bridge" and real_bridge(net) == name)


@checks("link.ports")
def _ports(reality: Reality, subject: Subject) -> Any:
    name = link_at(reality, subject).name
    return sum(link.master == name for link in reality.host_links)


@checks("link.parent_of")
def _parent_of(reality: Reality, subject: Subject) -> Any:
    name = link_at(reality, subject).name
    return tuple(sorted(net["Name"] for net in reality.nets.values() if net["Options"].get("parent") == name))


@checks("link.pair")
def _pair(reality: Reality, subject: Subject) -> Any:
    return link_at(reality, subject).pair


def inside(reality: Reality, subject: Subject) -> Link:
    """Return a link of a container by its name. Raises LookupError."""
    for link in reality.boxes[subject[0]].links:
        if link.name == subject[1]:
            return link
    raise LookupError(f"{subject[1]} is not in {reality.boxes[subject[0]].name}")


@checks("inside.mtu")
def _inside_mtu(reality: Reality, subject: Subject) -> Any:
    return inside(reality, subject).mtu


@checks("inside.up")
def _inside_up(reality: Reality, subject: Subject) -> Any:
    return inside(reality, subject).is_up


@checks("inside.mac")
def _inside_mac(reality: Reality, subject: Subject) -> Any:
    return inside(reality, subject).mac


@checks("inside.addresses")
def _inside_addresses(reality: Reality, subject: Subject) -> Any:
    return tuple(sorted(address for address, _length in inside(reality, subject).addresses))


@checks("inside.routes")
def _routes(reality: Reality, subject: Subject) -> Any:
    rows = [*reality.boxes[subject[0]].routes, *reality.boxes[subject[0]].routes6]
    return tuple(sorted((_destination(row), row.get("gateway", "directly"), row["dev"]) for row in rows))


def _destination(row: dict[str, Any]) -> str:
    if row["dst"] == "default":
        return f"default IPv{6 if ':' in row.get('gateway', '') else 4}"
    return str(ip_network(row["dst"])) if "/" in row["dst"] else row["dst"]


@checks("inside.servers")
def _servers(reality: Reality, subject: Subject) -> Any:
    """Read the container's own resolv.conf."""
    said = reality.read_file(reality.boxes[subject[0]], "/etc/resolv.conf")
    return tuple(re.findall(r"^nameserver (\S+)$", said, re.MULTILINE))


@checks("total.drivers")
def _drivers(reality: Reality, _subject: Subject) -> Any:
    return dict(Counter(net["Driver"] for net in reality.nets.values()))


@checks("total.endpoints")
def _total_endpoints(reality: Reality, _subject: Subject) -> Any:
    return sum(bool(box.addresses_on(name)) for box in reality.boxes.values() for name in box.ends)


@checks("total.blocks")
def _blocks(reality: Reality, _subject: Subject) -> Any:
    """Count the default pool's blocks that a subnet lies on."""
    [pool] = reality.info["DefaultAddressPools"]
    blocks = list(ip_network(pool["Base"]).subnets(new_prefix=pool["Size"]))
    taken = [ip_network(one["Subnet"]) for net in reality.nets.values() for one in pools_of(net)]
    return f"{sum(any(one.overlaps(each) for each in taken if each.version == 4) for one in blocks)} of {len(blocks):,} taken"


class States(dict[str, int]):
    """The overview's counts by their words."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, dict):
            return NotImplemented
        ours = {"running": "running", "paused": "paused or restarting"}
        if any(self.get(name, 0) != other.get(word, 0) for name, word in ours.items()):
            return False
        more = [other.get(name, 0) - self.get(name, 0) for name in ("stopped", "failed")]
        return min(more) >= 0 and sum(more) == self.get("either", 0)

    __hash__ = None  # type: ignore[assignment]


@checks("total.states")
def _states(reality: Reality, _subject: Subject) -> Any:
    return States(Counter(group_of(box) for box in reality.boxes.values()))


@checks("total.modes")
def _modes(reality: Reality, subject: Subject) -> Any:
    """Of what runs: who is in the machine's stack, who has nothing but loopback, who is in another's stack."""
    running = [box for box in reality.boxes.values() if box.is_running]
    untold = [box for box in running if reality.is_untold(box) and not reality.shares(box)]  # counted as one that shares
    if subject[0] == "none":
        alone = [box for box in running if box.has_only_loopback and not reality.shares(box)]
        return AnyOf(range(len([box for box in alone if box not in untold]), len(alone) + 1))
    sure = [box for box in running if box not in untold]
    if subject[0] == "network":
        return sum(box.netns == reality.host_netns for box in sure)
    inside = sum(reality.shares(box) and box.netns != reality.host_netns for box in sure)
    return AnyOf(range(inside, inside + len(untold) + 1))


@checks("link.master")
def _master(reality: Reality, subject: Subject) -> Any:
    return link_at(reality, subject).master


@checks("link.held")
def _held(reality: Reality, subject: Subject) -> Any:
    return tuple(sorted(address for address, _length in link_at(reality, subject).addresses))
