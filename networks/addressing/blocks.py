"""A pool too large to be shown whole, in blocks of 256 addresses, and what each of them holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from networks.addressing.address_states import PoolUse, State, engine_count

BLOCK_BITS = 8
BLOCK_SIZE = 1 << BLOCK_BITS
# A /16 has as many blocks of /24; of a larger pool only those are listed that hold something.
MOST_BLOCKS = 256
# Of those, too, no more: whoever looks for one address among so many searches for it.
MOST_LISTED = 1_024


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a pool. `number`: its first address. `taken`: how many of its addresses aren't free; `is_outside`: all of it is
    outside of the ip range."""

    number: int
    taken: int
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Blocks:
    """A pool's blocks, in their order. `total`: how many it has; `is_complete` false: only those with a use are listed."""

    prefix_length: int
    total: int
    blocks: tuple[Block, ...]
    is_complete: bool = True

    @property
    def left_out(self) -> int:
        """How many are not listed."""
        return self.total - len(self.blocks)


def block_size(use: PoolUse) -> int:
    """Return how many addresses a block has: 256, or the whole of a smaller pool."""
    return min(BLOCK_SIZE, use.subnet.num_addresses)


def block_of(use: PoolUse, number: int) -> int:
    """Return the first address of the block that holds this one."""
    return number - (number - int(use.subnet.network_address)) % block_size(use)


def blocks_of(use: PoolUse, *wanted: int) -> Blocks:
    """Return the pool in blocks. `wanted`: addresses whose blocks are listed in any case."""
    size = block_size(use)
    start, total = int(use.subnet.network_address), use.subnet.num_addresses // size
    taken = Counter(start + (number - start) // size * size for number in use.cells)
    prefix_length = use.subnet.max_prefixlen - (size.bit_length() - 1)
    if total <= MOST_BLOCKS:
        numbers = [start + index * size for index in range(total)]
    else:
        must = {block_of(use, number) for number in wanted if use.holds(number)} | {block_of(use, use.first)}
        numbers = sorted([*must, *[number for number in taken if number not in must][: MOST_LISTED - len(must)]])
    listed = tuple(
        Block(number, taken[number], is_outside=number > use.last or number + size - 1 < use.first) for number in numbers
    )
    return Blocks(prefix_length, total, listed, is_complete=total <= MOST_BLOCKS)


def first_shown(use: PoolUse, *, next_number: int | None = None) -> int:
    """Return the first address of the block to look at if nobody chose one: the next address's, else that of the first in use."""
    if next_number is not None and use.holds(next_number):
        return block_of(use, next_number)
    held = next((number for number, cell in use.cells.items() if cell.state is State.IN_USE), use.first)
    return block_of(use, held)


MOST_COUNTED = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Besides:
    """What is taken of a pool besides the addresses of endpoints, hence the same whoever comes or goes.

    `in_all`: gateway, aux addresses, the subnet's own, and what nobody told us of; `in_range`: those of them that lie in what is
    handed out, None for a range too large to be counted.
    """

    in_all: int
    in_range: int | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """How an Engine's count differs from ours. `in_use`: how many more addresses it has taken, `available`: how many more it
    could hand out; negative for fewer, 0 where both say the same.
    """

    in_use: int
    available: int


def besides(first: int, last: int, held: Collection[int], *, in_use: int, available: int) -> Besides:
    """Take the addresses of endpoints out of a count. `first`, `last`: what is handed out; `held`: the endpoints' addresses."""
    inside = sum(first <= number <= last for number in held)
    in_range = last - first + 1 - available - inside if available < MOST_COUNTED else None
    return Besides(in_use - len(held), in_range)


def dispute_of(use: PoolUse, counted: Besides | None) -> Dispute | None:
    """Return how the Engine's count of a pool differs from ours, None where it doesn't, or where there is none."""
    if counted is None:
        return None
    held = [number for number, cell in use.cells.items() if cell.state is State.IN_USE]
    in_use, available = engine_count(use)
    ours = besides(use.first, use.last, held, in_use=in_use, available=available)
    fewer_left = 0 if counted.in_range is None or ours.in_range is None else counted.in_range - ours.in_range
    found = Dispute(counted.in_all - ours.in_all, -fewer_left)
    return found if found.in_use or found.available else None
