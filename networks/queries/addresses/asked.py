"""What an address of the Addresses page asks for, and what is found: a pool, a block of it, one address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from networks.addressing.address_states import State
from networks.addressing.blocks import block_of, first_shown
from networks.addressing.reading import IPAddress, to_address
from networks.queries.addresses.pools import PoolView
from networks.queries.filters import TEXT_LIMIT
from networks.queries.ordering import natural, ordered

ADDRESS_PARAMS = ("q", "pool", "block", "address", "sort")
ORDERS = ("subnet", "network", "used")
MOST_FOUND = 20
# An id is looked for from this many hexadecimal digits on: "ab" is sooner a part of a name.
ID_LENGTH = 6


@dataclass(frozen=True, slots=True)
class AddressQuery:
    """What was asked for, as text; "" is nothing. `sort`: one of ORDERS, with "-" for descending."""

    q: str = ""
    pool: str = ""
    block: str = ""
    address: str = ""
    sort: str = "subnet"


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a search found. `number`: the address in the pool, None where the network itself was found."""

    view: PoolView
    number: int | None = None
    container_name: str = ""


@dataclass(frozen=True, slots=True)
class AddressSearch:
    """Where the page stands. `address`: the one that was picked or searched for, also where no pool has it.

    `view`: the pool that is shown, None where there is none. `block`: first address of what is shown of it. `matches`: what a
    search for a name found, when that is more than one thing; `is_missing`: it found nothing.
    """

    view: PoolView | None = None
    block: int = 0
    address: IPAddress | None = None
    matches: tuple[Match, ...] = field(default_factory=tuple)
    is_missing: bool = False

    @property
    def number(self) -> int | None:
        """The picked address as a number of the pool that is shown, None where it has none."""
        is_here = self.view is not None and self.address is not None and self.address.version == self.view.use.subnet.version
        number = int(self.address) if is_here and self.address is not None else None
        return number if number is not None and self.view is not None and self.view.use.holds(number) else None


def read_address_query(query: str) -> AddressQuery:
    """Return what a query string asks for; what isn't known is left aside."""
    try:
        pairs = parse_qsl(query, max_num_fields=100)
    except ValueError:
        return AddressQuery()
    given = {name: value.strip()[:TEXT_LIMIT] for name, value in pairs if name in ADDRESS_PARAMS}
    if given.get("sort", "").removeprefix("-") not in ORDERS:
        given.pop("sort", None)
    return AddressQuery(**given)


def sort_views(views: Iterable[PoolView], sort: str) -> list[PoolView]:
    """Return the pools in an order; those that are equal in it by subnet."""
    by_subnet = sorted(views, key=lambda view: (view.use.subnet.version, int(view.use.subnet.network_address), view.position))
    key = sort.removeprefix("-")
    if key == "subnet":
        return by_subnet[::-1] if sort.startswith("-") else by_subnet
    if key == "network":
        return ordered(by_subnet, lambda view: natural(view.network.name), descending=sort.startswith("-"))
    return ordered(by_subnet, lambda view: view.use.counts.get(State.IN_USE, 0), descending=sort.startswith("-"))


def find(asked: AddressQuery, views: Sequence[PoolView]) -> AddressSearch:
    """Return where the page stands: a search goes before an address, that before a block, that before a pool."""
    address = parse_any(asked.q) or parse_any(asked.address)
    if asked.q and parse_any(asked.q) is None:
        matches = _matches(asked.q, views)
        if not matches:
            return _stand(asked, views, None, is_missing=True)
        first = matches[0]
        picked = first.view.use.address(first.number) if first.number is not None and len(matches) == 1 else None
        return _at(first.view, picked, "", matches if len(matches) > 1 else ())
    return _stand(asked, views, address, is_missing=address is not None and not _holders(address, views))


def parse_any(text: str) -> IPAddress | None:
    """Return the address that a text is, its zone left off; None where it is none."""
    return to_address(text.partition("%")[0])


def _stand(asked: AddressQuery, views: Sequence[PoolView], address: IPAddress | None, *, is_missing: bool) -> AddressSearch:
    named = next((view for view in views if view.key == asked.pool), None)
    if named is None and asked.pool:
        named = next((view for view in views if view.key.partition("@")[0] == asked.pool.partition("@")[0]), None)
    holders = _holders(address, views) if address is not None else []
    # One that was searched for leads to its pool, whichever was shown before.
    if holders and (named is None or named not in holders):
        named = holders[0]
    if named is None:
        by_subnet = sort_views(views, "subnet")
        named = next((view for view in by_subnet if view.use.counts.get(State.IN_USE)), by_subnet[0] if by_subnet else None)
    found = _at(named, address, asked.block, ()) if named is not None else AddressSearch(address=address)
    return AddressSearch(found.view, found.block, address, is_missing=is_missing)


def _holders(address: IPAddress, views: Sequence[PoolView]) -> list[PoolView]:
    """Return the pools that the address is of: where somebody has it first, then the smallest."""
    number = int(address)
    having = [view for view in views if view.use.subnet.version == address.version and view.use.holds(number)]
    return sorted(having, key=lambda view: (number not in view.use.cells, -view.use.subnet.prefixlen))


def _at(view: PoolView, address: IPAddress | None, block: str, matches: tuple[Match, ...]) -> AddressSearch:
    use = view.use
    chosen = parse_any(block.partition("/")[0])
    for wanted in (chosen, address):
        if wanted is not None and wanted.version == use.subnet.version and use.holds(int(wanted)):
            return AddressSearch(view, block_of(use, int(wanted)), address, matches)
    return AddressSearch(view, first_shown(use, next_number=view.next_number), address, matches)


def _matches(typed: str, views: Sequence[PoolView]) -> tuple[Match, ...]:
    """Return what a name or an id finds: whole names before parts of them, containers before networks."""
    word = typed.casefold()
    ranked: list[tuple[int, str, Match]] = []
    for view in views:
        if (rank := _rank(word, view.network.name, view.network.docker_id)) is not None and view.position == 0:
            ranked.append((rank * 2 + 1, view.network.name, Match(view)))
        for number, cell in view.use.cells.items():
            for claim in (each for each in (cell.claim, *cell.others) if each and each.network_id == view.network.docker_id):
                if (rank := _rank(word, claim.container_name, claim.container_id)) is not None:
                    ranked.append((rank * 2, claim.container_name, Match(view, number, claim.container_name)))
    ranked.sort(key=lambda each: (each[0], natural(each[1])))
    best = [match for rank, _name, match in ranked if rank < 2] or [match for _rank_, _name, match in ranked]
    return tuple(best[:MOST_FOUND])


def _rank(word: str, name: str, docker_id: str) -> int | None:
    """Return how well a thing fits what was typed: 0 by its whole name or its id, 1 by a part of its name, None not at all."""
    folded = name.casefold()
    if folded == word or (len(word) >= ID_LENGTH and docker_id.startswith(word)):
        return 0
    return 1 if word in folded else None
