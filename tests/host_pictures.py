"""A machine in memory beside a snapshot, looked at as the watcher does it: for tests of pages that show the host's side."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from networks.models import Container, Engine, Network
from networks.sync.host.board import HostPicture, picture_of, put_up
from networks.sync.host.machine import Machine
from networks.sync.host.remembered import Remembered
from networks.sync.host.traffic import Traffic
from tests.builders import MORNING, make_container, make_endpoint
from tests.fake_host import FakeHost


@dataclass
class Watched:
    """An Engine's machine. `look` puts its picture up; `sample` measures, as many seconds after the last one."""

    engine: Engine
    host: FakeHost = field(default_factory=FakeHost)
    ring: Traffic = field(default_factory=Traffic)
    now: float = field(default_factory=time.monotonic)
    _machine: Machine | None = None

    def bridge(self, network: Network, name: str, address: str = "") -> int:
        """Give a network its Linux bridge, and return that link's index."""
        options = {**(network.options or {}), "com.docker.network.bridge.name": name}
        Network.objects.filter(pk=network.pk).update(options=options)
        return self.host.add_link(name, "bridge", *([address] if address else []), queue_length=0)

    def run(self, name: str, network: Network | None = None, bridge: int = 0, ipv4: str = "", **fields: object) -> int:
        """Have a running container, plugged into a bridge where one is named; return the index of its veth, else 0."""
        container = make_container(self.engine, name, **fields)
        donor = container.donor_id
        pid = self.host.add_container(container.docker_id, shares=donor, is_host=container.network_mode == "host")
        Container.objects.filter(pk=container.pk).update(pid=pid)
        if network is not None:
            make_endpoint(container, network, ipv4)
        return self.host.plug(container.docker_id, bridge, "eth0", name=f"veth{name}"[:15]) if bridge else 0

    def look(self, *, now: datetime = MORNING) -> HostPicture:
        """Read everything, and put the picture up."""
        if self._machine is None:
            self._machine = Machine(self.host.open(), Remembered(self.engine.pk))
        self._machine.remembered.refresh()
        self._machine.read_everything()
        put_up(self.engine.slug, self._machine.picture(picture_of(self.engine.slug), now=now), self.ring)
        return picture_of(self.engine.slug)

    def sample(self, after_s: float = 2.0) -> None:
        """Take a sample of all counters."""
        self.now += after_s
        counters = {index: link.counters for index, link in self.host.links.items()}
        self.ring.add(counters, now=self.now, at=1_790_000_000 + self.now)
