"""The contract of swarms, on an Engine that is in none and stays so; tests/swarm holds what a real one does."""

from __future__ import annotations

import pytest

from networks.engine.allow_list import Profile
from networks.engine.errors import NotAllowed, Refused
from networks.engine.specs import InitSpec, JoinSpec, LeaveSpec
from tests.contract.asks import reader
from tests.contract.worlds import World


def test_it_tells_that_it_is_in_no_swarm(world: World) -> None:
    info = reader(world).info()

    assert (info.swarm.state, info.swarm.is_member, info.swarm.is_manager) == ("inactive", False, False)
    assert (info.swarm.node_id, info.swarm.managers, info.swarm.is_manager) == ("", (), False)


def test_it_refuses_what_no_worker_tells(world: World) -> None:
    client = world.client(Profile.SWARM)

    for ask in (client.list_nodes, client.read_join_tokens, lambda: client.remove_node("n" * 25)):
        with pytest.raises(Refused, match="not a swarm manager") as raised:
            ask()
        assert raised.value.status == 503


def test_it_refuses_to_begin_join_and_leave_in_docker_s_words(world: World) -> None:
    client = world.client(Profile.SWARM)

    with pytest.raises(Refused, match="advertise address must be"):
        client.init_swarm(InitSpec("nonsense"))
    with pytest.raises(Refused, match="invalid join token"):
        client.join_swarm(JoinSpec(("127.0.0.1:2377",), "SWMTKN-nonsense", "127.0.0.1"))
    with pytest.raises(Refused, match="not part of a swarm"):
        client.leave_swarm(LeaveSpec(is_forced=True))
    assert not reader(world).info().swarm.is_member


@pytest.mark.parametrize("profile", [Profile.READ, Profile.NETWORK, Profile.RUN, Profile.TERMINAL])
def test_it_keeps_swarms_to_their_own_profile(world: World, profile: Profile) -> None:
    client = world.client(profile)

    for act in (
        client.read_join_tokens,
        lambda: client.init_swarm(InitSpec("192.0.2.1")),
        lambda: client.join_swarm(JoinSpec(("192.0.2.1:2377",), "t")),
        lambda: client.leave_swarm(LeaveSpec()),
        lambda: client.remove_node("n" * 25),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("node_id", ["front", "n" * 24, f"{'n' * 25}/x", "../networks/x", "N" * 25])
def test_it_asks_for_no_node_by_anything_but_its_id(world: World, node_id: str) -> None:
    with pytest.raises(NotAllowed):
        world.client(Profile.SWARM).remove_node(node_id)
