"""Sentences about the addresses that a container has again when it starts, and who else may get them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from tests.truth.claims import Page, sentence
from tests.truth.reality import Box, Reality
from tests.truth.records import is_within, pools_of, room_of
from tests.truth.words.containers import box_of, so
from tests.truth.words.orders import STOPPING, held_by, is_chosen


@sentence("It asked for {address} on {network} and gets it again", *STOPPING)
def _asked(reality: Reality, page: Page, address: str, network: str) -> Any:
    box = box_of(reality, page)
    return so(held_by(box).get(address, "").startswith(network) and is_chosen(box, address), box, f"; asked for {box.ends}")


@sentence("It may get an address other than {address}", *STOPPING)
def _may_change(reality: Reality, page: Page, address: str) -> Any:
    box = box_of(reality, page)
    return so(address in held_by(box) and not is_chosen(box, address), box, f"; has {held_by(box)}")


@sentence("It gets {address} again unless another container starts in the meantime", *STOPPING)
def _comes_back(reality: Reality, page: Page, address: str) -> Any:
    """Nothing below it is free that Docker would give out first."""
    box = box_of(reality, page)
    if address not in held_by(box) or is_chosen(box, address):
        return so(False, box, f"; has {held_by(box)}")
    lower = [one for one in _free(reality, box, address) if ip_address(one) < ip_address(address)]
    return so(not lower, box, f"; free below {address}: {lower[:3]}")


@sentence("gives out the lowest that is free, which is {lower}: to this one, or to another that starts on", *STOPPING)
def _comes_lower(reality: Reality, page: Page, lower: str) -> Any:
    """On a network with both families pages count with one more that Docker may keep taken."""
    box = box_of(reality, page)
    net, free = _net_around(reality, box, lower), sorted(_free(reality, box, lower), key=ip_address)
    return so(lower in free[: 2 if net and net["EnableIPv6"] else 1], box, f"; free: {free[:3]}")


def _net_around(reality: Reality, box: Box, address: str) -> dict[str, Any] | None:
    """Return the network of a container that has an address in one of its subnets."""
    nets = (net for name in box.ends if (net := reality.net_of(box, name)))
    return next((net for net in nets if any(is_within(address, pool["Subnet"]) for pool in pools_of(net))), None)


def _free(reality: Reality, box: Box, address: str) -> list[str]:
    """Return what is free in the IPv4 pool of an address; itself alone, where one that fails has another at each moment."""
    net = _net_around(reality, box, address)
    if net is None or ":" in address or any(one.fails for one in reality.on(net)):
        return [address] if net else []
    pool = next(pool for pool in pools_of(net) if is_within(address, pool["Subnet"]))
    return [*(room_of(pool) - set(reality.holders(net)))]


@sentence("gives it to the first container that starts on {network}: {names}, or a new one", *STOPPING)
def _rivals(reality: Reality, page: Page, network: str, names: str) -> Any:
    """Those named have to be on that network, not to run, and to ask for no address of their own."""
    box = box_of(reality, page)
    known = {
        one.name for one in reality.boxes.values() if not one.is_running and any(name.startswith(network) for name in one.ends)
    }
    wrong = [name for name in names.split(", ") if name not in known and name != "…"]  # where there are too many to name
    return so(not wrong, box, f"; {wrong} don't start there")
