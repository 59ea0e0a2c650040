"""An Engine's snapshot, a host in memory, and a watcher between them."""

from __future__ import annotations

import itertools

from django.db.models import F

from networks.hostnet.linux.reader import HostReader
from networks.models import Container, EngineStatus, Network
from networks.sync.host.board import picture_of
from networks.sync.host.watcher import HostWatcher
from networks.sync.signals import engine_changed, host_changed
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.fake_host import FakeHost
from tests.private_engine import wait_until

_numbers = itertools.count()


class Stage:
    """An Engine's snapshot, a host, and a watcher between them."""

    def __init__(self, *, asks: bool = False) -> None:
        self.engine = make_engine(f"watched-{next(_numbers)}")
        self.slug = self.engine.slug
        self.host = FakeHost()
        self.opened: list[tuple[str, str]] = []
        self.announced = 0
        self.cannot_open: Exception | None = None
        self.network = make_network(self.engine, "front", "172.72.0.0/16", gateway="172.72.0.1")
        self.bridge = self.host.add_link(f"br-{self.network.docker_id[:12]}", "bridge", "172.72.0.1/16")
        host_changed.connect(self._note)
        self.watcher = HostWatcher(self.engine, self.open, gather_s=0.005, gather_unseen_s=0.005, asks=asks)
        self.watcher.start()

    def _note(self, engine_slug: str, **_more: object) -> None:
        self.announced += engine_slug == self.slug

    def open(self, netns: str, url: str) -> HostReader:
        """Open the host, as `open_host` does."""
        self.opened.append((netns, url))
        if self.cannot_open:
            raise self.cannot_open
        return self.host.open(netns, url)

    def begin(self) -> None:
        """Have the watcher not wait for the Engine's first reading."""
        self.watcher.hurry()
        wait_until(lambda: picture_of(self.slug).view.sees_host, "the first picture")

    def end(self) -> None:
        """End the watcher."""
        self.watcher.stop()
        host_changed.disconnect(self._note)

    def run(self, name: str, *, is_told: bool = True) -> int:
        """Start a container: its link comes, then the snapshot knows it. Returns the link's index."""
        container = make_container(self.engine, name, pid=0)
        pid = self.host.add_container(container.docker_id)
        link = self.host.plug(container.docker_id, self.bridge)
        make_endpoint(container, self.network, "172.72.0.2")
        Container.objects.filter(pk=container.pk).update(pid=pid, revision=F("revision") + 1)
        self.write(is_told=is_told)
        return link

    def write(self, *, is_told: bool = True, **status: object) -> None:
        """Give the snapshot its next revision, and say so; `is_told` false: as another process does, whom nobody here hears."""
        rows = EngineStatus.objects.filter(engine=self.engine)
        rows.update(revision=F("revision") + 1, **status)
        revision = rows.get().revision
        Container.objects.filter(engine=self.engine).update(revision=revision)
        Network.objects.filter(engine=self.engine).update(revision=revision)
        if is_told:
            engine_changed.send(sender=None, engine_slug=self.slug)

    def names(self) -> dict[int, tuple[str, str]]:
        """Return the far ends that the picture knows."""
        links = picture_of(self.slug).links
        return {link.fact.index: (link.peer.container_name, link.peer.network_name) for link in links if link.peer}

    def shows(self, expected: dict[int, tuple[str, str]]) -> None:
        """Wait until the picture knows these far ends."""
        wait_until(lambda: self.names() == expected, f"{expected}, not {self.names()}")

    def samples(self) -> int:
        return self.host.reads.get("counters", 0)
