"""One thread looks at the paths of all local Engines, and tells once of each that is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.sync.follow.heartbeat import Paths
from tests.private_engine import wait_until


@pytest.fixture
def paths() -> Iterator[Paths]:
    yield (paths := Paths(every_s=0.01))
    for owner in ("one", "two"):
        paths.forget(owner)
    wait_until(lambda: not is_looking(), "its thread to end")


def is_looking() -> bool:
    return "socket-paths" in {thread.name for thread in threading.enumerate()}


def test_it_tells_once_of_each_that_is_gone_and_goes_on_with_the_others(paths: Paths, tmp_path: Path) -> None:
    told: list[str] = []
    for name in ("one", "two"):
        (tmp_path / name).touch()
        paths.watch(name, str(tmp_path / name), lambda name=name: told.append(name))

    (tmp_path / "one").unlink()
    wait_until(lambda: told, "the first")
    (tmp_path / "two").unlink()
    wait_until(lambda: not is_looking(), "the end of its thread")

    assert told == ["one", "two"]


def test_it_looks_again_after_it_had_nothing_to_look_at(paths: Paths, tmp_path: Path) -> None:
    told = threading.Event()
    paths.watch("one", str(tmp_path), told.set)
    paths.forget("one")
    wait_until(lambda: not is_looking(), "the end of its thread")
    assert not told.is_set()

    paths.watch("one", str(tmp_path / "nowhere"), told.set)

    assert told.wait(60)


def test_it_outlives_whoever_fails_to_be_told(paths: Paths, tmp_path: Path) -> None:
    told = threading.Event()
    paths.watch("one", str(tmp_path / "nowhere"), lambda: (_ for _ in ()).throw(ValueError("not me")))
    paths.watch("two", str(tmp_path / "nowhere"), told.set)

    assert told.wait(60)
