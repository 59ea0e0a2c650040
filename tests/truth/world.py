"""A random world on a real Engine: containers in all modes and states, after operations that leave traces; drawn from a seed.

with World(engine, seed=7) as world:
    world.build(containers=12)
    world.operate(60)
    world.settle()
"""

from __future__ import annotations

import random
import time
from types import TracebackType
from typing import Self

from tests.private_engine import PrivateEngine, wait_until
from tests.truth.drawing import CAST, NETWORK_KINDS, PARENT
from tests.truth.operations import Mover, Operations

# How often each operation comes among all.
WEIGHTS = {
    **{"start": 14, "stop": 8, "kill": 5, "restart": 6, "pause": 4, "unpause": 5, "rename": 3},
    **{"connect": 12, "disconnect": 8, "create": 6, "remove_container": 3, "restart_donor": 3, "remove_donor": 1, "end_donor": 2},
    **{"move": 4, "move_by_hand": 3, "create_network": 3, "remove_network": 3, "remove_idle_network": 2, "prune": 1},
}
STEADY_S = 1.0


class World(Operations):
    """A context manager. `cells`: its networks, `containers`: ids in the order they were made; `diary`: all that was done.

    `mover`: how Netadmin moves a container off none; without it nothing is moved by Netadmin.
    """

    def __init__(self, engine: PrivateEngine, seed: int, mover: Mover | None = None) -> None:
        super().__init__(engine, random.Random(seed), mover)  # noqa: S311 drawn to be repeatable
        self.seed = seed
        self.diary: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close_doomed()

    def build(self, containers: int) -> None:
        """Make the networks, then so many containers, each kind of the cast in turn."""
        # What a private Engine's namespace has besides loopback, when this is its second world.
        if PARENT not in self.engine.check_inside("ip", "-o", "link"):
            self.engine.check_inside("ip", "link", "add", PARENT, "type", "veth", "peer", "name", "lab1")
            for link in (PARENT, "lab1"):
                self.engine.check_inside("ip", "link", "set", link, "up")
        kinds = NETWORK_KINDS if containers > 20 else (*NETWORK_KINDS[:3], *self._rng.sample(NETWORK_KINDS[3:], 4))
        for kind in kinds:
            self.create_network(kind)
        cast = [*CAST, *self._rng.choices(CAST, k=containers)]
        # A small world has the first ones, and some of those that a large one has besides.
        if containers < len(CAST):
            cast = [*CAST[: containers - 3], *self._rng.sample(CAST[containers - 3 :], 3)]
        for kind in cast[:containers]:
            self.create(kind)

    def operate(self, operations: int, *, crashes: int = 1, lone_crashes: int = 0, restarts: int = 0) -> None:
        """Do random operations. Among them, at drawn moments: dockerd is killed together with its containerd (`crashes`), killed
        alone (`lone_crashes`; it then takes 11 s to be back), and ended and started again (`restarts`); and a move off none.
        """
        sure = ["crash"] * crashes + ["lone_crash"] * lone_crashes + ["restart_engine"] * restarts + ["move"] * 2
        moments = dict(zip(self._rng.sample(range(operations // 2, operations), len(sure)), sure, strict=True))
        verbs = self._rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=operations)
        for number, verb in enumerate(verbs):
            self._do(moments.get(number, verb))

    def settle(self) -> None:
        """Start some of what stands still, have a connection refused, and wait until the Engine says the same for a while."""
        wait_until(self.engine.answers, "the Engine", deadline_s=60)
        idle = [row["Id"] for row in self._list() if row["State"] in ("exited", "created")]
        for key in self._rng.sample(idle, len(idle) // 2):
            self._act(key, "start")
        self._do("connect_refused")
        wait_until(self._is_steady, "an Engine where nothing begins or ends", deadline_s=90, interval_s=0)

    def _is_steady(self) -> bool:
        """Listen for a while: whether nothing happens. A container that fails again and again rests longer each time."""
        now = time.time()
        what = ("--filter", "type=container", "--filter", "type=network")
        return not self.engine.cli("events", "--since", f"{now:.3f}", "--until", f"{now + STEADY_S:.3f}", *what)

    def _do(self, verb: str) -> None:
        self._count += 1
        what, status = getattr(self, verb)()
        self.diary.append(f"{self._count} {verb} {what}: {status}")
