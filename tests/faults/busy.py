"""A busy day at one server: Docker never rests, people come and go, pages are read, forms are sent."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from benchmarks.crowd import Crowd, Places
from benchmarks.served import Served, live_of
from tests.faults.visitor import Visitor
from tests.private_engine import PrivateEngine
from tests.push.site import NAME, PASSWORD
from tests.sync.operations import World

PAGES = (
    "/",
    "/networks/",
    "/containers/",
    "/interfaces/",
    "/addresses/",
    "/addresses/history/",
    "/events/",
    "/activity/",
    "/jobs/",
    "/engines/local/",
)
LIVE_PAGES = ("/networks/", "/containers/", "/interfaces/", "/")
STEP_EVERY_S, PAGE_EVERY_S, ACT_EVERY_S, CROWD_STAYS_S = 0.3, 1.0, 10.0, 30.0
SOCKETS = 8


@dataclass
class Day:
    """Everything that goes on, each in a thread of its own, until it is ended. `troubles`: what nobody should have seen."""

    engine: PrivateEngine
    served: Served
    world: World
    troubles: list[str] = field(default_factory=list)
    pages: int = 0
    acts: int = 0
    crowds: int = 0
    _is_over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> list[threading.Thread]:
        """Start it all; log in once for each."""
        cookies = self.served.cookies(3)
        threads = [
            threading.Thread(target=self._guarded, args=(run, *given), daemon=True)
            for run, *given in ((self._churn,), (self._read,), (self._act,), (self._watch, cookies))
        ]
        for thread in threads:
            thread.start()
        return threads

    def end(self, threads: list[threading.Thread]) -> None:
        """End it all, and wait for it."""
        self._is_over.set()
        for thread in threads:
            thread.join(60)

    def _guarded(self, run: Callable[..., None], *given: object) -> None:
        try:
            run(*given)
        except Exception as error:  # whatever it was, the soak has to tell
            self.troubles.append(f"{run.__name__}: {error!r}")

    def _churn(self) -> None:
        while not self._is_over.wait(STEP_EVERY_S):
            self.world.step()

    def _visitor(self) -> Visitor:
        visitor = Visitor(self.served.url)
        seen = visitor.log_in(NAME, PASSWORD)
        assert seen.status == 200, seen.words[:300]
        return visitor

    def _read(self) -> None:
        visitor = self._visitor()
        while not self._is_over.wait(PAGE_EVERY_S):
            self._look(visitor, PAGES[self.pages % len(PAGES)])
            if self.world.containers and self.pages % 3 == 0:
                of_one = f"/containers/local/{random.choice(self.world.containers)}/"  # noqa: S311
                self._look(visitor, of_one, may_be_gone=True)
                self._look(visitor, f"{of_one}inside/", may_be_gone=True)

    def _look(self, visitor: Visitor, path: str, *, may_be_gone: bool = False) -> None:
        seen = visitor.get(path)
        self.pages += 1
        if seen.status != 200 and not (may_be_gone and seen.status == 404):
            self.troubles.append(f"{path}: {seen.status} {seen.words[:200]}")

    def _act(self) -> None:
        visitor = self._visitor()
        while not self._is_over.wait(ACT_EVERY_S):
            name = f"soak-{self.acts}"
            seen = visitor.post("/networks/local/create/", {"name": name, "driver": "bridge"})
            self.acts += 1
            if seen.status not in (200, 422):  # 422: the Engine's pools are used up, and the page says so
                self.troubles.append(f"create {name}: {seen.status} {seen.words[:300]}")
            self.engine.cli("network", "rm", name, check=False)

    def _watch(self, cookies: list[str]) -> None:
        while not self._is_over.is_set():
            with closing(self.served.visitor(cookies[0])) as visitor:
                live = live_of(visitor.page(LIVE_PAGES[self.crowds % len(LIVE_PAGES)]))
            with Crowd(Places(self.served.port, live, cookies, SOCKETS)):
                self._is_over.wait(CROWD_STAYS_S)
            self.crowds += 1
