"""Containers that share another's network, below that one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from networks.queries.rows import ContainerRow


def nest_guests(rows: Iterable[ContainerRow]) -> list[ContainerRow]:
    """Return the rows in their order, but those that share another's network right after that one, where it is among them.

    A guest may lend what it shares: its own guests follow it.
    """
    ordered = list(rows)
    there = {row.docker_id for row in ordered}
    guests: defaultdict[str, list[ContainerRow]] = defaultdict(list)
    for row in ordered:
        if row.donor_id in there:
            guests[row.donor_id].append(row)
    if not guests:
        return ordered
    nested: dict[str, ContainerRow] = {}
    roots = [row for row in ordered if row.donor_id not in there]
    for root in (*roots, *ordered):  # Docker makes no circle; what an Engine may claim comes last
        following = [root]
        while following:
            row = following.pop()
            if row.docker_id not in nested:
                nested[row.docker_id] = row
                following += reversed(guests.get(row.docker_id, ()))
    return list(nested.values())
