"""`manage.py interfaces`."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from networks.hostnet.errors import HostNotAllowed
from networks.hostnet.facts import HostView, Obstacle
from networks.management.commands.interfaces import Command
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.fake_host import ORDINARY_USER, FakeHost
from tests.private_engine import PrivateEngine
from tests.sync.host.ties import Tie, true_ties

pytestmark = pytest.mark.django_db(transaction=True)

LINK = {"name", "kind", "mtu", "mac", "master", "addresses", "flags", "rx_bytes", "tx_bytes", "rx_packets", "tx_packets"}
LINK |= {"network_id", "network_name", "peer", "belongs_to", "vxlan"}


def run(host: FakeHost | None, *args: str) -> tuple[str, str]:
    """Run the command, on a host in memory or on ours; return what it printed, and what it said besides."""
    command, out, err = Command(), StringIO(), StringIO()
    if host is not None:
        command.open_reader = host.open  # type: ignore[method-assign, assignment]
    call_command(command, *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def host() -> FakeHost:
    """Have a container on a network, in a snapshot and on a host; the Engine itself doesn't answer."""
    engine = make_engine()
    front = make_network(engine, "front", "172.72.0.0/16", gateway="172.72.0.1")
    web = make_container(engine, "web\n\x1b[31m", pid=4001)
    make_endpoint(web, front, "172.72.0.2")
    made = FakeHost()
    bridge = made.add_link(f"br-{front.docker_id[:12]}", "bridge", "172.72.0.1/16", "fe80::1/64")
    made.add_container(web.docker_id, 4001)
    made.count(made.plug(web.docker_id, bridge, name="veth1"), tx_bytes=1000, tx_packets=2)
    return made


def test_it_prints_all_links_as_one_object(host: FakeHost) -> None:
    out, err = run(host, "--json")
    document: dict[str, Any] = json.loads(out)

    assert {name: document[name] for name in document if name != "links"} == {
        "view": "host",
        "can_enter_containers": True,
        "why": None,
    }
    assert [set(link) for link in document["links"]] == [LINK] * 3
    _lo, bridge, veth = document["links"]
    assert (bridge["addresses"], bridge["network_name"], bridge["peer"]) == (["172.72.0.1/16", "fe80::1/64"], "front", None)
    assert (veth["name"], veth["kind"], veth["master"]) == ("veth1", "veth", bridge["name"])
    assert (veth["rx_bytes"], veth["tx_bytes"], veth["tx_packets"], veth["network_id"]) == (0, 1000, 2, None)
    assert veth["peer"]["container_name"] == "web\n\x1b[31m"
    assert (veth["peer"]["ifname"], veth["peer"]["network_id"]) == ("eth0", bridge["network_id"])
    assert "can't be read" in err  # the Engine: names are those that are remembered


def test_it_prints_a_table_for_people(host: FakeHost) -> None:
    host.view = ORDINARY_USER
    out, err = run(host, "--engine", "local")

    head, *lines = out.splitlines()
    assert head.split()[:4] == ["NAME", "KIND", "STATE", "MTU"]
    assert [line.split()[0] for line in lines] == ["lo", next(one.name for one in host.links.values() if one.index == 2), "veth1"]
    assert lines[-1].endswith("front    web␊␛[31m eth0  -")
    assert "doesn't run as root" in err


def test_it_says_why_it_shows_nothing(host: FakeHost) -> None:
    host.view = HostView(why_not_host=Obstacle.REMOTE, why_not_inside=Obstacle.REMOTE)

    document = json.loads(run(host, "--json")[0])

    assert (document["view"], document["can_enter_containers"], document["links"]) == ("none", False, [])
    assert "This Engine is on another machine" in document["why"]


def test_it_says_in_one_sentence_that_the_kernel_refused(host: FakeHost) -> None:
    host.next_error = HostNotAllowed("Operation not permitted")

    with pytest.raises(CommandError, match="can't be read: Operation not permitted"):
        run(host)


def test_it_reads_the_machine_of_a_real_engine(engine: PrivateEngine, settings: Settings, tmp_path: Path) -> None:
    """No server runs, nobody has read the Engine, and nobody said in which namespace it is."""
    settings.NETADMIN_DOCKER_HOST, settings.NETADMIN_DATA_DIR = engine.url, tmp_path
    engine.cli("network", "create", "front")
    engine.run("web", "--network", "front")
    engine.cli("network", "connect", "bridge", "web")
    engine.run("sidecar", "--network", "container:web")
    engine.run("in-host-mode", "--network", "host")
    engine.run("lonely", "--network", "none")
    engine.run("asleep")
    engine.cli("stop", "asleep")

    document = json.loads(run(None, "--json")[0])

    names = {row["ifname"]: row["ifindex"] for row in json.loads(engine.check_inside("ip", "-j", "link"))}
    peers = [(link, link["peer"]) for link in document["links"] if link["peer"]]
    ties = {Tie(names[link["name"]], peer["container_id"], peer["ifname"], peer["network_id"]) for link, peer in peers}
    assert document["view"] == "host"
    assert {link["name"] for link in document["links"]} == set(names)
    assert ties == true_ties(engine, by_files=True)
    assert len(ties) == 2
    assert {peer["container_name"] for _, peer in peers} == {"web"}


def test_it_claims_none_of_the_links_of_another_namespace(engine: PrivateEngine, settings: Settings, tmp_path: Path) -> None:
    """That of the tests themselves, which may have a Docker of its own."""
    settings.NETADMIN_DOCKER_HOST, settings.NETADMIN_DATA_DIR = engine.url, tmp_path
    settings.NETADMIN_NETNS = f"/proc/{os.getpid()}/ns/net"
    engine.cli("network", "create", "front")
    engine.run("web", "--network", "front")

    document = json.loads(run(None, "--json")[0])

    assert (document["view"], document["can_enter_containers"], document["links"]) == ("namespaces", True, [])
    assert "don't belong to this Engine's networks" in document["why"]
