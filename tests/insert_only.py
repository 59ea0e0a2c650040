"""How tests empty a database whose tables of actions and outcomes only grow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from networks.models.insert_only import lifted


@pytest.fixture(scope="session", autouse=True)
def flush_lifts_triggers() -> Iterator[None]:
    """Lift the triggers while Django empties the database after a test with transactions of its own."""
    original = Flush.handle

    def handle(command: Flush, **options: Any) -> str | None:
        with lifted(connections[options["database"]]):
            return original(command, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flush, "handle", handle)
        yield
