"""A follower holds nothing of containers that are gone: what it knows is as large as the Engine, not as its past."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterable
from types import FunctionType, ModuleType

import pytest

from networks.engine.facts import ContainerFact, EndpointFact, EventFact, NetworkFact
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.inbox import Inbox, Letters
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconciler import Reconciler
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.writer import Snapshot
from tests.builders import make_id
from tests.fake_engine import FakeEngine
from tests.private_engine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, A_ROUND_S = 20, 30.0
# Notes are kept for two minutes, four at most; what is older may be nowhere.
KEPT_ROUNDS = 9
FRONT, BRIDGE = (NetworkFact(make_id(name), name, "bridge", "local", None) for name in ("front", "bridge"))


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let time pass at will: what is added to the list is how much later it is."""
    skipped = [0.0]
    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + sum(skipped))
    return skipped


def test_it_holds_nothing_of_containers_that_are_gone(hurry: list[float]) -> None:
    world, inbox = FakeEngine(), Inbox()
    world.have(BRIDGE, FRONT)
    inspectors = Inspectors("local", lambda: world, inbox)
    inspectors.start()
    snapshot = Snapshot(ensure_local_engine("unix:///nowhere").pk)
    reconciler = Reconciler(world, snapshot, snapshot.load(), EventJournal("local"), inspectors)
    reconciler.resync()

    def follow(*events: EventFact) -> None:
        reconciler.absorb(Letters(events=events))
        wait_until(inspectors.is_idle, "the inspects")
        reconciler.absorb(inbox.take(0))

    gone = []
    for number in range(ROUNDS):
        web = running(f"web-{number}", BRIDGE)
        world.have(web)
        follow(of_network("connect", BRIDGE, web), of_container("start", web))
        world.have(running(web.name, BRIDGE, FRONT))
        follow(of_network("connect", FRONT, web))
        reconciler.resync()
        reconciler.resync()  # the list and memory agree
        world.have(web)
        follow(of_network("disconnect", FRONT, web))
        del world.containers[web.docker_id]
        follow(of_network("disconnect", BRIDGE, web), of_container("die", web), of_container("destroy", web))
        gone.append(web.docker_id)
        hurry.append(A_ROUND_S)
    reconciler.resync()
    inspectors.stop()

    assert reconciler.memory.containers == {}
    held = mentions(reconciler, gone)
    assert held.keys() & set(gone[: ROUNDS - KEPT_ROUNDS]) == set(), held


def running(name: str, *networks: NetworkFact) -> ContainerFact:
    points = (EndpointFact(each.name, each.docker_id, make_id(f"{name} {each.name}"), has_detail=True) for each in networks)
    return ContainerFact(
        make_id(name), name, "busybox:1", "", "sh", "running", None, "bridge", tuple(points), pid=1, has_detail=True
    )


def of_network(verb: str, network: NetworkFact, container: ContainerFact) -> EventFact:
    return EventFact("network", verb, network.docker_id, network.name, time.time_ns(), {"container": container.docker_id})


def of_container(verb: str, container: ContainerFact) -> EventFact:
    return EventFact("container", verb, container.docker_id, container.name, time.time_ns(), {"name": container.name})


def mentions(root: object, ids: Iterable[str]) -> Counter[str]:
    """Count what an object holds of these ids, however deep; but not the Engine, nor the journal of the last 512 events."""
    found: Counter[str] = Counter()
    wanted, seen, waiting = set(ids), set(), [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.update(wanted & {one})
        elif id(one) not in seen and not isinstance(one, (type, ModuleType, FunctionType, FakeEngine, EventJournal)):
            seen.add(id(one))
            waiting.extend(gc.get_referents(one))
            waiting.extend(one if isinstance(one, dict) else ())  # of which the collector passes over keys that are text
    return found
