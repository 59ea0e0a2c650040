"""Which namespace is taken for the Engine's, and what is said to be in the way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from networks.hostnet.errors import HostError
from networks.hostnet.facts import HostView, Obstacle, Tier, peers_of
from networks.hostnet.linux.listening import ListeningSocket, find_listener, is_on_this_machine
from networks.hostnet.linux.opening import open_host
from tests.architecture.tree import ROOT
from tests.hostnet.lab import LabHost
from tests.private_engine import PrivateEngine


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("", True),
        ("unix:///run/docker.sock", True),
        ("tcp://127.0.0.1:2375", True),
        ("tcp://localhost:2375", True),
        ("https://[::1]:2376", True),
        ("tcp://192.0.2.7:2375", False),
        ("tcp://engine.example:2376", False),
        ("ssh://me@localhost", False),
        ("npipe:////./pipe/docker_engine", False),
        ("tcp://[broken", False),
    ],
)
def test_it_knows_which_address_leads_here(url: str, is_here: bool) -> None:
    assert is_on_this_machine(url) is is_here


def test_it_sees_nothing_of_another_machine() -> None:
    with contextlib.closing(open_host("", "tcp://192.0.2.7:2376")) as reader:
        assert reader.view() == HostView(why_not_host=Obstacle.REMOTE, why_not_inside=Obstacle.REMOTE)
        assert reader.view().tier is Tier.NONE
        assert (reader.links(), reader.link(1), reader.counters(), reader.routes()) == ((), None, {}, ())
        assert not reader.resolver().is_known
        assert reader.sandboxes({"a": 1}) == {}


def test_it_sees_its_own_namespace() -> None:
    with contextlib.closing(open_host("", "tcp://127.0.0.1:2375")) as reader:
        assert reader.view().sees_host
        assert "loopback" in {link.kind for link in reader.links()}
        assert reader.counters()


def test_it_waits_for_an_engine_that_doesnt_answer(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="No such file"):
        open_host("", f"unix://{tmp_path}/docker.sock")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "docker.sock"))
    with pytest.raises(HostError, match="refused"):
        open_host("", f"unix://{tmp_path}/docker.sock")


def test_it_says_that_a_namespace_is_missing(tmp_path: Path) -> None:
    for path in ("/run/netns/nt-nobody-made-this", "/proc/2147483647/ns/net", str(tmp_path)):
        with contextlib.closing(open_host(path)) as reader:
            assert reader.view().why_not_host is Obstacle.NAMESPACE_MISSING
            assert not reader.view().sees_host
            assert not reader.has_appeared()


def test_it_knows_when_a_namespace_that_was_missing_is_there(tmp_path: Path) -> None:
    named = tmp_path / "netns"
    named.touch()  # as `ip netns add` does before it mounts anything there
    with contextlib.closing(open_host(str(named))) as reader, contextlib.closing(open_host("/proc/self/ns/net")) as seen:
        before = reader.has_appeared()
        named.unlink()
        named.symlink_to("/proc/self/ns/net")

        assert (before, reader.has_appeared(), seen.has_appeared()) == (False, True, False)
        assert reader.view().why_not_host is Obstacle.NAMESPACE_MISSING


LEAVES_IT_TO_A_CHILD = """
import os, socket, sys, time
bound = socket.socket(socket.AF_UNIX)
bound.bind(sys.argv[1])
bound.listen()
if os.fork():
    os._exit(0)
print(os.getpid(), flush=True)
time.sleep(1000)
"""
LOOKS_FROM_A_CONTAINER = """
import sys
from networks.hostnet.linux.opening import open_host
reader = open_host("", sys.argv[1])
print(reader.view().sees_host, reader.view().why_not_inside, reader.sandboxes({"a" * 64: 1}))
"""


def test_it_believes_no_pid_of_who_left_the_socket_to_others(tmp_path: Path) -> None:
    path = str(tmp_path / "docker.sock")
    with subprocess.Popen([sys.executable, "-c", LEAVES_IT_TO_A_CHILD, path], stdout=subprocess.PIPE) as began:
        assert began.stdout is not None
        heir = int(began.stdout.readline())
        began.wait(60)
        try:
            with find_listener(f"unix://{path}", is_wanted=True) as listener:
                assert listener == ListeningSocket(process=None, is_hidden=False)
        finally:
            os.kill(heir, signal.SIGKILL)


@pytest.mark.engine
def test_it_says_that_it_sees_other_pids_than_the_engine(tmp_path: Path) -> None:
    path = str(tmp_path / "docker.sock")
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-c", LOOKS_FROM_A_CONTAINER]
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path)
        bound.listen()

        done = subprocess.run([*command, f"unix://{path}"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert done.stdout.split() == ["True", "pids_hidden", "{}"], done.stderr


@pytest.mark.engine
def test_it_takes_the_namespace_that_is_named(lab: LabHost) -> None:
    index = lab.add_link("nt-here")
    pid = lab.add_container("a", is_host=True)

    for path in (lab.netns_path, f"/var{lab.netns_path}", f"/proc/{pid}/ns/net"):
        with contextlib.closing(open_host(path, "tcp://192.0.2.7:2376")) as reader:
            assert {link.index: link.name for link in reader.links()} == {1: "lo", index: "nt-here"}


@pytest.mark.engine
def test_it_finds_the_engines_own_namespace_and_its_containers(engine: PrivateEngine) -> None:
    engine.cli("network", "create", "front")
    web = engine.run("web", "--network", "front")
    side = engine.run("side", "--network", "container:web")
    near = engine.run("near", "--network", "host")
    alone = engine.run("alone", "--network", "none")
    ids = (web, side, near, alone)
    pids = {one: int(engine.cli("inspect", "-f", "{{.State.Pid}}", one)) for one in ids}

    with contextlib.closing(open_host("", engine.url)) as reader:
        links = {link.index: link for link in reader.links()}
        sandboxes = reader.sandboxes(pids)
        inside = reader.inside(web, pids[web])
        quiet = reader.inside(alone, pids[alone])
        view = reader.view()
    ((outside, peer),) = peers_of(links.values(), sandboxes).items()

    assert (view.tier, view.enters_containers) == (Tier.HOST, True)
    assert "docker0" in {link.name for link in links.values()}
    assert (peer.container_ids, peer.link.name) == (tuple(sorted((web, side))), "eth0")
    bridge = links[links[outside].master]
    assert bridge.name == f"br-{engine.cli('network', 'inspect', '-f', '{{.Id}}', 'front')[:12]}"
    assert [sandboxes[one].is_host for one in ids] == [False, False, True, False]
    assert sandboxes[alone].links == ()
    address = engine.cli("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", web)
    assert address in {str(one.interface.ip) for one in inside.links[1].addresses}
    assert inside.links[1].mac == peer.link.mac
    assert str(inside.routes[0].destination) == "0.0.0.0/0"
    assert [str(one) for one in inside.resolver.name_servers] == ["127.0.0.11"]
    assert [link.kind for link in quiet.links] == ["loopback"]
