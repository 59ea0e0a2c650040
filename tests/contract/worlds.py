"""The world that the contract is held in: a private Engine, or what stands before it."""

from __future__ import annotations

from contextlib import ExitStack, closing

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from tests.private_engine import IMAGE, PrivateEngine, wait_until


class World:
    """An Engine with an image and nothing else on it. `url`: of what stands before it, where anything does."""

    image = IMAGE

    def __init__(self, engine: PrivateEngine, url: str = "") -> None:
        self._engine = engine
        self._url = url or engine.url
        self._stack = ExitStack()

    def client(self, profile: Profile, *, is_read_only: bool = False) -> EngineClient:
        """Return a client that the world closes at its end."""
        return self._stack.enter_context(closing(EngineClient(self._url, profile, is_read_only=is_read_only)))

    def wait_for_program(self, name: str) -> None:
        """Wait until a container's own program runs: Docker calls it started while runc still stands in its place."""
        wait_until(lambda: "runc" not in self._engine.cli("top", name, "-eo", "pid,args"), "the program")

    def close(self) -> None:
        """Close its clients."""
        self._stack.close()
