"""A host in memory with an Engine's networks and containers on it, as records: what naming makes its answers of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from ipaddress import ip_interface, ip_network
from typing import Any

from networks.hostnet.facts import RouteFact
from networks.sync.host.board import HostLink, HostPicture
from networks.sync.host.machine import Machine
from networks.sync.host.naming import Naming
from networks.sync.host.remembered import ContainerRecord, EndpointRecord, NetworkRecord, Remembered
from tests.builders import make_id
from tests.fake_host import FakeHost

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Scene:
    """What Docker says, and what the host has; they agree unless a test has it otherwise."""

    def __init__(self) -> None:
        self.host = FakeHost()
        self.naming = Naming()
        self.networks: dict[str, NetworkRecord] = {}
        self.containers: dict[str, ContainerRecord] = {}
        self.bridges: dict[str, int] = {}
        self.routes: tuple[RouteFact, ...] = ()

    def network(self, name: str, gateway: str = "10.0.0.1/24", *, bridge: str = "", address: str = "", **members: Any) -> str:
        """Have a bridge network with its bridge. `address`: the bridge's, where it is another than the gateway; "-" for none."""
        docker_id = make_id(f"network {name}")
        named = bridge or f"br-{docker_id[:12]}"
        known = {"bridge": named, "gateways": (ip_interface(gateway),), "subnets": (ip_network(gateway, strict=False),)}
        self.networks[docker_id] = NetworkRecord(docker_id, name, **known | members)
        held = () if address == "-" else (address or gateway,)
        self.bridges[name] = self.host.add_link(named, "bridge", *held)
        return docker_id

    def record(self, name: str, driver: str, **members: Any) -> str:
        """Have a network without a bridge."""
        docker_id = make_id(f"network {name}")
        self.networks[docker_id] = NetworkRecord(docker_id, name, driver, **members)
        return docker_id

    def container(self, name: str, *networks: str, donor: str = "", mac: str = "") -> str:
        """Have a running container with an endpoint on these networks, as Docker says; the host isn't told of them."""
        docker_id = make_id(f"container {name}")
        pid = self.host.add_container(docker_id, shares=make_id(f"container {donor}") if donor else "")
        ends = [self.networks[make_id(f"network {network}")] for network in networks]
        endpoints = tuple(EndpointRecord(end.docker_id, end.name, end.driver, mac) for end in ends)
        donor_id = make_id(f"container {donor}") if donor else ""
        self.containers[docker_id] = ContainerRecord(docker_id, name, pid, donor_id=donor_id, endpoints=endpoints)
        return docker_id

    def plug(self, container: str, network: str, ifname: str = "eth0", **more: Any) -> int:
        """Tie a container to a network's bridge."""
        return self.host.plug(make_id(f"container {container}"), self.bridges[network], ifname, **more)

    def named(self, *, revision: int = 1) -> dict[int, HostLink]:
        """Return all links with their names, by index, in the order that a page has them."""
        pids = {one.docker_id: one.pid for one in self.containers.values()}
        sandboxes = self.host.open().sandboxes(pids)
        known = (sandboxes, self.containers, self.networks, self.routes)
        return {link.fact.index: link for link in self.naming.name(self.host.links, *known, revision=revision)}

    def peers(self) -> dict[int, tuple[str, str, str]]:
        """Return container, interface and network of each link whose far end is known."""
        links = self.named().items()
        return {index: (link.peer.container_name, link.peer.ifname, link.peer.network_name) for index, link in links if link.peer}


class Watched(Scene):
    """A scene, and a machine that was read once and may be read again."""

    def __init__(self) -> None:
        super().__init__()
        self.network("front", "172.72.0.1/16")
        self.network("back", "10.1.0.1/24")
        self.last = HostPicture()

    def open(self, **known: Any) -> Machine:
        """Read everything."""
        remembered = Remembered(0, self.networks, self.containers, **known)
        self.machine = Machine(self.host.open(), remembered)
        self.machine.read_everything()
        return self.machine

    def shown(self) -> dict[int, tuple[str, str, str]]:
        """Put up a picture, and return the far ends that it knows."""
        self.last = self.machine.picture(self.last, now=NOW)
        peers = ((link.fact.index, link.peer) for link in self.last.links)
        return {index: (peer.container_name, peer.ifname, peer.network_name) for index, peer in peers if peer}

    def hear(self, indexes: Collection[int]) -> None:
        """Read what the kernel said had changed."""
        self.machine.read_sandboxes((), self.machine.read_links(indexes))
