"""A node that left a real swarm: it stays in the list as down, and is taken out of it by the pages."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from networks.actions.actors import Actor
from networks.actions.swarm import init_swarm, join_swarm, remove_node
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import NotFound, Refused
from networks.engine.specs import InitSpec, JoinSpec
from networks.models import Action, Engine, Outcome, OutcomeKind
from networks.queries.swarm import read_standings
from networks.sync.requests import request_sync
from tests.private_engine import wait_until
from tests.swarm.test_two_engines import admin, engines
from tests.swarm_pair import SwarmPair

__all__ = ["admin", "engines"]


@pytest.fixture
def worker_id(swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Actor) -> str:
    """Have the first Engine begin a swarm and the second one join it; return the second's node id."""
    assert init_swarm(admin, engines[0], InitSpec("192.0.2.1")).is_ok
    token = swarm_pair.first.cli("swarm", "join-token", "-q", "worker")
    assert join_swarm(admin, engines[1], JoinSpec(("192.0.2.1:2377",), token, "192.0.2.2")).is_ok
    return swarm_pair.second.cli("info", "-f", "{{.Swarm.NodeID}}")


def state_of(node_id: str) -> str:
    """Return a node's state as the first Engine has it now, "" for one that is not in its list."""
    request_sync("first")
    return next((node.state for node in read_standings(["first"])["first"].nodes if node.node_id == node_id), "")


def test_it_removes_a_node_that_left(swarm_pair: SwarmPair, engines: tuple[Engine, Engine], worker_id: str) -> None:
    browser = Client()
    browser.force_login(User.objects.get(username="ada"))
    address = reverse("engine_swarm_node_remove", args=["first", worker_id])
    wait_until(lambda: state_of(worker_id) == "ready", "the worker", interval_s=0.2)
    hostname = next(node.hostname for node in read_standings(["first"])["first"].nodes if node.node_id == worker_id)

    too_early = browser.post(address, {"typed_name": hostname})
    swarm_pair.second.cli("swarm", "leave")
    wait_until(lambda: state_of(worker_id) == "down", "the node to be down", deadline_s=30, interval_s=0.2)
    mistyped = browser.post(address, {"typed_name": "x"})
    removed = browser.post(address, {"typed_name": hostname})

    assert too_early.status_code == 409
    assert "The node is not down: Docker refuses to remove it" in too_early.content.decode()
    assert mistyped.status_code == 422
    assert (removed.status_code, removed.headers.get("Location")) == (302, reverse("engine_swarm", args=["first"]))
    assert state_of(worker_id) == ""
    assert swarm_pair.first.cli("node", "ls", "-q") == swarm_pair.first.cli("info", "-f", "{{.Swarm.NodeID}}")
    action = Action.objects.get(verb="remove_node")
    assert (action.what, action.command) == (hostname, f"docker node rm {worker_id}")
    assert Outcome.objects.get(action_id=action.pk).kind == OutcomeKind.OK
    assert "The swarm's list has no such node" in browser.get(address).content.decode()


def test_it_explains_what_docker_refuses(engines: tuple[Engine, Engine], admin: Actor, worker_id: str) -> None:
    first, _second = engines
    own = read_standings(["first"])["first"].node_id

    back = remove_node(admin, first, worker_id, hostname="w")
    manager = remove_node(admin, first, own, hostname="m")
    gone = remove_node(admin, first, "n" * 25, hostname="g")

    assert [result.kind for result in (back, manager, gone)] == [OutcomeKind.REFUSED] * 3
    assert "is not down and can't be removed" in back.sentence
    assert "must be demoted to worker before removal" in manager.sentence
    assert "not found" in gone.sentence


def test_it_raises_what_the_engine_says(swarm_pair: SwarmPair, worker_id: str) -> None:
    with closing(EngineClient(swarm_pair.first.url, Profile.SWARM)) as client:
        with pytest.raises(Refused, match="is not down"):
            client.remove_node(worker_id)
        with pytest.raises(NotFound):
            client.remove_node("n" * 25)
