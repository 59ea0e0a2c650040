"""Two private Engines, each in a network namespace of its own, joined by a cable: what a swarm needs."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from tests.private_engine import PrivateEngine

LINK = "cable0"


class SwarmPair:
    """Two Engines that reach each other at `addresses`; a context manager. Nothing of it is seen outside of their namespaces."""

    addresses = ("192.0.2.1", "192.0.2.2")

    def __init__(self) -> None:
        self.first, self.second = PrivateEngine(), PrivateEngine()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for engine in self.engines:
                stack.enter_context(engine)
                engine.import_image()
            ends = [("netns", engine.netns) for engine in self.engines]
            cable = ["ip", "link", "add", LINK, *ends[0], "type", "veth", "peer", "name", LINK, *ends[1]]
            subprocess.run(cable, check=True, capture_output=True)
            for engine, address in zip(self.engines, self.addresses, strict=True):
                engine.check_inside("ip", "addr", "add", f"{address}/24", "dev", LINK)
                engine.check_inside("ip", "link", "set", LINK, "up")
                engine.keep_links()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    @property
    def engines(self) -> tuple[PrivateEngine, PrivateEngine]:
        """Both."""
        return self.first, self.second

    def empty(self) -> None:
        """Take both out of every swarm, the worker first, and remove what is on them."""
        for engine in reversed(self.engines):
            engine.cli("swarm", "leave", "--force", check=False)
            engine.empty()
