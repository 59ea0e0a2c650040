"""Two servers with data directories of their own on one PostgreSQL, as on two machines."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.crowd import Crowd, Places
from benchmarks.served import Served, live_of
from tests.postgres import PrivatePostgres
from tests.private_engine import wait_until


class ServerPair:
    """A context manager. `first` holds the lease at the beginning; both have one secret key. `more`: of their environments."""

    def __init__(self, folder: Path, docker_host: str, database_url: str, more: dict[str, str] | None = None) -> None:
        environment = {"DATABASE_URL": database_url, "NETADMIN_ENGINE": "local", **(more or {})}
        self.first = Served(folder / "first", docker_host, more=environment)
        self.second = Served(folder / "second", docker_host, more=environment)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.first)
            shutil.copy(self.first.folder / "data" / "secret_key", self.second.folder / "data" / "secret_key")
            stack.enter_context(self.second)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stack.close()

    @property
    def both(self) -> tuple[Served, Served]:
        """The two servers."""
        return self.first, self.second

    def wait_until_live(self, postgres: PrivatePostgres) -> None:
        """Wait until the Engine is followed."""
        wait_until(lambda: status_of(postgres)[0] == "live", "the Engine to be followed", deadline_s=60, interval_s=0.1)


def status_of(postgres: PrivatePostgres) -> tuple[str, str]:
    """Return the Engine's state, and who holds the lease of following it."""
    state = postgres.sql("SELECT state FROM networks_enginestatus")
    return state, postgres.sql("SELECT holder FROM networks_lease WHERE name = 'follower-local'")


def listen(served: Served, cookie: str, page: str) -> Crowd:
    """Return a socket of a page that keeps what it gets."""
    with closing(served.visitor(cookie)) as visitor:
        live = live_of(visitor.page(page))
    return Crowd(Places(served.port, live, [cookie], 1, 0, keeps_texts=True))


def has_heard(crowd: Crowd, words: str) -> bool:
    """Tell whether a frame with these words has come."""
    return any(words in text for text in crowd.texts())
