"""The Engine's own count of each pool (API 1.52 on): asked for quietly, a while after anything changed there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import structlog

from networks.addressing.blocks import Besides, besides
from networks.addressing.capacity import span
from networks.addressing.reading import IPNetwork
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.facts import NetworkFact, SubnetCount
from networks.sync.snapshot.memory import Memory, resolve
from networks.sync.snapshot.writer import Snapshot

log = structlog.get_logger(__name__)

SINCE = (1, 52)
# The count and what memory holds are of one moment only where nothing happens for a while, before and after the count.
CALM_S = 1.0
MOST_HELD = 2**31 - 1  # what an integer column takes


@dataclass(frozen=True, slots=True)
class _Read:
    counts: Mapping[IPNetwork, SubnetCount]
    settles_at: float


class Counts:
    """One connection's counts. Used by the worker's thread alone.

    What is written is what endpoints don't explain, which stays the same whoever comes or goes: as a rule each network is written
    once, however often it is counted.
    """

    def __init__(self, client: EngineClient, snapshot: Snapshot, *, calm_s: float = CALM_S) -> None:
        self._client = client
        self._snapshot = snapshot
        self._calm_s = calm_s
        self._due: dict[str, float] = {}
        self._read: dict[str, _Read] = {}
        self._is_on = False

    def begin(self, api_version: str, memory: Memory) -> None:
        """Count every network, if this Engine counts."""
        numbers = tuple(int(part) for part in api_version.split(".") if part.isascii() and part.isdigit())
        self._is_on = numbers >= SINCE
        self.note(memory.networks)

    def note(self, network_ids: Iterable[str]) -> None:
        """Count these networks anew, once nothing has happened to them for a while."""
        if self._is_on:
            for network_id in network_ids:
                self._read.pop(network_id, None)
                self._due[network_id] = time.monotonic() + self._calm_s

    def next_due_s(self) -> float:
        """Return in how many seconds there is something to ask or to write; large when there isn't."""
        due = min([*self._due.values(), *(read.settles_at for read in self._read.values())], default=float("inf"))
        return max(0.0, due - time.monotonic())

    def step(self, memory: Memory) -> bool:
        """Ask for one count that is due, and write those that have settled. Returns whether there is a new revision."""
        now = time.monotonic()
        due = next((network_id for network_id, at in self._due.items() if at <= now), None)
        if due is not None:
            del self._due[due]
            self._ask(due, memory)
        settled = [network_id for network_id, read in self._read.items() if read.settles_at <= now]
        found = {network_id: _compare(memory, network_id, self._read.pop(network_id).counts) for network_id in settled}
        return self._snapshot.write_counts({network_id: pools for network_id, pools in found.items() if pools})

    def _ask(self, network_id: str, memory: Memory) -> None:
        known = memory.networks.get(network_id)
        if known is None or not known.pools:
            return
        try:
            counts = self._client.inspect_network(network_id).counts
        except EngineError as error:  # whether the Engine is gone is found out elsewhere
            log.debug("count_failed", network_id=network_id, error=error.sentence)
            return
        if counts is not None:
            self._read[network_id] = _Read(counts, time.monotonic() + self._calm_s)


def _compare(memory: Memory, network_id: str, counts: Mapping[IPNetwork, SubnetCount]) -> dict[int, Besides]:
    """Return, by position, what the Engine has taken of a network's pools besides the addresses that memory knows of."""
    network = memory.networks.get(network_id)
    if network is None:
        return {}
    found = {}
    for position, pool in enumerate(network.pools):
        count = counts.get(pool.subnet)
        if count is not None:
            first, last = span(pool.subnet, pool.ip_range)
            held = _held(memory, network, pool.subnet)
            taken = besides(first, last, held, in_use=count.in_use, available=count.available)
            if all(abs(number) <= MOST_HELD for number in (taken.in_all, taken.in_range or 0)):
                found[position] = taken
    return found


def _held(memory: Memory, network: NetworkFact, subnet: IPNetwork) -> set[int]:
    """Return the addresses of a subnet that endpoints have, those of other networks that take from the same book included."""
    names = memory.network_names()
    book = {
        docker_id
        for docker_id, fact in memory.networks.items()
        if (fact.scope, fact.ipam_driver) == (network.scope, network.ipam_driver)
    }
    return {
        int(address)
        for container in memory.containers.values()
        for endpoint in container.endpoints
        for address in (endpoint.ipv4, endpoint.ipv6)
        if address is not None
        and address.version == subnet.version
        and address in subnet
        and resolve(endpoint, memory.networks, names) in book
    }
