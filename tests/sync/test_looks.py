"""Whoever asks to see everything is answered when everything was seen, not before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from networks.engine.facts import ContainerFact, EndpointFact, NetworkFact
from networks.models import Endpoint
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.inbox import Inbox, Inspection, Letters, Look
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconciler import Reconciler
from networks.sync.snapshot.journal import EventJournal
from networks.sync.snapshot.writer import Snapshot
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db

FRONT = NetworkFact("f" * 64, "front", "bridge", "local", None)
OLD = ContainerFact("1" * 64, "old", "busybox:1", "", "sh", "exited", None, "bridge", has_detail=True)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def world() -> FakeEngine:
    made = FakeEngine()
    made.have(FRONT, OLD)
    return made


@pytest.fixture
def inspectors(world: FakeEngine, inbox: Inbox) -> Iterator[Inspectors]:
    made = Inspectors("local", lambda: world, inbox)
    yield made
    made.stop()


def test_it_answers_a_look_when_what_the_list_left_in_doubt_was_inspected(
    world: FakeEngine, inbox: Inbox, inspectors: Inspectors
) -> None:
    snapshot = Snapshot(ensure_local_engine("unix:///nowhere").pk)
    reconciler = Reconciler(world, snapshot, snapshot.load(), EventJournal("local"), inspectors)
    reconciler.resync()
    reconciler.absorb(Letters(inspections=[Inspection(OLD.docker_id, time.monotonic(), OLD)]))
    world.have(replace(OLD, endpoints=(EndpointFact("front", "", has_detail=True),)))
    look = Look(())

    reconciler.absorb(Letters(looks=[look]))  # within the time in which a list isn't trusted after an inspect

    assert not look.seen.is_set()
    inspectors.start()
    deadline = time.monotonic() + 10
    while not look.seen.is_set() and time.monotonic() < deadline:
        reconciler.absorb(inbox.take(0.05))
    assert look.seen.is_set()
    assert Endpoint.objects.filter(network__docker_id=FRONT.docker_id, container__docker_id=OLD.docker_id).exists()
