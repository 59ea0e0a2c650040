"""Filters and orders of the lists, read from a query string: what isn't known is left aside, never an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from networks.addressing.reading import IPAddress, to_address, to_subnet
from networks.engine.states import container_group
from networks.queries.lifecycle.stacks import stack_of
from networks.queries.ordering import address_order, natural, ordered, subnet_order
from networks.queries.rows import ContainerRow, NetworkRow

Row = TypeVar("Row", NetworkRow, ContainerRow)

TEXT_LIMIT = 200  # of what may be typed into a filter
USES = ("used", "unused")
MODES = ("bridge", "network", "container", "host", "none")

NETWORK_ORDERS: Mapping[str, Callable[[NetworkRow], Any]] = {
    "name": lambda row: natural(row.name),
    "driver": lambda row: natural(row.driver),
    "scope": lambda row: natural(row.scope),
    "subnet": lambda row: subnet_order(row.pools[0].subnet) if row.pools else None,
    "used": lambda row: row.used,
    "containers": lambda row: row.running + row.paused + row.stopped + row.failed,
    "created": lambda row: _as_number(row.created_at),
}
CONTAINER_ORDERS: Mapping[str, Callable[[ContainerRow], Any]] = {
    "name": lambda row: natural(row.name),
    "image": lambda row: natural(row.image),
    "state": lambda row: (row.state, row.exit_code or 0),
    "created": lambda row: _as_number(row.created_at),
    "mode": lambda row: (MODES.index(stack_of(row).kind), natural(row.network_mode)),
    "address": lambda row: next((order for each in row.addresses if (order := address_order(each.ipv4))), None),
}
NETWORK_PARAMS = ("q", "driver", "scope", "project", "use", "sort")
GROUP = "all-"  # before a group, where a state is asked for
CONTAINER_PARAMS = ("q", "state", "network", "project", "mode", "sort")


def _as_number(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


@dataclass(frozen=True, slots=True)
class NetworkFilter:
    """What is asked of the list of networks; "" is any. `use`: one of USES. `sort`: one of NETWORK_ORDERS, "-" for descending."""

    q: str = ""
    driver: str = ""
    scope: str = ""
    project: str = ""
    use: str = ""
    sort: str = "name"

    @property
    def is_active(self) -> bool:
        """Tell whether it may hide a row."""
        return bool(self.q or self.driver or self.scope or self.project or self.use)

    def is_met_by(self, row: NetworkRow) -> bool:
        """Tell whether the row is one of those asked for, `q` aside."""
        return (
            (not self.driver or row.driver == self.driver)
            and (not self.scope or row.scope == self.scope)
            and (not self.project or row.project == self.project)
            and (
                not self.use
                or (row.is_unused if self.use == "unused" else bool(row.running + row.paused + row.stopped + row.failed))
            )
        )

    def pick(self, rows: Iterable[NetworkRow]) -> list[NetworkRow]:
        """Return the rows asked for, in the order asked for; `rows` come by name."""
        if self.is_active:
            address = to_address(self.q)
            rows = [row for row in rows if self.is_met_by(row) and (is_found(row, self.q) or _has_pool_of(row, address))]
        return sort_rows(rows, NETWORK_ORDERS, self.sort)


@dataclass(frozen=True, slots=True)
class ContainerFilter:
    """What is asked of the list of containers; "" is any. `state`: Docker's, or "all-" and what one counts as (container_group).

    `network`: a name. `mode`: one of MODES, of the stack that it has.
    """

    q: str = ""
    state: str = ""
    network: str = ""
    project: str = ""
    mode: str = ""
    sort: str = "name"

    @property
    def is_active(self) -> bool:
        """Tell whether it may hide a row."""
        return bool(self.q or self.state or self.network or self.project or self.mode)

    def is_met_by(self, row: ContainerRow) -> bool:
        """Tell whether the row is one of those asked for, `q` aside."""
        return (
            (not self.state or _is_in_state(row, self.state))
            and (not self.network or any(address.network_name == self.network for address in row.addresses))
            and (not self.project or row.project == self.project)
            and (not self.mode or stack_of(row).kind == self.mode)
        )

    def pick(self, rows: Iterable[ContainerRow]) -> list[ContainerRow]:
        """Return the rows asked for, in the order asked for; `rows` come by name."""
        if self.is_active:
            rows = [row for row in rows if self.is_met_by(row) and is_found(row, self.q)]
        return sort_rows(rows, CONTAINER_ORDERS, self.sort)


def read_network_filter(query: str) -> NetworkFilter:
    """Return the filter of a query string; a sort or use that isn't known counts as not given."""
    given = _given(query, NETWORK_PARAMS, NETWORK_ORDERS)
    if given.get("use") not in USES:
        given.pop("use", None)
    return NetworkFilter(**given)


def read_container_filter(query: str) -> ContainerFilter:
    """Return the filter of a query string; a sort or mode that isn't known counts as not given."""
    given = _given(query, CONTAINER_PARAMS, CONTAINER_ORDERS)
    if given.get("mode") not in MODES:
        given.pop("mode", None)
    return ContainerFilter(**given)


def _given(query: str, params: Iterable[str], orders: Mapping[str, object]) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, max_num_fields=100)
    except ValueError:
        return {}
    given = {name: value.strip()[:TEXT_LIMIT] for name, value in pairs if name in params}
    if given.get("sort", "").removeprefix("-") not in orders:
        given.pop("sort", None)
    return given


def is_found(row: Row, typed: str) -> bool:
    """Tell whether every word that was typed is in the row's text, or begins its id."""
    return not typed or all(word in row.search or row.docker_id.startswith(word) for word in typed.casefold().split())


def sort_rows(rows: Iterable[Row], orders: Mapping[str, Callable[[Row], Any]], sort: str) -> list[Row]:
    """Return the rows, which come by name, in an order; those that are equal in it by name."""
    if sort == "name":
        return list(rows)
    if sort == "-name":
        return list(rows)[::-1]
    return ordered(rows, orders[sort.removeprefix("-")], descending=sort.startswith("-"))


def _has_pool_of(row: NetworkRow, address: IPAddress | None) -> bool:
    """Tell whether a whole address was typed, and it belongs to one of the row's subnets."""
    return address is not None and any(address in (to_subnet(pool.subnet) or ()) for pool in row.pools)


def _is_in_state(row: ContainerRow, asked: str) -> bool:
    return row.state == asked or asked == f"{GROUP}{container_group(row.state, row.exit_code, row.ending)}"
