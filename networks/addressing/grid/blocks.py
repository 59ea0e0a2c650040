"""A pool too large to be shown whole, in blocks of 256 addresses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from networks.addressing.grid.states import PoolUse, State

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
