"""A follower holds nothing of containers that are gone: what it knows is as large as the Engine, not as its past."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterable
from types import FunctionType, ModuleType

import pytest

from networks.engine.calls import Profile
from networks.engine.specs import ConnectSpec, ContainerSpec, DisconnectSpec, NetworkSpec
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.inbox import Inbox, Letters
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconcile import Reconciler
from networks.sync.snapshot.journal import Journal
from networks.sync.snapshot.writer import Snapshot
from tests.fake_engine import FakeEngine
from tests.private_engine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, A_ROUND_S = 20, 30.0
# Notes are kept for two minutes, four at most; what is older may be nowhere.
KEPT_ROUNDS = 9


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let time pass at will: what is added to the list is how much later it is."""
    skipped = [0.0]
    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + sum(skipped))
    return skipped


def test_it_holds_nothing_of_containers_that_are_gone(hurry: list[float]) -> None:
    world = FakeEngine()
    front = world.client(Profile.NETWORK).create_network(NetworkSpec("front"))
    inbox = Inbox()
    inspectors = Inspectors("local", lambda: world.client(Profile.READ), inbox)
    inspectors.start()
    snapshot = Snapshot(ensure_local_engine("unix:///nowhere").pk)
    reconciler = Reconciler(world.client(Profile.READ), snapshot, snapshot.load(), Journal("local"), inspectors)
    reconciler.resync()
    told = len(world.history)

    def follow() -> None:
        nonlocal told
        events, told = world.history[told:], len(world.history)
        reconciler.absorb(Letters(events=events))
        wait_until(inspectors.is_idle, "the inspects")
        reconciler.absorb(inbox.take(0))

    gone = []
    world.client(Profile.RUN).pull_image("busybox", "1")
    for number in range(ROUNDS):
        container = world.client(Profile.RUN).run_container(ContainerSpec(f"web-{number}", "busybox:1", "bridge"))
        follow()
        world.client(Profile.NETWORK).connect_container(ConnectSpec(front, container))
        follow()
        reconciler.resync()
        reconciler.resync()  # the list and memory agree
        world.client(Profile.NETWORK).disconnect_container(DisconnectSpec(front, container))
        follow()
        world.remove_container(container)
        follow()
        gone.append(container)
        hurry.append(A_ROUND_S)
    reconciler.resync()
    inspectors.stop()

    assert reconciler.memory.containers == {}
    held = mentions(reconciler, gone)
    assert held.keys() & set(gone[: ROUNDS - KEPT_ROUNDS]) == set(), held


def mentions(root: object, ids: Iterable[str]) -> Counter[str]:
    """Count what an object holds of these ids, however deep; but not the Engine, nor the journal of the last 512 events."""
    found: Counter[str] = Counter()
    wanted, seen, waiting = set(ids), set(), [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.update(wanted & {one})
        elif id(one) not in seen and not isinstance(one, (type, ModuleType, FunctionType, FakeEngine, Journal)):
            seen.add(id(one))
            waiting.extend(gc.get_referents(one))
    return found
