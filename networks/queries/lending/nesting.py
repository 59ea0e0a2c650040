"""Containers that share another's network, below that one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from networks.queries.rows import ContainerRow


def nest_guests(rows: Iterable[ContainerRow]) -> list[ContainerRow]:
    """Return the rows in their order, but those that share another's network right after that one, where it is among them."""
    ordered = list(rows)
    there = {row.docker_id for row in ordered}
    guests: defaultdict[str, list[ContainerRow]] = defaultdict(list)
    for row in ordered:
        if row.donor_id in there:
            guests[row.donor_id].append(row)
    if not guests:
        return ordered
    return [each for row in ordered if row.donor_id not in there for each in _with_guests(row, guests)]


def _with_guests(row: ContainerRow, guests: Mapping[str, list[ContainerRow]]) -> Iterator[ContainerRow]:
    """Yield a container, then its guests, each with its own: a guest may lend what it shares."""
    yield row
    for guest in guests.get(row.docker_id, ()):
        yield from _with_guests(guest, guests)
