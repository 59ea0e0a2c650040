"""The two hosts that the seam's contract is held against, and the kernel's alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_host import FakeHost
from tests.hostnet.lab import LabHost


@pytest.fixture
def lab() -> Iterator[LabHost]:
    """Give an empty host of the kernel's own."""
    with LabHost() as made:
        yield made


@pytest.fixture(params=["fake", pytest.param("kernel", marks=pytest.mark.engine)])
def host(request: pytest.FixtureRequest) -> Iterator[FakeHost | LabHost]:
    """Give the double, then the kernel."""
    if request.param == "fake":
        yield FakeHost()
    else:
        with LabHost() as made:
            yield made
