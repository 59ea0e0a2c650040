"""What is so of networks, pools, addresses and the machine's links: of Docker and the kernel."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.truth.claims import Subject, checks
from tests.truth.reality import BUILT_IN, Box, Reality
from tests.truth.records import bridge_of, is_within, pools_of, room_of
from tests.truth.so.either import Counts, Line

GATEWAY = "gateway"
ICC = "com.docker.network.bridge.enable_icc"
MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade"


def is_ipv4(pool: dict[str, Any]) -> bool:
    """Tell whether a pool can be counted."""
    return ":" not in pool["Subnet"]


def held_in(reality: Reality, net: dict[str, Any], pool: dict[str, Any]) -> set[str]:
    """Return the addresses of a pool that interfaces in containers have."""
    return {address for address in reality.holders(net) if is_within(address, pool["Subnet"])}


def group_of(box: Box) -> str:
    """Return how lists count a container. One that was ended by a signal may be a failure or what somebody asked for."""
    if box.state == "running":
        return "running"
    if box.state in ("paused", "restarting"):
        return "paused"
    if box.state == "dead" or (box.state == "exited" and box.exit_code not in (0, 137, 143)):
        return "failed"
    return "either" if box.state == "exited" and box.exit_code else "stopped"


@checks("networks.listed")
def _listed(reality: Reality, _subject: Subject) -> Any:
    return tuple(sorted(reality.nets))


@checks("network.name")
def _name(reality: Reality, subject: Subject) -> Any:
    return reality.nets[subject[0]]["Name"]


@checks("network.driver")
def _driver(reality: Reality, subject: Subject) -> Any:
    return reality.nets[subject[0]]["Driver"]


@checks("network.scope")
def _scope(reality: Reality, subject: Subject) -> Any:
    return reality.nets[subject[0]]["Scope"]


@checks("network.pools")
def _pools(reality: Reality, subject: Subject) -> Any:
    return tuple(pool["Subnet"] for pool in pools_of(reality.nets[subject[0]]))


def gateways_of(reality: Reality, net: dict[str, Any]) -> tuple[str, ...]:
    """Return the gateways: of a bridge that has one, the addresses that the bridge itself has."""
    said = [pool["Gateway"].partition("/")[0] for pool in pools_of(net) if pool.get("Gateway")]
    if net["Driver"] == "bridge" and not net["Internal"]:
        held = next((dict(link.addresses) for link in reality.host_links if link.name in (bridge_of(net), "docker0")), {})
        link = next((one for one in reality.host_links if one.name == real_bridge(net)), None)
        held = dict(link.addresses) if link else held
        return tuple(one for one in said if one in held)
    return tuple(said)


def real_bridge(net: dict[str, Any]) -> str:
    """Return the link of a bridge network."""
    return "docker0" if net["Name"] == "bridge" else bridge_of(net)


@checks("network.gateway")
def _gateway(reality: Reality, subject: Subject) -> Any:
    return next(iter(gateways_of(reality, reality.nets[subject[0]])), "")


@checks("network.gateways")
def _gateways(reality: Reality, subject: Subject) -> Any:
    return gateways_of(reality, reality.nets[subject[0]])


@checks("network.used")
def _used(reality: Reality, subject: Subject) -> Any:
    net = reality.nets[subject[0]]
    pools = [pool for pool in pools_of(net) if is_ipv4(pool)]
    return sum(len(held_in(reality, net, pool) & room_of(pool)) for pool in pools) if pools else None


@checks("network.capacity")
def _capacity(reality: Reality, subject: Subject) -> Any:
    return sum(len(room_of(pool)) for pool in pools_of(reality.nets[subject[0]]) if is_ipv4(pool))


@checks("network.free")
def _free(reality: Reality, subject: Subject) -> Any:
    net = reality.nets[subject[0]]
    pools = [pool for pool in pools_of(net) if is_ipv4(pool)]
    return sum(len(room_of(pool) - held_in(reality, net, pool)) for pool in pools) if pools else None


@checks("network.counts")
def _counts(reality: Reality, subject: Subject) -> Any:
    return Counts(Counter(group_of(box) for box in reality.on(reality.nets[subject[0]])))


@checks("network.endpoints")
def _endpoints(reality: Reality, subject: Subject) -> Any:
    return tuple(sorted(box.key for box in reality.on(reality.nets[subject[0]])))


@checks("network.counts.line")
def _line(reality: Reality, subject: Subject) -> Any:
    net = reality.nets[subject[0]]
    found = Line(Counter({"either": "stopped", "failed": "stopped"}.get(group_of(box), group_of(box)) for box in reality.on(net)))
    asking = {box.key for boxes in reality.wishes(net).values() for box in boxes}
    found["asking"] = len(asking)
    return found


@checks("network.flags")
def _flags(reality: Reality, subject: Subject) -> Any:
    net = reality.nets[subject[0]]
    said = (
        (net["Name"] in BUILT_IN, "built-in"),
        (net["Internal"], "internal"),
        (net["Attachable"], "attachable"),
        (net["EnableIPv6"], "IPv6"),
        (net["Options"].get(ICC) == "false", "ICC off"),
    )
    return tuple(word for holds, word in said if holds)


@checks("network.removable")
def _removable(reality: Reality, subject: Subject) -> Any:
    return reality.nets[subject[0]]["Name"] not in BUILT_IN


@checks("network.bridge")
def _bridge(reality: Reality, subject: Subject) -> Any:
    wanted = real_bridge(reality.nets[subject[0]])
    return next((link.name for link in reality.host_links if link.name == wanted), f"no link {wanted}")


@checks("network.parent")
def _parent(reality: Reality, subject: Subject) -> Any:
    return reality.nets[subject[0]]["Options"].get("parent", "")


@checks("network.link_mode")
def _link_mode(reality: Reality, subject: Subject) -> Any:
    net = reality.nets[subject[0]]
    return net["Options"].get(f"{net['Driver']}_mode", {"macvlan": "bridge", "ipvlan": "l2"}[net["Driver"]])


@checks("network.outside")
def _outside(reality: Reality, subject: Subject) -> Any:
    """Ask the machine's iptables, of each family, whether what comes from the subnet is masqueraded."""
    net, family = reality.nets[subject[0]], subject[1]
    tool, version = ("iptables", 4) if family == "IPv4" else ("ip6tables", 6)
    pools = [pool for pool in pools_of(net) if is_ipv4(pool) == (version == 4)]
    rules = reality.engine.check_inside(tool, "-t", "nat", "-S", "POSTROUTING").splitlines()
    masked = [any(f"-s {pool['Subnet']} " in rule and "MASQUERADE" in rule for rule in rules) for pool in pools]
    if masked and all(masked):
        return f"masqueraded behind the host's address, unless this Engine was started with {tool} off"
    if is_shut(reality, net):
        return "nothing: the network is internal"
    if net["Options"].get(MASQUERADE) == "false":
        return "routed with the containers' own addresses: masquerade is off"
    if not pools:
        return f"no subnet of {family}"
    return f"routed with the containers' own addresses, unless this Engine was started with {tool} on"


def is_shut(reality: Reality, net: dict[str, Any]) -> bool:
    """Tell whether the machine drops what would leave the network, or comes from elsewhere."""
    bridge = real_bridge(net)
    rules = reality.engine.check_inside("iptables", "-S").splitlines()
    return any(f"-i {bridge} " in rule and rule.endswith("-j DROP") and "! -d" in rule for rule in rules)


@checks("network.between")
def _between(reality: Reality, subject: Subject) -> Any:
    bridge = real_bridge(reality.nets[subject[0]])
    rules = reality.engine.check_inside("iptables", "-S")
    return "refused: ICC is off" if f"-i {bridge} -o {bridge} -j DROP" in rules else "allowed"
