"""What is so of pools and single addresses: what interfaces in containers have, against what the pools hold."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from tests.truth.claims import Subject, checks
from tests.truth.reality import Box, Reality
from tests.truth.records import gateway_of, is_within, pools_of, room_of
from tests.truth.so.either import AnyOf
from tests.truth.so.networks import held_in, is_ipv4


def net_of(reality: Reality, subject: Subject) -> dict[str, Any]:
    """Return a network by its id, or the first twelve digits of it. Raises LookupError."""
    for key, net in reality.nets.items():
        if key.startswith(subject[0]):
            return net
    raise LookupError(f"there is no network {subject[0]}")


def pool_of(reality: Reality, subject: Subject) -> dict[str, Any]:
    """Return the pool of a network by its subnet. Raises LookupError."""
    for pool in pools_of(net_of(reality, subject)):
        if pool["Subnet"] == subject[1]:
            return pool
    raise LookupError(f"{subject} is no pool")


@checks("pool.range")
def _range(reality: Reality, subject: Subject) -> Any:
    return pool_of(reality, subject).get("IPRange", "")


@checks("pool.gateway")
def _pool_gateway(reality: Reality, subject: Subject) -> Any:
    return pool_of(reality, subject).get("Gateway", "").partition("/")[0] or "chosen by Docker"


@checks("pool.reserved")
def _reserved(reality: Reality, subject: Subject) -> Any:
    return ", ".join(f"{name} {at}" for name, at in (pool_of(reality, subject).get("AuxiliaryAddresses") or {}).items())


@checks("pool.network")
def _pool_network(reality: Reality, subject: Subject) -> Any:
    pool_of(reality, subject)
    return net_of(reality, subject)["Name"]


@checks("pool.used")
def _pool_used(reality: Reality, subject: Subject) -> Any:
    """What is in use of what Docker hands out by itself: of the IP range, where there is one."""
    pool = pool_of(reality, subject)
    held = held_in(reality, net_of(reality, subject), pool)
    return len(held & room_of(pool) if is_ipv4(pool) else held)


@checks("pool.in_use")
def _in_use(reality: Reality, subject: Subject) -> Any:
    return len(held_in(reality, net_of(reality, subject), pool_of(reality, subject)))


@checks("pool.capacity")
def _pool_capacity(reality: Reality, subject: Subject) -> Any:
    return len(room_of(pool_of(reality, subject)))


@checks("pool.free")
def _pool_free(reality: Reality, subject: Subject) -> Any:
    pool = pool_of(reality, subject)
    return len(room_of(pool) - held_in(reality, net_of(reality, subject), pool))


def whole_of(pool: dict[str, Any]) -> set[str]:
    """Return every address of a pool that a container may have, asked for or not."""
    return room_of({name: value for name, value in pool.items() if name != "IPRange"})


@checks("pool.room")
def _room(reality: Reality, subject: Subject) -> Any:
    return len(whole_of(pool_of(reality, subject)))


@checks("pool.sum free")
def _sum_free(reality: Reality, subject: Subject) -> Any:
    pool, net = pool_of(reality, subject), net_of(reality, subject)
    if not is_ipv4(pool):
        return 0
    return len(whole_of(pool) - held_in(reality, net, pool) - set(_wished(reality, subject)))


def _wished(reality: Reality, subject: Subject) -> dict[str, list[Box]]:
    net = net_of(reality, subject)
    held = set(reality.holders(net))
    wishes = reality.wishes(net)
    return {address: boxes for address, boxes in wishes.items() if is_within(address, subject[1]) and address not in held}


@checks("pool.figures")
def _figures(reality: Reality, subject: Subject) -> Any:
    """The document's own: a host's addresses of the subnet, of which the gateway, reserved and asked-for ones are used too."""
    pool = pool_of(reality, subject)
    own = {gateway_of(pool), *(pool.get("AuxiliaryAddresses") or {}).values()} - {""}
    hosts = whole_of(pool) | own
    taken = held_in(reality, net_of(reality, subject), pool) | set(_wished(reality, subject)) | own
    return (len(hosts), len(taken), len(hosts - taken))


@checks("pool.sum asked for")
def _sum_asked(reality: Reality, subject: Subject) -> Any:
    return len(_wished(reality, subject))


@checks("pool.sum reserved")
def _sum_reserved(reality: Reality, subject: Subject) -> Any:
    return len(pool_of(reality, subject).get("AuxiliaryAddresses") or {})


def _pool_around(reality: Reality, subject: Subject) -> dict[str, Any]:
    net = net_of(reality, subject)
    return next(pool for pool in pools_of(net) if is_within(subject[1], pool["Subnet"]))


@checks("cell.state")
def _cell(reality: Reality, subject: Subject) -> Any:
    net, address = net_of(reality, subject), subject[1]
    pool = _pool_around(reality, subject)
    subnet = ip_network(pool["Subnet"])
    if address in reality.holders(net):
        return "in use"
    if address == gateway_of(pool):
        return "gateway"
    if address in (pool.get("AuxiliaryAddresses") or {}).values():
        return "reserved"
    if ip_address(address) == subnet.network_address:
        return "network address"
    if ip_address(address) == subnet.broadcast_address and subnet.version == 4:
        return "broadcast address"
    if address in reality.wishes(net):
        return "asked for"
    in_range = not pool.get("IPRange") or is_within(address, pool["IPRange"])
    return "free" if in_range else "free, outside the IP range"


@checks("cell.name")
def _cell_name(reality: Reality, subject: Subject) -> Any:
    net, address = net_of(reality, subject), subject[1]
    if holder := reality.holders(net).get(address):
        return holder.name
    aux = {at: name for name, at in (_pool_around(reality, subject).get("AuxiliaryAddresses") or {}).items()}
    if address in aux:
        return aux[address]
    asking = [box.name for box in reality.wishes(net).get(address, ())]
    return AnyOf(asking) if asking else ""


@checks("cell.holder")
def _holder(reality: Reality, subject: Subject) -> Any:
    holder = reality.holders(net_of(reality, subject)).get(subject[1])
    return holder.key if holder else ""


@checks("cell.asker")
def _asker(reality: Reality, subject: Subject) -> Any:
    return AnyOf(box.key for box in reality.wishes(net_of(reality, subject)).get(subject[1], ()))


@checks("cell.how")
def _how(reality: Reality, subject: Subject) -> Any:
    net, address = net_of(reality, subject), subject[1]
    if holder := reality.holders(net).get(address):
        end = next(end for name, end in holder.ends.items() if reality.net_of(holder, name) is net)
        wish = end.get("IPAMConfig") or {}
        return "requested with --ip" if address in (wish.get("IPv4Address"), wish.get("IPv6Address")) else "handed out by Docker"
    return "requested with --ip"
