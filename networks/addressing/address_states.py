"""What every address of a pool is, and what that adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from networks.addressing.capacity import own_addresses, span
from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPAddress, IPNetwork


class State(StrEnum):
    """What an address is. The four of TAKING count as used, NETWORK and BROADCAST are no addresses for anybody."""

    NETWORK = "network"
    BROADCAST = "broadcast"
    GATEWAY = "gateway"
    AUX = "aux"
    IN_USE = "in_use"
    REQUESTED = "requested"  # by a container that isn't running: Docker keeps nothing free for it
    OUTSIDE = "outside"  # free, but outside of the ip range: to be had by asking for it only
    FREE = "free"


TAKING = frozenset({State.GATEWAY, State.AUX, State.IN_USE, State.REQUESTED})
# Where two claims meet, the later one tells: what is so goes before what somebody wishes.
_RANK = {State.REQUESTED: 0, State.AUX: 1, State.GATEWAY: 2, State.IN_USE: 3}


@dataclass(frozen=True, slots=True)
class AddressClaim:
    """A container that has an address, or asks for it. `version`: 4 or 6, `number`: the address. `network_*`: where it is."""

    version: int
    number: int
    container_id: str
    container_name: str
    network_id: str = ""
    network_name: str = ""
    mac: str = ""
    is_typed: bool = False  # the address was asked for, by `--ip` or `--ip6`


@dataclass(frozen=True, slots=True)
class Cell:
    """One address that isn't free. `name`: of an aux address. `others`: who asks for it besides."""

    number: int
    state: State
    claim: AddressClaim | None = None
    name: str = ""
    others: tuple[AddressClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool, and all of its addresses that aren't free, in ascending order. `first`, `last`: what Docker hands out of.

    `capacity`: addresses of the whole subnet that an endpoint could have, those of the gateway and the aux addresses included.
    `gateway`: typed, told by an endpoint or worked out; None where nobody knows, or there is none. `own`: the subnet's own
    addresses, which no endpoint can have. Numbers are addresses. `counts`: of the states of TAKING.
    """

    subnet: IPNetwork
    first: int
    last: int
    gateway: IPAddress | None
    capacity: int
    own: frozenset[int] = frozenset()
    cells: Mapping[int, Cell] = field(default_factory=dict)
    counts: Mapping[State, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Gateway, aux addresses, those in use and those asked for."""
        return sum(self.counts.values())

    @property
    def free(self) -> int:
        """How many more endpoints could be had, those outside of the ip range by asking for them."""
        return self.capacity - self.used

    @property
    def outside(self) -> int:
        """How many of the free ones lie outside of the ip range: to be had by asking only."""
        kept_back = self.own | {number for number, cell in self.cells.items() if cell.state in TAKING}
        inside = sum(self.first <= number <= self.last for number in kept_back)
        return self.free - (self.last - self.first + 1 - inside)

    @property
    def room(self) -> int:
        """How many containers the pool has room for in all: its capacity less gateway and aux addresses."""
        return self.capacity - self.counts.get(State.GATEWAY, 0) - self.counts.get(State.AUX, 0)

    @property
    def has_range(self) -> bool:
        """Tell whether Docker hands out a part of the subnet only."""
        return self.last - self.first + 1 < self.subnet.num_addresses

    def address(self, number: int) -> IPAddress:
        """Return the address of a number."""
        return (IPv6Address if self.subnet.version == 6 else IPv4Address)(number)

    def holds(self, number: int) -> bool:
        """Tell whether the number is an address of the subnet."""
        return int(self.subnet.network_address) <= number <= int(self.subnet.broadcast_address)

    def state_at(self, number: int) -> State:
        """Return what an address of the subnet is."""
        if cell := self.cells.get(number):
            return cell.state
        if number in self.own:
            return State.NETWORK if number == int(self.subnet.network_address) else State.BROADCAST
        return State.FREE if self.first <= number <= self.last else State.OUTSIDE


def measure(
    pool: Pool,
    *,
    gateway: IPAddress | None,
    held: Iterable[AddressClaim] = (),
    wished: Iterable[AddressClaim] = (),
    kept_back: Iterable[Cell] = (),
) -> PoolUse:
    """Return the use of a pool, which must have a subnet. Claims of addresses that aren't in it are left aside.

    `gateway`: as gateway_of() finds it. `held`: who has an address; `wished`: who asks for one without having it.
    `kept_back`: gateways and aux addresses of other networks that share the subnet.
    """
    subnet = pool.subnet
    if subnet is None:
        raise ValueError("a pool without a subnet has no addresses")
    cells: dict[int, Cell] = {}
    for claim in (each for each in wished if each.version == subnet.version):
        _put(cells, Cell(claim.number, State.REQUESTED, claim))
    for cell in kept_back:
        _put(cells, cell)
    for name, address in pool.aux_addresses.items():
        if address.version == subnet.version:
            _put(cells, Cell(int(address), State.AUX, name=name))
    if gateway is not None and gateway.version == subnet.version:
        _put(cells, Cell(int(gateway), State.GATEWAY))
    for claim in (each for each in held if each.version == subnet.version):
        _put(cells, Cell(claim.number, State.IN_USE, claim))
    begin, end = int(subnet.network_address), int(subnet.broadcast_address)
    inside = {number: cells[number] for number in sorted(cells) if begin <= number <= end}
    own = frozenset(int(address) for address in own_addresses(subnet))
    first, last = span(subnet, pool.ip_range)
    return PoolUse(
        subnet=subnet,
        first=first,
        last=last,
        gateway=gateway,
        capacity=subnet.num_addresses - len(own),
        own=own,
        cells=inside,
        counts=Counter(cell.state for number, cell in inside.items() if number not in own),
    )


def _put(cells: dict[int, Cell], new: Cell) -> None:
    """Enter what is known of an address; of two claims the one that tells less is kept as one of the `others`."""
    old = cells.get(new.number)
    if old is None:
        cells[new.number] = new
        return
    strong, weak = (new, old) if _RANK[new.state] > _RANK[old.state] else (old, new)
    others = (*strong.others, *weak.others, *([weak.claim] if weak.claim else []))
    cells[new.number] = Cell(new.number, strong.state, strong.claim, strong.name or weak.name, others)


def engine_count(use: PoolUse) -> tuple[int, int]:
    """Return (IPsInUse, DynamicIPsAvailable) as an Engine of API 1.52 counts the same: its own addresses are in use, too.

    What stopped containers ask for is free to it. Both end at 2 ** 64 - 1. Source: Engine API, NetworkInspect, Status.IPAM.
    """
    taken = {number for number, cell in use.cells.items() if cell.state is not State.REQUESTED} | use.own
    inside = sum(use.first <= number <= use.last for number in taken)
    most = 2**64 - 1
    return min(len(taken), most), min(use.last - use.first + 1 - inside, most)
