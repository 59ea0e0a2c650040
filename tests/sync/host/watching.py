"""A real Engine followed, and its machine watched, in this process."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import connections

from networks.hostnet.linux.opening import open_host
from networks.sync.follow.follower import Follower
from networks.sync.host.board import HostLink, picture_of
from networks.sync.host.watcher import GATHER_S, HostWatcher
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.comings_and_goings import Following


class Watching:
    """A context manager; inside, the first picture is there."""

    def __init__(self, engine: PrivateEngine, data_dir: Path) -> None:
        self._following = Following(engine.url, data_dir)
        self._following.row.netns = f"/run/netns/{engine.netns}"
        self._following.row.save()
        self.slug = self._following.row.slug
        self._watcher = HostWatcher(self._following.row, open_host, gather_unseen_s=GATHER_S)

    def __enter__(self) -> Self:
        self._watcher.start()
        self._following.begin()
        self._watcher.hurry()
        wait_until(lambda: picture_of(self.slug).view.sees_host, "the first picture")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._watcher.stop()
        self._following.end()
        connections.close_all()

    @property
    def follower(self) -> Follower:
        """What follows the Engine; only inside."""
        return self._following.follower

    def link_to(self, name: str) -> HostLink:
        """Wait for the host's end of a container that has one endpoint."""

        def find() -> HostLink | None:
            links = picture_of(self.slug).links
            return next((one for one in links if one.peer and one.peer.container_name == name and one.peer.network_id), None)

        found: HostLink = wait_until(find, f"the link of {name}")
        return found
