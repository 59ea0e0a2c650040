"""Random operations on an Engine, drawn from a seed: what the follower has to keep up with."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.lab_image import IMAGE
from tests.sync.truth import ask

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "../containers/victim",
    "a/b",
    "\u202egnp.exe",
    "tab\there",
    "esc\x1b[31m",
    "=cmd|' /C calc'!A0",
    "이름",
    "x" * 200,
    "%2e%2e%2f",
    "a b",
    "{{7*7}}",
)
MOST_NETWORKS, MOST_CONTAINERS = 12, 10


@dataclass
class World:
    """Draws operations and does them by plain HTTP; what the Engine refuses is part of the game.

    `is_silent`: whether an operation since it was last reset may have changed something that no event announces;
    without `may_be_silent` such operations are left out.
    """

    socket_path: str
    rng: random.Random
    networks: list[str] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    count: int = 0
    done: int = 0
    may_be_silent: bool = True
    is_silent: bool = False

    def step(self) -> str:
        """Do one operation, and return its name."""
        self.count += 1
        choices = ["create_network", "run", "create", "connect", "connect", "disconnect", "disconnect", "start", "stop", "kill"]
        choices += ["rename", "remove_network", "remove_container", "restart", "pause"]
        verb = self.rng.choice(choices)
        self.done += int(getattr(self, verb)() < 400)
        return verb

    def create_network(self) -> int:
        if len(self.networks) >= MOST_NETWORKS:
            return self.remove_network()
        name = f"n{self.count}"
        if self.rng.random() < 0.3:
            name = f"{self.rng.choice(HOSTILE_NAMES)}{self.count}"
        if self.networks and self.rng.random() < 0.1:
            name = self.rng.choice(self.networks)[:12]
        body = {"Name": name, "Internal": self.rng.random() < 0.2, "CheckDuplicate": True}
        status, answer = self._post("/networks/create", body)
        if status == 201:
            self.networks.append(answer["Id"])
        return status

    def create(self) -> int:
        if len(self.containers) >= MOST_CONTAINERS:
            return self.remove_container()
        body = {
            "Image": IMAGE,
            "Cmd": ["sleep", "3600"],
            "StopSignal": "SIGKILL",
            "HostConfig": {"NetworkMode": self.draw_mode()},
            "Labels": {"hostile": self.rng.choice(HOSTILE_NAMES)},
        }
        status, answer = self._post(f"/containers/create?name=c{self.count}", body)
        if status == 201:
            self.containers.append(answer["Id"])
        return status

    def draw_mode(self) -> str:
        """Return what a new container is made with."""
        return self.rng.choice(["bridge", "none", "host", *self.networks, *[f"container:{key}" for key in self.containers]])

    def run(self) -> int:
        before = len(self.containers)
        status = self.create()
        return self._act(self.containers[-1], "start") if len(self.containers) > before else status

    def connect(self) -> int:
        return self._link("connect")

    def disconnect(self) -> int:
        return self._link("disconnect")

    def start(self) -> int:
        return self._act_on_any("start")

    def stop(self) -> int:
        return self._act_on_any("stop")

    def kill(self) -> int:
        return self._act_on_any("kill")

    def restart(self) -> int:
        return self._act_on_any("restart")

    def pause(self) -> int:
        return self._act_on_any(self.rng.choice(["pause", "unpause", "unpause"]))

    def rename(self) -> int:
        return self._act_on_any(f"rename?name=r{self.count}")

    def remove_network(self) -> int:
        if not self.networks:
            return 404
        key = self.rng.choice(self.networks)
        status, _ = ask(self.socket_path, "DELETE", f"/networks/{key}")
        if status == 204:
            self.networks.remove(key)
        return status

    def remove_container(self) -> int:
        if not self.containers:
            return 404
        key = self.rng.choice(self.containers)
        status, _ = ask(self.socket_path, "DELETE", f"/containers/{key}?force=1")
        if status == 204:
            self.containers.remove(key)
        return status

    def _link(self, verb: str) -> int:
        if not (self.networks and self.containers):
            return 404
        network, container = self.rng.choice(self.networks), self.rng.choice(self.containers)
        _, row = ask(self.socket_path, "GET", f"/containers/{container}/json")
        if row["State"]["Status"] != "running":
            if not self.may_be_silent:
                return 404
            self.is_silent = True
        return self._post(f"/networks/{network}/{verb}", {"Container": container})[0]

    def _act_on_any(self, verb: str) -> int:
        return self._act(self.rng.choice(self.containers), verb) if self.containers else 404

    def _act(self, key: str, verb: str) -> int:
        return self._post(f"/containers/{quote(key)}/{verb}", None)[0]

    def _post(self, path: str, body: object) -> tuple[int, dict[str, str]]:
        return ask(self.socket_path, "POST", path, body)
