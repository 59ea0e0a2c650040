"""The contract of a container's life: start, stop, restart, kill, pause, unpause, rename, and what each refuses."""

from __future__ import annotations

import time

import pytest

from networks.engine.allow_list import Profile
from networks.engine.errors import Conflict, NotAllowed, NotFound, Refused
from networks.engine.specs import MOST_STOP_WAIT_S, ContainerSpec, EndpointSpec, Mode, RunSpec
from tests.contract.asks import create, endpoint_of, reader, run
from tests.contract.worlds import World

# Ends neither at SIGTERM nor at anything else but SIGKILL.
STUBBORN = ("sh", "-c", "trap '' TERM; while :; do sleep 1; done")


def state(world: World, container_id: str) -> str:
    return reader(world).inspect_container(container_id).state


def test_it_stops_a_container_and_starts_it_again(world: World) -> None:
    running, container_id = world.client(Profile.RUN), run(world, "web")
    first = reader(world).inspect_container(container_id)

    running.stop_container(container_id)
    running.stop_container(container_id)
    assert state(world, container_id) == "exited"
    running.start_container(container_id)
    running.start_container(container_id)

    again = reader(world).inspect_container(container_id)
    assert (again.state, again.exit_code, again.docker_id) == ("running", None, first.docker_id)
    assert again.started_at
    assert first.started_at
    assert again.started_at > first.started_at
    assert endpoint_of(again, "bridge").ipv4


def test_it_waits_no_longer_than_it_is_told_before_a_stop_becomes_a_kill(world: World) -> None:
    spec = ContainerSpec("stubborn", world.image, "none", STUBBORN, stop_signal="SIGTERM")
    container_id = world.client(Profile.RUN).run_container(spec)
    world.wait_for_program("stubborn")
    begun = time.monotonic()

    world.client(Profile.RUN).stop_container(container_id, 1)

    assert time.monotonic() - begun < 8  # Docker itself would wait 10
    assert reader(world).inspect_container(container_id).exit_code == 137


@pytest.mark.parametrize("wait_s", [-1, MOST_STOP_WAIT_S + 1])
def test_it_is_not_made_to_wait_for_ever(world: World, wait_s: int) -> None:
    container_id = run(world, "web")
    for order in (world.client(Profile.RUN).stop_container, world.client(Profile.RUN).restart_container):
        with pytest.raises(NotAllowed):
            order(container_id, wait_s)
    assert state(world, container_id) == "running"


def test_it_restarts_running_stopped_and_paused_containers(world: World) -> None:
    running, container_id = world.client(Profile.RUN), run(world, "web")

    for prepare in (lambda: None, lambda: running.kill_container(container_id), lambda: running.pause_container(container_id)):
        prepare()
        before = reader(world).inspect_container(container_id).started_at
        running.restart_container(container_id, 0)
        after = reader(world).inspect_container(container_id)
        assert before
        assert after.started_at
        assert (after.state, after.started_at > before) == ("running", True)


def test_it_kills_only_what_runs(world: World) -> None:
    running, container_id = world.client(Profile.RUN), run(world, "web")

    running.kill_container(container_id)

    killed = reader(world).inspect_container(container_id)
    assert (killed.state, killed.exit_code) == ("exited", 137)
    with pytest.raises(Conflict, match="is not running"):
        running.kill_container(container_id)


def test_it_pauses_and_lets_go_on(world: World) -> None:
    running, container_id = world.client(Profile.RUN), run(world, "web")
    address = endpoint_of(reader(world).inspect_container(container_id), "bridge").ipv4

    running.pause_container(container_id)
    paused = reader(world).inspect_container(container_id)
    assert (paused.state, endpoint_of(paused, "bridge").ipv4) == ("paused", address)
    with pytest.raises(Conflict, match="already paused"):
        running.pause_container(container_id)
    with pytest.raises(Refused, match="unpause"):
        running.start_container(container_id)
    running.unpause_container(container_id)

    assert state(world, container_id) == "running"
    with pytest.raises(Refused, match="is not paused"):
        running.unpause_container(container_id)
    running.stop_container(container_id)
    with pytest.raises(Conflict, match="is not running"):
        running.pause_container(container_id)


def test_it_stops_what_is_paused(world: World) -> None:
    running, container_id = world.client(Profile.RUN), run(world, "web")
    running.pause_container(container_id)

    running.stop_container(container_id)

    assert state(world, container_id) == "exited"


def test_it_renames_to_names_that_are_free_and_can_be(world: World) -> None:
    running, container_id = world.client(Profile.RUN), run(world, "web")
    run(world, "other")

    running.rename_container(container_id, "front-1.new_name")

    renamed = reader(world).inspect_container(container_id)
    assert renamed.name == "front-1.new_name"
    assert endpoint_of(renamed, "bridge").dns_names == ()  # Docker writes some down, and nobody answers for them there
    with pytest.raises(Conflict, match="already in use"):
        running.rename_container(container_id, "other")
    with pytest.raises(Refused, match="same name"):
        running.rename_container(container_id, "front-1.new_name")
    for name in ("", "x", "-rf", "../other", "a b", "name\n", "\u202etxt", "web?t=1", "caf\u00e9"):
        with pytest.raises(NotAllowed):
            running.rename_container(container_id, name)
    assert reader(world).inspect_container(container_id).name == "front-1.new_name"


def test_it_starts_nothing_whose_network_is_gone(world: World) -> None:
    network_id, running = create(world, "n1"), world.client(Profile.RUN)
    container_id = run(world, "web", "n1")
    running.stop_container(container_id)
    world.client(Profile.NETWORK).remove_network(network_id)

    # One that was in a swarm since it started looks for the network there as well, and says so.
    with pytest.raises((NotFound, Refused), match=r"not found|invalid cluster node while attaching to network"):
        running.start_container(container_id)

    assert state(world, container_id) == "exited"


def test_it_leaves_a_guest_stopped_that_is_restarted_without_its_donor(world: World) -> None:
    running, donor = world.client(Profile.RUN), run(world, "donor")
    guest = run(world, "guest", f"container:{donor}")

    running.stop_container(donor)
    assert state(world, guest) == "running"  # in a stack that nothing but loopback is left of
    with pytest.raises(Refused, match="non running container"):
        running.restart_container(guest, 0)

    assert state(world, guest) == "exited"
    running.start_container(donor)
    running.start_container(guest)
    assert state(world, guest) == "running"


def test_it_starts_no_guest_whose_donor_is_gone(world: World) -> None:
    running, donor = world.client(Profile.RUN), run(world, "donor")
    guest = run(world, "guest", f"container:{donor}")

    running.remove_container(donor)
    running.stop_container(guest)
    run(world, "donor")  # another of the same name doesn't help: the guest knows its donor by id

    with pytest.raises(NotFound, match="No such container"):
        running.start_container(guest)


def test_it_creates_what_does_not_run_yet(world: World) -> None:
    running, front = world.client(Profile.RUN), create(world, "front")

    container_id = running.create_container(RunSpec(world.image, "web", networks=(EndpointSpec(front, "front"),)))

    created = reader(world).inspect_container(container_id)
    assert (created.state, created.name, created.network_mode) == ("created", "web", "front")
    running.start_container(container_id)
    assert endpoint_of(reader(world).inspect_container(container_id), "front").ipv4
    with pytest.raises(Conflict, match="already in use"):
        running.create_container(RunSpec(world.image, "web", mode=Mode.NONE))
    with pytest.raises(NotFound, match="No such image"):
        running.create_container(RunSpec("not-there:1", "other", mode=Mode.NONE))
