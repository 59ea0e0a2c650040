"""A watcher between a snapshot and a host in memory, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from tests.sync.host.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.end()
    connections.close_all()
