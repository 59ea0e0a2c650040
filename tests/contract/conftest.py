"""Runs each test of the contract in both worlds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.contract.worlds import FakeWorld, RealWorld, World


@pytest.fixture(params=[pytest.param("real", marks=pytest.mark.engine), "fake"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Give an Engine with an image and nothing else on it."""
    is_real = request.param == "real"
    with closing(RealWorld(request.getfixturevalue("engine")) if is_real else FakeWorld()) as found:
        yield found
