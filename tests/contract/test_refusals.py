"""The contract of refusals: by the Engine, by our guard, by the profile."""

from __future__ import annotations

import pytest

from networks.engine.allow_list import Profile
from networks.engine.errors import Conflict, EngineError, NotAllowed, NotFound, Refused
from networks.engine.specs import ConnectSpec, ContainerSpec, DisconnectSpec, NetworkSpec
from tests.contract.asks import GONE, create, endpoint_of, reader, run
from tests.contract.worlds import World


def test_it_refuses_a_second_network_of_the_same_name(world: World) -> None:
    create(world, "n1")

    with pytest.raises(Conflict, match="already exists") as raised:
        create(world, "n1")

    assert (raised.value.status, raised.value.request) == (409, "POST /networks/create")


def test_it_refuses_a_subnet_that_is_in_use(world: World) -> None:
    create(world, "n1", "172.30.0.0/16")

    with pytest.raises(Refused, match="overlaps") as raised:
        create(world, "n2", "172.30.5.0/24")

    assert type(raised.value) is Refused


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["../containers/victim", "<script>", "a/b", "\u202etxt", "b" * 64, "-rf"])
def test_it_removes_a_network_by_id_whatever_its_name(world: World, name: str) -> None:
    bystander = run(world, "victim")
    network_id = create(world, name)
    assert reader(world).inspect_network(network_id).name == name

    world.client(Profile.NETWORK).remove_network(network_id)

    assert reader(world).inspect_container(bystander).state == "running"
    with pytest.raises(NotFound):
        reader(world).inspect_network(network_id)


def test_it_says_that_it_is_gone(world: World) -> None:
    changing, running = world.client(Profile.NETWORK), world.client(Profile.RUN)

    for act in (
        lambda: changing.inspect_network(GONE),
        lambda: changing.inspect_container(GONE),
        lambda: changing.read_stats(GONE),
        lambda: changing.remove_network(GONE),
        lambda: changing.connect_container(ConnectSpec(GONE, GONE)),
        lambda: changing.disconnect_container(DisconnectSpec(GONE, GONE)),
        lambda: running.start_container(GONE),
        lambda: running.stop_container(GONE),
        lambda: running.restart_container(GONE),
        lambda: running.kill_container(GONE),
        lambda: running.pause_container(GONE),
        lambda: running.unpause_container(GONE),
        lambda: running.rename_container(GONE, "new-name"),
        lambda: running.remove_container(GONE),
        lambda: running.remove_image(f"sha256:{GONE}"),
    ):
        with pytest.raises(NotFound) as raised:
            act()
        assert raised.value.status == 404
        assert raised.value.sentence


def test_it_refuses_connections_that_cannot_be(world: World) -> None:
    network_id = create(world, "n1", "172.30.0.0/16")
    web, host, none = run(world, "web", "n1"), run(world, "c2", "host"), run(world, "c3", "none")
    guest = run(world, "guest", f"container:{web}")
    changing = world.client(Profile.NETWORK)

    for container_id in (web, host, none, guest):
        with pytest.raises(Refused):
            changing.connect_container(ConnectSpec(network_id, container_id))
    other, taken = run(world, "other"), endpoint_of(reader(world).inspect_container(web), "n1").ipv4
    with pytest.raises(Refused, match="in use"):
        changing.connect_container(ConnectSpec(network_id, other, ipv4=taken))
    assert [point.network_name for point in reader(world).inspect_container(none).endpoints] == ["none"]
    assert reader(world).inspect_container(guest).endpoints == ()
    assert reader(world).inspect_container(guest).network_mode == f"container:{web}"


def test_it_removes_no_network_that_a_running_container_uses(world: World) -> None:
    network_id, container_id = create(world, "n1"), run(world, "web", "n1")

    with pytest.raises(Refused, match="active endpoints"):
        world.client(Profile.NETWORK).remove_network(network_id)

    world.client(Profile.RUN).stop_container(container_id)
    world.client(Profile.NETWORK).remove_network(network_id)  # Docker says no word of the stopped one
    assert endpoint_of(reader(world).inspect_container(container_id), "n1").network_name == "n1"


def test_it_removes_no_predefined_network(world: World) -> None:
    for network in reader(world).picture().networks:
        with pytest.raises(Refused, match="pre-defined"):
            world.client(Profile.NETWORK).remove_network(network.docker_id)


def test_it_leaves_nothing_of_a_container_that_could_not_start(world: World) -> None:
    # One that was once asked to join a swarm, in vain even, looks for the network there as well, and says so.
    with pytest.raises(EngineError, match=r"nowhere|invalid cluster node while attaching to network"):
        run(world, "web", "nowhere")

    assert reader(world).picture().containers == ()
    assert run(world, "web")


def test_it_keeps_the_name_of_a_container_for_one(world: World) -> None:
    run(world, "web")

    with pytest.raises(Conflict, match="already in use"):
        run(world, "web")


def test_it_keeps_each_profile_to_its_calls(world: World) -> None:
    network_id, container_id = create(world, "n1"), run(world, "web")

    for profile in (Profile.READ, Profile.RUN, Profile.TERMINAL):
        for act in (
            lambda client: client.create_network(NetworkSpec("n2")),
            lambda client: client.remove_network(network_id),
            lambda client: client.disconnect_container(DisconnectSpec(network_id, container_id)),
        ):
            with pytest.raises(NotAllowed):
                act(world.client(profile))
    for profile in (Profile.READ, Profile.TERMINAL):  # what is run may have to be connected before it starts
        with pytest.raises(NotAllowed):
            world.client(profile).connect_container(ConnectSpec(network_id, container_id))
    for profile in (Profile.READ, Profile.NETWORK, Profile.TERMINAL):
        for act in (
            lambda client: client.run_container(ContainerSpec("c", world.image, "bridge")),
            lambda client: client.start_container(container_id),
            lambda client: client.stop_container(container_id),
            lambda client: client.restart_container(container_id),
            lambda client: client.kill_container(container_id),
            lambda client: client.pause_container(container_id),
            lambda client: client.unpause_container(container_id),
            lambda client: client.rename_container(container_id, "new-name"),
            lambda client: client.remove_container(container_id),
            lambda client: client.remove_image(f"sha256:{GONE}"),
        ):
            with pytest.raises(NotAllowed):
                act(world.client(profile))
    with pytest.raises(NotAllowed, match="read-only"):
        world.client(Profile.NETWORK, is_read_only=True).remove_network(network_id)
    assert reader(world).inspect_network(network_id)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("text", ["../containers/victim", "victim", "", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_it_takes_nothing_but_full_ids(world: World, text: str) -> None:
    victim = run(world, "victim")
    create(world, "../containers/victim")
    changing, running = world.client(Profile.NETWORK), world.client(Profile.RUN)

    for act in (
        lambda: changing.inspect_network(text),
        lambda: changing.inspect_container(text),
        lambda: changing.read_stats(text),
        lambda: changing.list_containers([victim, text]),
        lambda: changing.remove_network(text),
        lambda: changing.connect_container(ConnectSpec(text, victim)),
        lambda: changing.connect_container(ConnectSpec(GONE, text)),
        lambda: changing.disconnect_container(DisconnectSpec(text, victim)),
        lambda: changing.disconnect_container(DisconnectSpec(GONE, text)),
        lambda: running.start_container(text),
        lambda: running.stop_container(text),
        lambda: running.restart_container(text),
        lambda: running.kill_container(text),
        lambda: running.pause_container(text),
        lambda: running.unpause_container(text),
        lambda: running.rename_container(text, "new-name"),
        lambda: running.remove_container(text),
        lambda: running.remove_image(text),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert reader(world).inspect_container(victim).state == "running"
