"""What these tests read of the project goes with the last of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture.tree import parse


@pytest.fixture(scope="package", autouse=True)
def trees_are_let_go() -> Iterator[None]:
    """The trees of all modules take 200 MB, and 0.7 s whenever all garbage is looked for."""
    yield
    parse.cache_clear()
