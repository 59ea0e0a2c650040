"""A file to write the trail to, and no connection to the database left open by a keeper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "activity.log"


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    """A connection that a keeper made durable is no test's to go on with."""
    yield
    connections.close_all()
