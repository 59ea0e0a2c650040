"""What an Engine of API 1.52 counts of its pools is written once, and again only where something besides endpoints changed."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_network

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.engine.calls import Profile
from networks.engine.errors import TimedOut
from networks.engine.specs import ConnectSpec, ContainerSpec, NetworkSpec, PoolSpec
from networks.models import EngineStatus, Network, Pool
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.counts import Counts
from networks.sync.follow.inbox import Inbox, Letters
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconcile import Reconciler
from networks.sync.snapshot.journal import Journal
from networks.sync.snapshot.writer import Snapshot
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db


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
        return sum(target.startswith("/networks/") for method, target in self.world.calls if method == "GET")


def follow(world: FakeEngine) -> Following:
    client = world.client(Profile.READ)
    snapshot = Snapshot(ensure_local_engine("unix:///nowhere").pk)
    inspectors = Inspectors("local", lambda: client, Inbox())  # never started
    reconciler = Reconciler(client, snapshot, snapshot.load(), Journal("local"), inspectors)
    following = Following(world, snapshot, reconciler, Counts(client, snapshot, calm_s=0))
    reconciler.resync()
    reconciler.take_stirred_networks()
    following.counts.begin(client.negotiate(), reconciler.memory)
    return following


def front(world: FakeEngine) -> str:
    pools = (
        PoolSpec(
            ip_network("10.20.0.0/24"), ip_range=ip_network("10.20.0.0/28"), aux_addresses={"router": IPv4Address("10.20.0.99")}
        ),
    )
    return world.client(Profile.NETWORK).create_network(NetworkSpec("front", pools=pools))


def start(world: FakeEngine, name: str, network: str) -> str:
    client = world.client(Profile.RUN)
    client.pull_image("busybox", "1")
    return client.run_container(ContainerSpec(name, "busybox:1", network))


def stored() -> list[tuple[int | None, int | None]]:
    return list(Pool.objects.filter(network__name="front").values_list("besides", "besides_in_range"))


def test_it_writes_what_no_endpoint_explains_once() -> None:
    world = FakeEngine(api_version="1.52")
    front(world)
    start(world, "web", "front")
    following = follow(world)

    first = following.count()

    # network, gateway, broadcast address and router; the first two are of the range
    assert (first, stored()) == (len(world.networks) - 2, [(4, 2)])
    start(world, "db", "front")
    following.resync()
    asked = following.asked()
    assert following.count() == 0
    assert (following.asked(), stored()) == (asked + 1, [(4, 2)])


def test_it_gives_the_network_a_new_revision_when_something_hidden_comes() -> None:
    world = FakeEngine(api_version="1.52")
    network = front(world)
    following = follow(world)
    following.count()
    before = following.snapshot.revision

    world.hidden = 3
    following.counts.note([network])

    assert following.count() == 1
    assert stored() == [(7, 5)]
    assert following.snapshot.revision == before + 1
    assert Network.objects.get(docker_id=network).revision == EngineStatus.objects.get().revision == before + 1


def test_it_does_not_compare_while_anything_happens() -> None:
    world = FakeEngine(api_version="1.52")
    network = front(world)
    following = follow(world)
    following.count()
    container = start(world, "late", "bridge")
    following.resync()
    following.count()

    following.counts.note([network])
    following.counts.step(following.reconciler.memory)  # reads the count
    world.client(Profile.NETWORK).connect_container(ConnectSpec(network, container))
    following.reconciler.absorb(Letters(events=world.history[-1:]))
    stirred = following.reconciler.take_stirred_networks()
    following.counts.note(stirred)

    assert network in stirred
    following.resync()
    assert following.count() == 0
    assert stored() == [(4, 2)]


def test_it_asks_nothing_of_an_engine_that_does_not_count() -> None:
    world = FakeEngine(api_version="1.51")
    front(world)
    following = follow(world)

    with CaptureQueriesContext(connection) as statements:
        assert following.count() == 0

    assert (following.asked(), len(statements), stored()) == (0, 0, [(None, None)])


def test_it_goes_on_when_one_count_fails() -> None:
    world = FakeEngine(api_version="1.52")
    front(world)
    following = follow(world)
    world.next_error = TimedOut("too late")

    following.count()

    assert Pool.objects.filter(besides=None).count() == 1
