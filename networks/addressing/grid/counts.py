"""The Engine's own count of a pool beside ours: how many addresses it has taken that no endpoint explains."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from networks.addressing.grid.states import PoolUse, State, engine_count

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
