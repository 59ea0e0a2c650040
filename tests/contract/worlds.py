"""The two worlds that the contract is held in: a private Engine, and the tests' double of one."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import Protocol

from networks.engine.calls import Profile
from networks.engine.client import EngineClient
from networks.engine.registry import connect_engine
from tests.fake_engine import FakeEngine
from tests.private_engine import IMAGE, PrivateEngine, wait_until


class World(Protocol):
    """An Engine with an image and nothing else on it."""

    image: str

    def client(self, profile: Profile, *, is_read_only: bool = False) -> EngineClient:
        """Return a client that the world closes at its end."""

    def now_nano(self) -> int:
        """Return the Engine's time."""

    def wait_for_program(self, name: str) -> None:
        """Wait until a container's own program runs: Docker calls it started while runc still stands in its place."""


class RealWorld:
    """A private Engine and the real client. `url`: of what stands before the Engine, where anything does."""

    image = IMAGE

    def __init__(self, engine: PrivateEngine, url: str = "") -> None:
        self._engine = engine
        self._url = url or engine.url
        self._stack = ExitStack()

    def client(self, profile: Profile, *, is_read_only: bool = False) -> EngineClient:
        return self._stack.enter_context(closing(connect_engine(self._url, profile, is_read_only=is_read_only)))

    def now_nano(self) -> int:
        return time.time_ns()

    def wait_for_program(self, name: str) -> None:
        wait_until(lambda: "runc" not in self._engine.cli("top", name, "-eo", "pid,args"), "the program")

    def close(self) -> None:
        self._stack.close()


class FakeWorld:
    """The double and its client."""

    def __init__(self) -> None:
        self._engine = FakeEngine()
        self.image = self._engine.add_image(IMAGE)

    def client(self, profile: Profile, *, is_read_only: bool = False) -> EngineClient:
        return self._engine.client(profile, is_read_only=is_read_only)

    def now_nano(self) -> int:
        return self._engine.now_nano()

    def wait_for_program(self, name: str) -> None:
        pass

    def close(self) -> None:
        self._engine.close()
