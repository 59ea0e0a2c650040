"""What a page of traffic leaves behind in memory goes with its test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from networks.sync.host.board import take_down
from networks.sync.host.stack_sampler import sampler


@pytest.fixture(autouse=True)
def board() -> Iterator[None]:
    """Take the picture down, and forget what was watched."""
    yield
    take_down("local")
    sampler._engines.clear()
