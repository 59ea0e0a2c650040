"""Whoever asks to see everything is answered when everything was seen, not before."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from networks.engine.calls import Profile
from networks.engine.specs import ConnectSpec, ContainerSpec, NetworkSpec
from networks.models import Endpoint
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.inbox import Inbox, Inspection, Letters, Look
from networks.sync.follow.inspectors import Inspectors
from networks.sync.follow.reconcile import Reconciler
from networks.sync.snapshot.journal import Journal
from networks.sync.snapshot.writer import Snapshot
from tests.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def world() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def inspectors(world: FakeEngine, inbox: Inbox) -> Iterator[Inspectors]:
    made = Inspectors("local", lambda: world.client(Profile.READ), inbox)
    yield made
    made.stop()


def test_it_answers_a_look_when_what_the_list_left_in_doubt_was_inspected(
    world: FakeEngine, inbox: Inbox, inspectors: Inspectors
) -> None:
    client = world.client(Profile.RUN)
    client.pull_image("busybox", "1")
    network = world.client(Profile.NETWORK).create_network(NetworkSpec("front"))
    container = client.run_container(ContainerSpec("old", "busybox:1", "bridge"))
    client.stop_container(container)
    engine = ensure_local_engine("unix:///nowhere")
    snapshot = Snapshot(engine.pk)
    reconciler = Reconciler(world.client(Profile.READ), snapshot, snapshot.load(), Journal("local"), inspectors)
    reconciler.resync()
    reconciler.absorb(Letters(inspections=[Inspection(container, time.monotonic(), client.inspect_container(container))]))
    world.client(Profile.NETWORK).connect_container(ConnectSpec(network, container))
    look = Look(())

    reconciler.absorb(Letters(looks=[look]))  # within the time in which a list isn't trusted after an inspect

    assert not look.seen.is_set()
    inspectors.start()
    deadline = time.monotonic() + 10
    while not look.seen.is_set() and time.monotonic() < deadline:
        reconciler.absorb(inbox.take(0.05))
    assert look.seen.is_set()
    assert Endpoint.objects.filter(network__docker_id=network, container__docker_id=container).exists()
