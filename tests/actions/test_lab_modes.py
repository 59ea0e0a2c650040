"""`manage.py lab up --modes` on a real Engine: a pair that shares a stack, a macvlan network, an overlay one on a swarm."""

from __future__ import annotations

from networks.actions.actors import CONSOLE
from networks.actions.sample_lab.building import bring_up_lab, take_down_lab
from networks.models import Engine
from tests.actions.test_lab import contents
from tests.conftest import IS_FULL
from tests.leftovers import processes_of
from tests.private_engine import PrivateEngine, wait_until

TIMES = 10 if IS_FULL else 2
SEED = {"host-network", "mycustom_1", "mynetwork_bridge", "myvolume_1", "myvolume_2", "myvolume_3", "none-network"}


def addresses(engine: PrivateEngine, name: str) -> str:
    return engine.cli("exec", name, "ip", "-o", "-4", "addr")


def test_it_comes_and_goes_cleanly(engine: PrivateEngine, followed: Engine) -> None:
    engine.check_inside("ip", "link", "add", "ifb0", "type", "ifb")
    engine.check_inside("ip", "link", "set", "ifb0", "up")
    links, images, running = engine.check_inside("ls", "/sys/class/net"), engine.cli("images", "-q"), processes_of(engine.netns)
    try:
        for _ in range(TIMES):
            steps: list[str] = []
            up = bring_up_lab(CONSOLE, followed, steps.append, with_modes=True)

            assert up.is_ok, (up.sentence, steps)
            networks, containers = contents(engine)
            assert set(containers) == SEED | {"shared_1", "shared_2", "mymacvlan_1"}, steps
            assert set(networks) == {"mybridge", "my_custom_network", "mymacvlan"}
            assert addresses(engine, "shared_1") == addresses(engine, "shared_2")
            assert "It answers" in engine.cli("exec", "shared_2", "wget", "-qO-", "http://127.0.0.1/")
            assert "eth0" in addresses(engine, "mymacvlan_1")
            assert take_down_lab(CONSOLE, followed, steps.append).is_ok
            assert contents(engine) == ([], [])
            assert engine.check_inside("ls", "/sys/class/net") == links
            assert engine.cli("images", "-q") == images
            wait_until(lambda: set(processes_of(engine.netns)) <= set(running), "what ran in it to end")
    finally:
        engine.check_inside("ip", "link", "del", "ifb0")


def test_it_says_what_this_machine_has_not_and_mends_the_pair(engine: PrivateEngine, followed: Engine) -> None:
    steps: list[str] = []

    up = bring_up_lab(CONSOLE, followed, steps.append, with_modes=True)
    assert up.is_ok
    made = "mymacvlan_1" in contents(engine)[1]  # on a kernel with dummy links Docker makes a parent of its own
    assert made or any("No macvlan network on this machine:" in step for step in steps), steps
    assert "This Engine is not a swarm manager: no overlay network." in steps

    engine.cli("stop", "shared_1")  # which leaves its guest in a dead stack
    assert bring_up_lab(CONSOLE, followed, steps.append, with_modes=True).is_ok
    assert addresses(engine, "shared_1") == addresses(engine, "shared_2")
    assert take_down_lab(CONSOLE, followed, steps.append).is_ok


def test_it_adds_an_overlay_network_on_a_swarm(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("swarm", "init", "--advertise-addr", "127.0.0.1")
    steps: list[str] = []
    try:
        assert bring_up_lab(CONSOLE, followed, steps.append, with_modes=True).is_ok, steps
        assert "myoverlay_1" in contents(engine)[1], steps
        assert "eth0" in addresses(engine, "myoverlay_1")
        assert take_down_lab(CONSOLE, followed, steps.append).is_ok, steps
        assert contents(engine) == ([], [])
    finally:
        engine.cli("swarm", "leave", "--force")
        engine.cli("network", "rm", "docker_gwbridge", check=False)
