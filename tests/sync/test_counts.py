"""What an Engine of API 1.52 counts of its pools is written once, and again only where something besides endpoints changed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.engine.errors import TimedOut
from networks.engine.facts import ContainerFact, EndpointFact, EventFact, NetworkFact, PoolFact, SubnetCount
from networks.models import EngineStatus, Network, Pool
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.counts import Counts
from networks.sync.follow.inbox import Inbox, Letters
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconciler import Reconciler
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.writer import Snapshot
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db

SUBNET, BRIDGE_S = ip_network("10.20.0.0/24"), ip_network("172.17.0.0/16")
FRONT = NetworkFact(
    docker_id="f" * 64,
    name="front",
    driver="bridge",
    scope="local",
    created_at=None,
    pools=(PoolFact(SUBNET, ip_network("10.20.0.0/28"), ip_address("10.20.0.1"), {"router": ip_address("10.20.0.99")}),),
    counts={SUBNET: SubnetCount(4, 14)},  # network, gateway, broadcast address and router; the first two are of the range
)
BRIDGE = NetworkFact(
    docker_id="b" * 64,
    name="bridge",
    driver="bridge",
    scope="local",
    created_at=None,
    pools=(PoolFact(BRIDGE_S, gateway=ip_address("172.17.0.1")),),
    counts={BRIDGE_S: SubnetCount(3, 65533)},
)


@dataclass
class Following:
    """What a session does, step by step, without waiting until anything is calm."""

    world: FakeEngine
    snapshot: Snapshot
    reconciler: Reconciler
    counts: Counts

    def resync(self) -> None:
        """Read everything, and have counted what that changed."""
        self.reconciler.resync()
        self.counts.note(self.reconciler.take_stirred_networks())

    def count(self) -> int:
        """Let all counts come in; return how many revisions they made."""
        return sum(self.counts.step(self.reconciler.memory) for _ in range(2 * len(self.world.networks) + 1))

    def asked(self) -> int:
        """Return how often a network was inspected."""
        return self.world.asked["inspect_network"]


def make_world(api_version: str = "1.52") -> FakeEngine:
    world = FakeEngine(api_version)
    world.have(BRIDGE, FRONT)
    return world


def follow(world: FakeEngine, *, calm_s: float = 0) -> Following:
    snapshot = Snapshot(ensure_local_engine("unix:///nowhere").pk)
    inspectors = Inspectors("local", lambda: world, Inbox())  # never started
    reconciler = Reconciler(world, snapshot, snapshot.load(), EventJournal("local"), inspectors)
    following = Following(world, snapshot, reconciler, Counts(world, snapshot, calm_s=calm_s))
    reconciler.resync()
    reconciler.take_stirred_networks()
    following.counts.begin(world.negotiate(), reconciler.memory)
    return following


def on(network: NetworkFact, ipv4: str) -> EndpointFact:
    return EndpointFact(network.name, network.docker_id, "e" * 64, IPv4Address(ipv4), has_detail=True)


def running(name: str, *endpoints: EndpointFact) -> ContainerFact:
    docker_id = f"{name:0<64}".encode().hex()[:64]
    return ContainerFact(docker_id, name, "busybox:1", "", "sh", "running", None, "front", endpoints, has_detail=True)


def counting(in_use: int, available: int) -> NetworkFact:
    """Return the network, of which the Engine counts this."""
    return replace(FRONT, counts={SUBNET: SubnetCount(in_use, available)})


def stored() -> list[tuple[int | None, int | None]]:
    return list(Pool.objects.filter(network__name="front").values_list("besides", "besides_in_range"))


def test_it_writes_what_no_endpoint_explains_once() -> None:
    world = make_world()
    world.have(running("web", on(FRONT, "10.20.0.2")), counting(5, 13))
    following = follow(world)

    first = following.count()

    assert (first, stored()) == (2, [(4, 2)])
    world.have(running("db", on(FRONT, "10.20.0.3")), counting(6, 12))
    following.resync()
    asked = following.asked()
    assert following.count() == 0
    assert (following.asked(), stored()) == (asked + 1, [(4, 2)])


def test_it_gives_the_network_a_new_revision_when_something_hidden_comes() -> None:
    world = make_world()
    following = follow(world)
    following.count()
    before = following.snapshot.revision

    world.have(counting(7, 11))
    following.counts.note([FRONT.docker_id])

    assert following.count() == 1
    assert stored() == [(7, 5)]
    assert following.snapshot.revision == before + 1
    assert Network.objects.get(name="front").revision == EngineStatus.objects.get().revision == before + 1


def test_it_does_not_compare_while_anything_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    world, late = make_world(), running("late", on(BRIDGE, "172.17.0.2"))
    world.have(late)
    following = follow(world, calm_s=1)
    now += 1
    following.count()  # asks, and would compare a second later

    now += 0.5
    world.have(replace(late, endpoints=(*late.endpoints, on(FRONT, "10.20.0.2"))), counting(5, 13))
    connected = EventFact("network", "connect", FRONT.docker_id, "front", 1, {"container": late.docker_id})
    following.reconciler.absorb(Letters(events=[connected]))
    stirred = following.reconciler.take_stirred_networks()
    following.counts.note(stirred)
    now += 0.5
    following.count()

    assert FRONT.docker_id in stirred
    assert stored() == [(None, None)]
    for _ in range(2):
        now += 1
        following.count()
    assert stored() == [(4, 2)]


def test_it_asks_nothing_of_an_engine_that_does_not_count() -> None:
    world = make_world("1.51")
    following = follow(world)

    with CaptureQueriesContext(connection) as statements:
        assert following.count() == 0

    assert (following.asked(), len(statements), stored()) == (0, 0, [(None, None)])


def test_it_goes_on_when_one_count_fails() -> None:
    world = make_world()
    following = follow(world)
    world.next_error = TimedOut("too late")

    following.count()

    assert Pool.objects.filter(besides=None).count() == 1
