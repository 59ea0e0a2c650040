"""A watcher between a snapshot and a host in memory, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from networks.models import access
from tests.sync.host.stage import Stage


@pytest.fixture(autouse=True)
def every_engine_is_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL only the one of NETADMIN_ENGINE would be."""
    monkeypatch.setattr(access, "_leads_elsewhere", lambda slug, url: False)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.end()
    connections.close_all()
