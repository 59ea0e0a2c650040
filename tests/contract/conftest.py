"""Runs each test of the contract on a real Engine, and behind the disguises of other versions of Docker."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.conftest import IS_FULL
from tests.contract.worlds import World
from tests.faults.disguise import DISGUISES
from tests.faults.proxy import FaultProxy
from tests.private_engine import PrivateEngine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test the worlds; in a short run one disguise each, by its name, so that all come up."""
    if "world" not in metafunc.fixturenames:
        return
    disguises = list(DISGUISES)
    if not IS_FULL:
        disguises = [disguises[zlib.crc32(metafunc.function.__name__.encode()) % len(disguises)]]
    metafunc.parametrize("world", ["real", *disguises], indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest, engine: PrivateEngine, tmp_path: Path) -> Iterator[World]:
    """Give an Engine with an image and nothing else on it."""
    with ExitStack() as stack:
        url = ""
        if request.param in DISGUISES:
            url = stack.enter_context(FaultProxy(tmp_path / "s", engine.socket, disguise=DISGUISES[request.param])).url
        yield stack.enter_context(closing(World(engine, url)))
