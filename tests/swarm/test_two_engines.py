"""Two real Engines become a swarm, share an overlay network and part again: by the client, and by what people do here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from networks.actions.actors import Actor
from networks.actions.jobs.job_run import JobRun
from networks.actions.jobs.starting import start_joining
from networks.actions.swarm import KnownSwarm, init_swarm, join_swarm, leave_swarm, read_join_token
from networks.addressing.address_states import State
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.specs import InitSpec, JoinSpec, LeaveSpec, NetworkSpec
from networks.hostnet.linux.opening import open_host
from networks.models import Action, Engine, EngineStatus, Grant, JobStep, OutcomeKind, Role
from networks.partials.addresses.network import overlay_views
from networks.queries.engines import read_engine
from networks.queries.overlay_peers import read_overlay
from networks.queries.swarm import read_standings
from networks.sync.follow.follower import Follower
from networks.sync.once import look_once
from networks.sync.requests import request_sync
from networks.sync.supervisor import followers
from tests.private_engine import wait_until
from tests.swarm_pair import SwarmPair

POOL = ip_network("10.77.0.0/16")


@pytest.fixture
def engines(swarm_pair: SwarmPair, transactional_db: None, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Follow both Engines in this process."""
    rows = []
    for slug, engine in zip(("first", "second"), swarm_pair.engines, strict=True):
        row = Engine.objects.create(slug=slug, name=slug.title(), url=engine.url)
        folder = tmp_path / slug
        folder.mkdir()
        followers[slug] = Follower(row, folder)
        followers[slug].start()
        rows.append(row)
    wait_until(lambda: EngineStatus.objects.filter(state="live").count() == 2, "live")
    yield rows[0], rows[1]
    for row in rows:
        followers.pop(row.slug).stop()
    connections.close_all()


@pytest.fixture
def admin(engines: tuple[Engine, Engine]) -> Actor:
    """Make a person who may shape both."""
    person = get_user_model().objects.create_user("ada", password="x")
    for engine in engines:
        Grant.objects.create(user=person, engine=engine, role=Role.ADMIN)
    return Actor("ada", person.pk, "127.0.0.1")


def test_it_carries_an_overlay_network_between_two_engines(swarm_pair: SwarmPair) -> None:
    first, second = (EngineClient(engine.url, Profile.SWARM) for engine in swarm_pair.engines)
    with closing(first), closing(second), closing(EngineClient(swarm_pair.first.url, Profile.NETWORK)) as networks:
        node_id = first.init_swarm(InitSpec("192.0.2.1", pools=(POOL,), subnet_size=26))
        second.join_swarm(JoinSpec(("192.0.2.1:2377",), first.read_join_tokens().worker, "192.0.2.2"))
        wait_until(lambda: len(first.list_nodes()) == 2, "both nodes")
        network_id = networks.create_network(NetworkSpec("across", "overlay", is_attachable=True))
        swarm_pair.first.run("near", "--network", "across")
        swarm_pair.second.run("far", "--network", "across")

        swarm_pair.first.cli("exec", "near", "ping", "-c", "1", "-W", "5", "far")
        swarm_pair.second.cli("exec", "far", "ping", "-c", "1", "-W", "5", "near")

        told = first.info().swarm
        assert (told.node_id, told.state, told.pools, told.subnet_size) == (node_id, "active", ("10.77.0.0/16",), 26)
        assert {(node.role, node.address, node.state) for node in first.list_nodes()} == {
            ("manager", "192.0.2.1", "ready"),
            ("worker", "192.0.2.2", "ready"),
        }
        wait_until(lambda: len(first.inspect_network(network_id).peers) == 2, "both peers")
        assert [peer.address for peer in second.inspect_network(network_id).peers] == ["192.0.2.1", "192.0.2.2"]
        second.leave_swarm(LeaveSpec())
        first.leave_swarm(LeaveSpec(is_forced=True))
        assert not first.info().swarm.is_member


def test_it_shows_one_network_as_both_see_it(swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Actor) -> None:
    first, second = engines

    assert init_swarm(admin, first, InitSpec("192.0.2.1")).is_ok
    job = start_joining(admin, second, KnownSwarm(first, advertise_address="192.0.2.2"), "key")
    JobRun(second, job).run()

    assert JobStep.objects.get().state == "done", JobStep.objects.get().sentence
    wait_until(lambda: len(read_standings(["first"])["first"].nodes) == 2 or (request_sync("first") and False), "both nodes")
    wait_until(lambda: read_standings(["second"])["second"].is_member or (request_sync("second") and False), "the worker")
    with closing(EngineClient(swarm_pair.first.url, Profile.NETWORK)) as networks:
        network_id = networks.create_network(NetworkSpec("across", "overlay", is_attachable=True))
    request_sync("first")
    request_sync("second")
    standings = read_standings(["first", "second"])
    before = read_overlay("first", network_id, standings)
    assert before is not None
    assert [(part.standing.place.slug, part.sees) for part in before.parts] == [("first", True), ("second", False)]

    swarm_pair.first.run("near", "--network", "across")
    swarm_pair.second.run("far", "--network", "across")

    def both() -> bool:
        request_sync("first")
        request_sync("second")
        found = read_overlay("first", network_id, read_standings(["first", "second"]))
        return (
            found is not None and len(found.endpoints) == 2 and len(found.peers) == 2 and all(part.sees for part in found.parts)
        )

    wait_until(both, "both endpoints and peers", deadline_s=15)
    found = read_overlay("second", network_id, read_standings(["first", "second"]))
    assert found is not None
    assert {(part.node.address if part.node else "", point.container_name) for part, point in found.endpoints} == {
        ("192.0.2.1", "near"),
        ("192.0.2.2", "far"),
    }
    assert found.vxlan_ids
    assert {peer.node.place.slug for peer in found.peers if peer.node and peer.node.place} == {"first", "second"}
    here, there = read_engine("first"), read_engine("second")
    assert here is not None
    assert there is not None
    (view,), _sharers = overlay_views(here, network_id, [there])
    taken = {cell.claim.container_name for cell in view.use.cells.values() if cell.claim and cell.state is State.IN_USE}
    assert taken == {"near", f"far · {second.name}"}
    only_one = read_overlay("first", network_id, read_standings(["first"]))
    assert only_one is not None
    assert [endpoint.container_name for _part, endpoint in only_one.endpoints] == ["near"]
    assert [node.address for node in only_one.unseen] == ["192.0.2.2"]


def test_it_shows_a_token_once_and_leaves(
    swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = engines
    assert init_swarm(admin, first, InitSpec("192.0.2.1")).is_ok
    token = swarm_pair.first.cli("swarm", "join-token", "-q", "worker")
    result, shown = read_join_token(admin, first, "worker")
    assert (result.kind, shown) == (OutcomeKind.OK, token)
    written = [str(list(Action.objects.values())), str(list(JobStep.objects.values())), str(list(EngineStatus.objects.values()))]
    assert not [text for text in [*written, caplog.text] if token in text]

    assert join_swarm(admin, second, JoinSpec(("192.0.2.1:2377",), token, "192.0.2.2")).is_ok
    nodes = {slug: standing.node_id for slug, standing in read_standings(["first", "second"]).items()}
    assert leave_swarm(admin, second, nodes["first"], LeaveSpec()).kind is OutcomeKind.DENIED
    assert leave_swarm(admin, second, nodes["second"], LeaveSpec()).is_ok
    assert leave_swarm(admin, first, nodes["first"], LeaveSpec()).kind is OutcomeKind.REFUSED
    assert leave_swarm(admin, first, nodes["first"], LeaveSpec(is_forced=True)).is_ok
    assert [standing.role for standing in read_standings(["first", "second"]).values()] == ["", ""]


def test_it_asks_for_the_right_to_shape_both(engines: tuple[Engine, Engine], admin: Actor) -> None:
    first, second = engines
    assert init_swarm(admin, first, InitSpec("192.0.2.1")).is_ok
    job = start_joining(admin, second, KnownSwarm(first, advertise_address="192.0.2.2"), "key")
    Grant.objects.filter(engine=first).update(role=Role.OPERATOR)
    wait_until(lambda: [node.state for node in read_standings(["first"])["first"].nodes] == ["ready"], "its first node")

    JobRun(second, job).run()

    step = JobStep.objects.get()
    assert (step.state, step.sentence) == ("denied", "This needs the permission “shape” on First as well.")
    assert not read_standings(["second"])["second"].is_member
    wrong = join_swarm(admin, second, JoinSpec(("192.0.2.1:2377",), "SWMTKN-wrong", "192.0.2.2"))
    assert (wrong.kind, wrong.request) == (OutcomeKind.REFUSED, "POST /swarm/join")
    assert wrong.sentence == "invalid join token"


def test_it_names_the_links_of_an_overlay_network(swarm_pair: SwarmPair, engines: tuple[Engine, Engine], admin: Actor) -> None:
    first, _second = engines
    assert init_swarm(admin, first, InitSpec("192.0.2.1")).is_ok
    swarm_pair.first.cli("network", "create", "--driver", "overlay", "--attachable", "across")
    swarm_pair.first.run("near", "--network", "across")

    def ports() -> tuple[int, list[tuple[str, str, str]]]:
        request_sync("first")
        found = [link for link in look_once(first, open_host).links if link.master_name == "docker_gwbridge"]
        return len(found), [(link.peer.container_name, link.peer.ifname, link.peer.network_name) for link in found if link.peer]

    # The other port is the ingress sandbox's, in which no container is; dockerd makes it some time after the swarm.
    wait_until(lambda: ports() == (2, [("near", "eth1", "docker_gwbridge")]), f"the ports, which are {ports()}", interval_s=0.2)

    # A bridge network is a way out by itself: what the pages say of docker_gwbridge.
    swarm_pair.first.cli("network", "create", "own")
    swarm_pair.first.cli("network", "connect", "own", "near")
    wait_until(lambda: ports() == (1, []), f"the port's end, which are {ports()}", interval_s=0.2)
