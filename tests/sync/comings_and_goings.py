"""An Engine whose addresses come and go, somebody who listens to it besides, and a follower that may take breaks."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.facts import EventFact
from networks.models import EngineStatus
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from tests.lab_image import IMAGE
from tests.private_engine import wait_until
from tests.sync.operations import MOST_CONTAINERS, World


@dataclass
class Witness:
    """Listens to the Engine by itself, and keeps each container's time on each network, in nanoseconds."""

    url: str
    events: list[EventFact] = field(default_factory=list)

    def __enter__(self) -> Witness:
        self._client = EngineClient(self.url, Profile.READ)
        self._client.negotiate()
        self._stream = self._client.events(time.time_ns() - 1_000_000)
        self._thread = threading.Thread(target=lambda: self.events.extend(self._stream), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()
        self._thread.join(5)
        self._client.close()

    def stays(self) -> dict[tuple[str, str], list[tuple[int, int | None]]]:
        """Return (from, until) by container and network; until None: still there."""
        stays: dict[tuple[str, str], list[tuple[int, int | None]]] = defaultdict(list)
        for event in sorted(self.events, key=lambda event: event.time_nano):
            if event.kind != "network" or event.verb not in ("connect", "disconnect"):
                continue
            of_pair = stays[event.container_id, event.network_id]
            if event.verb == "connect":
                of_pair.append((event.time_nano, None))
            elif of_pair and of_pair[-1][1] is None:
                of_pair[-1] = (of_pair[-1][0], event.time_nano)
        return stays


class Bridges(World):
    """Containers on bridge networks, where addresses come and go."""

    def step(self) -> str:
        self.count += 1
        if self.count <= 3:
            self.create_network()
            return "create_network"
        verbs = ["run", "connect", "disconnect", "connect", "disconnect", "start", "stop", "restart", "restart", "kill", "rename"]
        verb = self.rng.choice([*verbs, "remove_container", "pause"])
        self.done += int(getattr(self, verb)() < 400)
        return verb

    def create(self) -> int:
        if len(self.containers) >= MOST_CONTAINERS:
            return self.remove_container()
        mode = self.rng.choice(["bridge", *self.networks])
        body = {
            "Image": IMAGE,
            "Cmd": ["sleep", str(self.rng.choice([0, 1, 3, 3600, 3600]))],
            "StopSignal": "SIGKILL",
            "HostConfig": {"NetworkMode": mode, "RestartPolicy": {"Name": self.rng.choice(["no", "no", "always"])}},
        }
        status, answer = self._post(f"/containers/create?name=c{self.count}", body)
        if status == 201:
            self.containers.append(answer["Id"])
        return status


def in_microseconds(nano: int) -> int:
    """Return what is left of nanoseconds in a database."""
    return nano // 1_000 * 1_000


class Following:
    """Follows an Engine in this process, with breaks."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.row = ensure_local_engine(url)
        self._data_dir = data_dir
        self._follower: Follower | None = None

    def begin(self) -> None:
        EngineStatus.objects.filter(engine=self.row).update(state="disconnected")
        self._follower = Follower(self.row, self._data_dir)
        self._follower.start()
        self.wait_live()

    @property
    def follower(self) -> Follower:
        """What follows it; only between a beginning and an end."""
        assert self._follower is not None
        return self._follower

    def wait_live(self) -> None:
        wait_until(lambda: EngineStatus.objects.filter(engine=self.row, state="live").exists(), "live", deadline_s=30)

    def end(self) -> None:
        if self._follower is not None:
            self._follower.stop()
            self._follower = None
