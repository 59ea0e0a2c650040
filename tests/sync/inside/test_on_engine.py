"""A container from inside on a real Engine: the same as its own tools say, in every network mode."""

from __future__ import annotations

import re
from ipaddress import ip_network

import pytest

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.hostnet.facts import InsideFact
from networks.hostnet.linux.opening import open_host
from networks.sync.host.stack_reading import Reading, StackProcess, Trouble, read_stack
from tests.private_engine import PrivateEngine

# "2: eth0    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0\       valid_lft …"
ADDRESS = re.compile(r"^\d+: (\S+)\s+inet6? (\S+)", re.MULTILINE)


def read(engine: PrivateEngine, container_id: str, *, is_host: bool = False) -> Reading:
    client = EngineClient(engine.url, Profile.READ)
    try:
        pid = client.inspect_container(container_id).pid
    finally:
        client.close()
    return read_stack(StackProcess(engine.url, "", container_id, pid, is_host), open_host, patience_s=10)


def addresses(fact: InsideFact) -> set[tuple[str, str]]:
    return {(link.name, str(address.interface)) for link in fact.links for address in link.addresses}


def told_addresses(engine: PrivateEngine, name: str) -> set[tuple[str, str]]:
    return set(ADDRESS.findall(engine.cli("exec", name, "ip", "-o", "addr")))


def told_names(engine: PrivateEngine, name: str) -> list[str]:
    return [
        line.partition(":")[0].split()[0] for line in engine.cli("exec", name, "tail", "-n", "+3", "/proc/net/dev").splitlines()
    ]


@pytest.fixture
def world(engine: PrivateEngine) -> dict[str, str]:
    """Five containers, one in each mode, and ids by name."""
    engine.cli("network", "create", "--subnet", "172.30.0.0/16", "front")
    engine.cli("network", "create", "--ipv6", "--subnet", "fd00:77::/64", "back")
    ids = {
        "plain": engine.run("plain"),
        "web": engine.run("web", "--network", "front"),
        "host": engine.run("host", "--network", "host"),
        "quiet": engine.run("quiet", "--network", "none"),
    }
    engine.cli("network", "connect", "back", "web")
    return {**ids, "guest": engine.run("guest", "--network", "container:web")}


def test_it_sees_what_the_containers_own_tools_see(engine: PrivateEngine, world: dict[str, str]) -> None:
    """One test, since its world takes longer to make than to look at."""
    for name, container_id in world.items():
        reading = read(engine, container_id, is_host=name == "host")

        assert reading.trouble is Trouble.NOTHING, (name, reading)
        assert addresses(reading.fact) == told_addresses(engine, name), name
        assert sorted(link.name for link in reading.fact.links) == sorted(told_names(engine, name)), name

    web, guest, quiet = (read(engine, world[name]).fact for name in ("web", "guest", "quiet"))
    told = engine.cli("exec", "web", "ip", "route").splitlines()
    ours = [route for route in web.routes if route.destination.version == 4]
    assert len(ours) == len(told)
    (default,) = [route for route in ours if route.destination == ip_network("0.0.0.0/0")]
    assert f"default via {default.gateway} dev {default.link_name}" in told[0]
    assert [str(server) for server in web.resolver.name_servers] == ["127.0.0.11"]
    assert [link.index for link in guest.links] == [link.index for link in web.links]
    assert [route for route in quiet.routes if route.destination.version == 4] == []
    assert [link.name for link in quiet.links] == ["lo"]

    client = EngineClient(engine.url, Profile.READ)
    pid = client.inspect_container(world["plain"]).pid
    client.close()
    engine.cli("kill", "plain")
    ended = read_stack(StackProcess(engine.url, "", world["plain"], pid), open_host, patience_s=10)
    assert ended.trouble is Trouble.VANISHED
