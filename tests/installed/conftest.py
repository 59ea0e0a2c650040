"""What tests of an installation share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import PrivatePostgres


@pytest.fixture
def postgres() -> Iterator[PrivatePostgres]:
    """Give a PostgreSQL with an empty database."""
    with PrivatePostgres() as server:
        yield server
