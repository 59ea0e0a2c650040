"""Sentences of addresses that Docker can't give: pools that are full, and wishes that somebody else has."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import Reality
from tests.truth.records import asked_for, gateway_of, is_within, pools_of
from tests.truth.so.networks import held_in
from tests.truth.words.containers import box_of, so

MOST = 4_096  # a pool with more than that is never full here


def net_called(reality: Reality, name: str) -> dict[str, Any]:
    """Return a network by its name. Raises LookupError."""
    return next(net for net in reality.nets.values() if net["Name"] == name)


def left_of(reality: Reality, net: dict[str, Any], span: str) -> set[str]:
    """Return what Docker could still hand out of a subnet, or a range, of a network."""
    pool = next(pool for pool in pools_of(net) if span in (pool["Subnet"], pool.get("IPRange")))
    whole, subnet = ip_network(span), ip_network(pool["Subnet"])
    if whole.num_addresses > MOST:
        return {span}
    taken = {str(subnet.network_address), gateway_of(pool), *(pool.get("AuxiliaryAddresses") or {}).values()}
    taken |= {str(subnet.broadcast_address)} if subnet.version == 4 else set()
    for other in reality.nets.values():  # one book for all that share a subnet
        for shared in pools_of(other):
            if shared["Subnet"] == pool["Subnet"]:
                taken |= held_in(reality, other, shared) | {gateway_of(shared)}
    return {str(address) for address in whole} - taken


@sentence("Docker has no address left for {container} on {network}: every address of {subnets} is taken", "connect:network")
@sentence("{container} can join {network}, but not start there while every address of {subnets} is taken", "connect:network")
@sentence("Docker would not start it on {network}: every address of {subnets} is taken", "run")
@sentence("It can't start: Docker has no address left for it on {network}. Every address of {subnets} is taken", "order:start")
def _is_full(reality: Reality, page: Page, network: str, subnets: str, container: str = "") -> Any:
    net = net_called(reality, network)
    left = {span: left_of(reality, net, span) for span in subnets.split(", ")}
    return not any(left.values()) or f"{network} has left {left}"


@sentence("It can't start: it requests {address} on {network}, which {holder} has", "order:start")
def _is_held(reality: Reality, page: Page, address: str, network: str, holder: str) -> Any:
    box, holders = box_of(reality, page), reality.holders(net_called(reality, network))
    wishes = asked_for(box.ends[network])
    return so(address in wishes and address in holders and holders[address].name == holder, box, f"; {holders.keys()} are held")


@sentence("It can't start: it requests {address} on {network}, which the network itself holds", "order:start")
def _is_reserved(reality: Reality, page: Page, address: str, network: str) -> Any:
    box = box_of(reality, page)
    pool = next(pool for pool in pools_of(net_called(reality, network)) if is_within(address, pool["Subnet"]))
    own = {gateway_of(pool), *(pool.get("AuxiliaryAddresses") or {}).values()}
    return so(address in asked_for(box.ends[network]) and address in own, box, f"; the network holds {own}")


@sentence(
    "It can't start: it starts in the host's stack, where Docker can't put it on {names}. Disconnect it first",
    *("container", "order:start", "order:restart"),
)
def _is_barred(reality: Reality, page: Page, names: str) -> Any:
    box = box_of(reality, page)
    on = {net["Name"] for name in box.ends if (net := reality.net_of(box, name)) and net["Driver"] == "bridge"}
    return so(box.mode == "host" and set(names.split(", ")) == on, box, f"; bridges among them: {on}")


@sentence(
    "{name} was made with the host's own network and starts in it, whatever it is connected to",
    "connect:container",
    "connect:network",
)
def _starts_in_host(reality: Reality, page: Page, name: str) -> Any:
    box = next(one for one in reality.boxes.values() if one.name == name)
    return so(box.mode == "host" and not box.is_running, box)


@sentence("{name} uses the host's own network, so it can't be connected to others", "connect:container", "connect:network")
def _is_in_host(reality: Reality, page: Page, name: str) -> Any:
    box = next(one for one in reality.boxes.values() if one.name == name)
    return so(box.mode == "host" and (box.is_running or box.state == "restarting"), box)


@sentence("{name} is on {other}, which has the same subnet as {network}: Docker puts no container on both", "connect:network")
@sentence("{name} is on {other}, which has the same subnet as {network}: on both, Docker doesn't start it", "connect:network")
def _would_clash(reality: Reality, page: Page, name: str, other: str, network: str) -> Any:
    box = next(one for one in reality.boxes.values() if one.name == name)
    return so(other in box.ends and _overlap(reality, network, other), box)


@sentence("It can't start: {network} and {other} have the same subnet, and Docker puts no container on both", "order:start")
def _clash(reality: Reality, page: Page, network: str, other: str) -> Any:
    box = box_of(reality, page)
    return so({network, other} <= box.ends.keys() and _overlap(reality, network, other), box)


def _overlap(reality: Reality, one: str, other: str) -> bool:
    first, second = ([ip_network(pool["Subnet"]) for pool in pools_of(net_called(reality, name))] for name in (one, other))
    return any(mine.version == yours.version and mine.overlaps(yours) for mine in first for yours in second)


@sentence("There is nothing to move", "move:container")
@sentence("It is not on none, and all its networks are there", "move:container")
def _nothing_to_move(reality: Reality, page: Page) -> Any:
    box = box_of(reality, page)
    return so("none" not in box.ends and all(reality.net_of(box, name) for name in box.ends), box)


@sentence("There is no network {name} any more", "move:container")
def _no_network(reality: Reality, page: Page, name: str) -> Any:
    box = box_of(reality, page)
    return so(any(reality.net_of(box, one) is None and one.startswith(name.rstrip("…")) for one in box.ends), box)
