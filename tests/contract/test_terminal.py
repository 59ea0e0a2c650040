"""The contract of processes in containers: prepared, begun, resized, looked at, and what is refused."""

from __future__ import annotations

import pytest

from networks.engine.allow_list import Profile
from networks.engine.errors import Conflict, NotAllowed, NotFound
from networks.engine.specs import MOST_CELLS, ExecSpec, ScreenSize
from tests.contract.asks import GONE, run
from tests.contract.worlds import World
from tests.private_engine import wait_until

SHELL = ("/bin/sh",)


def test_it_begins_a_process_that_runs_until_it_is_ended(world: World) -> None:
    container_id, client = run(world, "web"), world.client(Profile.TERMINAL)

    exec_id = client.create_exec(ExecSpec(container_id, SHELL))
    assert not client.inspect_exec(exec_id).is_running
    stream = client.open_terminal(exec_id, ScreenSize(100, 30))
    fact = wait_until(lambda: (found := client.inspect_exec(exec_id)).pid and found, "the process")
    stream.close()

    assert (fact.exec_id, fact.container_id, fact.is_running, fact.exit_code) == (exec_id, container_id, True, None)
    client.resize_exec(exec_id, ScreenSize(120, 40))
    assert client.inspect_exec(exec_id).is_running  # closing its stream ends no process


def test_it_begins_a_process_whose_input_ends_with_its_connection(world: World) -> None:
    client = world.client(Profile.TERMINAL)
    exec_id = client.create_exec(ExecSpec(run(world, "web"), ("cat",)), has_terminal=False)

    stream = client.open_input(exec_id)
    wait_until(lambda: client.inspect_exec(exec_id).is_running, "the process")
    stream.close()

    wait_until(lambda: not client.inspect_exec(exec_id).is_running, "its end")


def test_it_refuses_containers_that_are_paused_stopped_or_gone(world: World) -> None:
    container_id, client, running = run(world, "web"), world.client(Profile.TERMINAL), world.client(Profile.RUN)

    running.pause_container(container_id)
    with pytest.raises(Conflict, match="is paused"):
        client.create_exec(ExecSpec(container_id, SHELL))
    running.unpause_container(container_id)
    running.kill_container(container_id)
    with pytest.raises(Conflict, match="is not running"):
        client.create_exec(ExecSpec(container_id, SHELL))
    with pytest.raises(NotFound):
        client.create_exec(ExecSpec(GONE, SHELL))
    with pytest.raises(NotFound):
        client.inspect_exec(GONE)


def test_it_takes_no_screen_without_sides(world: World) -> None:
    client = world.client(Profile.TERMINAL)
    for size in (ScreenSize(0, 24), ScreenSize(80, MOST_CELLS + 1)):
        with pytest.raises(NotAllowed):
            client.resize_exec(GONE, size)


@pytest.mark.parametrize("profile", [profile for profile in Profile if profile is not Profile.TERMINAL])
def test_it_lets_no_other_profile_in(world: World, profile: Profile) -> None:
    with pytest.raises(NotAllowed):
        world.client(profile).create_exec(ExecSpec(run(world, f"web-{profile}"), SHELL))
