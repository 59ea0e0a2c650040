"""Which addresses Docker can't give to those who are put on its networks next, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_address

from networks.addressing.address_states import State, engine_count
from networks.addressing.next_address import NextKnown
from networks.addressing.reading import IPAddress
from networks.queries.addresses.networks import AddressedNetwork, addressed_networks
from networks.queries.addresses.pools import PoolView, views_of
from networks.queries.lifecycle.orders import Impact
from networks.queries.rows import EngineRow

FAMILIES = (4, 6)
# Where it is known what Docker hands out next, and where at least who has what. Of all else nothing is said.
FORETOLD = frozenset({NextKnown.CERTAIN, NextKnown.UNLESS_REFUSED, NextKnown.FULL})
_HOLDERS_KNOWN = FORETOLD | {NextKnown.GATEWAY, NextKnown.COUNT}
_HELD = frozenset({State.IN_USE, State.GATEWAY, State.AUX})


@dataclass(frozen=True, slots=True)
class Lack:
    """What a container can't get on a network. `subnets`: these, or these ranges, have no address left, of one `family`.

    `spare`: one that may be requested all the same, outside the IP range, "" where there is none. `left`: how many are left,
    which others take that come before it. `address`: what it requests instead, and `holder` has, or gets before it where `left`
    is 1; the network itself where that is "". `clash`: a network with the same subnet that it is on.
    """

    network_id: str
    network_name: str
    subnets: str = ""
    family: int = 4
    spare: str = ""
    address: str = ""
    holder: str = ""
    left: int = 0
    clash: str = ""


@dataclass(slots=True)
class Room:
    """What is left of an Engine's addresses, while containers take some. `engine`: None for one of which nothing is known.

    Reads nothing before it is asked; then four queries at most, none where nothing changed since.
    """

    engine: EngineRow | None
    _views: dict[str, tuple[PoolView, ...]] = field(default_factory=dict)
    _taken: dict[tuple[str, int], int] = field(default_factory=dict)
    _asked: dict[tuple[str, str], str] = field(default_factory=dict)

    def lack(
        self, network_id: str, wishes: Iterable[str] = (), *, container_id: str = "", beside: Iterable[str] = ()
    ) -> Lack | None:
        """Return what a container can't get that is put on this network, None where nothing is known to be missing.

        `wishes`: the addresses that it asks for; it gets one of each other family in turn. `beside`: names of its other networks.
        """
        if (lack := self._clash_of(network_id, frozenset(beside))) is not None:
            return lack
        typed = _by_family(wishes)
        for family in FAMILIES:
            views = self.views_of(network_id, family)
            if family in typed and views and views[0].turn.why in _HOLDERS_KNOWN:
                lack = self._lack_of_wish(views, str(typed[family]), container_id)
            elif family not in typed and views and views[0].turn.why in FORETOLD:
                lack = self._lack_of_turn(views)
            if lack is not None:
                return lack
        return None

    def lack_at_start(self, impact: Impact) -> Lack | None:
        """Return the address that a container can't get if it starts now. One that runs gets its own again."""
        if impact.is_running:
            return None
        names = {each.network_name for each in impact.places}
        found = (
            self.lack(each.network_id, each.wishes, container_id=impact.docker_id, beside=names - {each.network_name})
            for each in impact.places
        )
        return next((lack for lack in found if lack is not None), None)

    def take(self, network_id: str, wishes: Iterable[str] = (), *, container_name: str = "") -> None:
        """Count a container that is put on this network from now on, before the next one is asked for."""
        typed = _by_family(wishes)
        for family in FAMILIES:
            views = self.views_of(network_id, family)
            address = typed.get(family)
            if address is None or any(view.use.first <= int(address) <= view.use.last for view in views):
                self._taken[network_id, family] = self._taken.get((network_id, family), 0) + 1
            if address is not None:
                self._asked[network_id, str(address)] = container_name

    def views_of(self, network_id: str, family: int) -> list[PoolView]:
        """Return the pools of a network in one family, as they are now."""
        if network_id not in self._views:
            self._views[network_id] = views_of(self.engine, network_id) if self.engine else ()
        return [view for view in self._views[network_id] if view.use.subnet.version == family]

    def _clash_of(self, network_id: str, beside: frozenset[str]) -> Lack | None:
        """Return which of these has a subnet that overlaps the network's, where each has a single one of IPv4."""
        networks = addressed_networks(self.engine) if self.engine and beside else ()
        wanted = next((each for each in networks if each.docker_id == network_id), None)
        own = _only_subnet(wanted) if wanted else None
        if wanted is None or own is None:
            return None
        others = (each for each in networks if each.name in beside and each is not wanted)
        clash = next((each.name for each in others if (subnet := _only_subnet(each)) and subnet.overlaps(own)), "")
        return Lack(network_id, wanted.name, clash=clash) if clash else None

    def _lack_of_turn(self, views: list[PoolView]) -> Lack | None:
        network, family = views[0].network, views[0].use.subnet.version
        left = sum(engine_count(view.use)[1] for view in views)
        if left > self._taken.get((network.docker_id, family), 0):
            return None
        subnets = ", ".join(str(pool.ip_range or pool.subnet) for pool in (network.pools[view.position] for view in views))
        spare = "" if views[0].is_default_bridge else _spare(views)
        return Lack(network.docker_id, network.name, subnets, family, spare, left=left)

    def _lack_of_wish(self, views: list[PoolView], address: str, container_id: str) -> Lack | None:
        network, number = views[0].network, int(ip_address(address))
        if (network.docker_id, address) in self._asked:
            return Lack(network.docker_id, network.name, address=address, holder=self._asked[network.docker_id, address], left=1)
        cell = next((view.use.cells[number] for view in views if number in view.use.cells), None)
        if cell is None or cell.state not in _HELD or (cell.claim is not None and cell.claim.container_id == container_id):
            return None
        return Lack(network.docker_id, network.name, address=address, holder=cell.claim.container_name if cell.claim else "")


def _by_family(wishes: Iterable[str]) -> dict[int, IPAddress]:
    return {address.version: address for address in map(ip_address, wishes)}


def _only_subnet(network: AddressedNetwork) -> IPv4Network | None:
    """Return the IPv4 subnet of a network that has a single one."""
    found = [pool.subnet for pool in network.pools if isinstance(pool.subnet, IPv4Network)]
    return found[0] if len(found) == 1 else None


def _spare(views: list[PoolView]) -> str:
    """Return the lowest free address that lies outside of the IP ranges, "" where there is none."""
    for view in views:
        number, last = int(view.use.subnet.network_address), int(view.use.subnet.broadcast_address)
        while view.use.outside > 0 and number <= last:
            if view.use.first <= number <= view.use.last:
                number = view.use.last
            elif view.use.state_at(number) is State.OUTSIDE:
                return str(view.use.address(number))
            number += 1
    return ""
