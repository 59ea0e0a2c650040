"""An Engine added up: how many of what, how much of its default pools is taken, and what is worth a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, ip_network

from networks.addressing.free_addresses import DOCKER_DEFAULT_POOLS
from networks.addressing.reading import to_subnet
from networks.engine.states import RUNNING_STATES, WITH_STACK, container_group
from networks.queries.containers import container_rows
from networks.queries.engines import read_engine_about
from networks.queries.lifecycle.stacks import stack_of
from networks.queries.networks import network_rows
from networks.queries.rows import ContainerRow, EngineRow, NetworkRow

# From here on a network runs out of addresses (the bar is red from here, too).
NEARLY_FULL = 0.95


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is worth a look.

    `kind`: failed, unhealthy, restarting (about a container), idle (only stopped containers use the network), full.
    `exit_code`, `ending` and `at`: of a failed container. `number`: stopped containers of an idle network, free addresses of a
    full one.
    """

    kind: str
    docker_id: str
    name: str
    exit_code: int | None = None
    at: datetime | None = None
    number: int = 0
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """An Engine added up. `drivers`: (name, networks), most first; `modes`: (kind of stack, living containers).

    `endpoints`: presences of containers on networks that hold an address now. `blocks`: of the default pools.
    """

    drivers: tuple[tuple[str, int], ...] = ()
    networks: int = 0
    own_networks: int = 0
    running: int = 0
    paused: int = 0
    stopped: int = 0
    failed: int = 0
    endpoints: int = 0
    modes: tuple[tuple[str, int], ...] = ()
    blocks_taken: int = 0
    blocks: int = 0
    remarks: tuple[Remark, ...] = ()

    @property
    def containers(self) -> int:
        """All containers, in whatever state."""
        return self.running + self.paused + self.stopped + self.failed

    @property
    def is_untouched(self) -> bool:
        """Tell whether nothing was made on this Engine yet."""
        return not self.own_networks and not self.containers


def read_totals(engine: EngineRow) -> Totals:
    """Return an Engine's totals. At most nine queries, three where nothing changed since the last time."""
    networks, containers = network_rows(engine), container_rows(engine)
    states = Counter(container_group(row.state, row.exit_code, row.ending) for row in containers)
    # One that restarts has no stack between its runs.
    alive = [row for row in containers if row.state in WITH_STACK]
    blocks_taken, blocks = count_blocks(_subnets(networks), read_engine_about(engine.slug).default_address_pools)
    return Totals(
        drivers=tuple(Counter(row.driver for row in networks).most_common()),
        networks=len(networks),
        own_networks=sum(not row.is_predefined for row in networks),
        running=states["running"],
        paused=states["paused"],
        stopped=states["stopped"],
        failed=states["failed"],
        endpoints=sum(bool(address.ipv4 or address.ipv6) for row in alive for address in row.addresses),
        modes=tuple(sorted(Counter(stack_of(row).kind for row in alive).items())),
        blocks_taken=blocks_taken,
        blocks=blocks,
        remarks=(*_about_containers(containers), *_about_networks(networks)),
    )


def count_blocks(subnets: Iterable[IPv4Network], default_pools: Sequence[tuple[str, int]] = ()) -> tuple[int, int]:
    """Return how many blocks of the default pools (else of Docker's own) these subnets touch, and how many there are."""
    taken = list(subnets)
    touched = total = 0
    for base, size in default_pools or DOCKER_DEFAULT_POOLS:
        pool = ip_network(base, strict=False)
        if not isinstance(pool, IPv4Network) or size < pool.prefixlen:
            continue  # nobody counts the blocks of an IPv6 pool
        total += 2 ** (size - pool.prefixlen)
        touched += _count_touched(pool, 32 - size, [subnet for subnet in taken if subnet.overlaps(pool)])
    return touched, total


def _count_touched(pool: IPv4Network, shift: int, subnets: Iterable[IPv4Network]) -> int:
    """Return how many blocks of 2**shift addresses of a pool are touched: by spans of block numbers, never one by one."""
    first, last = int(pool.network_address), int(pool.broadcast_address)
    spans = sorted(
        (max(int(subnet.network_address), first) >> shift, min(int(subnet.broadcast_address), last) >> shift)
        for subnet in subnets
    )
    touched, end = 0, -1
    for start, stop in spans:
        touched += max(0, stop - max(start, end + 1) + 1)
        end = max(end, stop)
    return touched


def _subnets(networks: Iterable[NetworkRow]) -> list[IPv4Network]:
    """Return the IPv4 subnets that this Engine itself hands out; a swarm's are from pools of their own."""
    # A plugin's IPAM driver may say what it likes.
    read = (to_subnet(pool.subnet) for row in networks if row.scope == "local" for pool in row.pools)
    return [subnet for subnet in read if isinstance(subnet, IPv4Network)]


def _about_containers(rows: Iterable[ContainerRow]) -> list[Remark]:
    """Return what is worth a look among containers: those that live first, then the failed ones, newest first."""
    living, failed = [], []
    for row in rows:
        if row.state == "restarting":
            living.append(Remark("restarting", row.docker_id, row.name))
        elif row.state in RUNNING_STATES and row.health == "unhealthy":
            living.append(Remark("unhealthy", row.docker_id, row.name))
        elif container_group(row.state, row.exit_code, row.ending) == "failed":
            failed.append(Remark("failed", row.docker_id, row.name, row.exit_code, row.finished_at, ending=row.ending))
    failed.sort(key=lambda remark: remark.at.timestamp() if remark.at else 0.0, reverse=True)
    return [*living, *failed]


def _about_networks(rows: Iterable[NetworkRow]) -> list[Remark]:
    """Return what is worth a look among networks: used up ones, then those that hang by stopped containers alone.

    Where others may be whom this Engine's containers don't tell of, nobody knows that."""
    full, idle = [], []
    for row in rows:
        if row.capacity and row.used is not None and row.used >= row.capacity * NEARLY_FULL:
            full.append(Remark("full", row.docker_id, row.name, number=max(0, row.capacity - row.used)))
        asleep = row.stopped + row.failed
        if asleep and not row.running and not row.paused and not row.is_predefined and row.is_told:
            idle.append(Remark("idle", row.docker_id, row.name, number=asleep))
    return [*full, *idle]
