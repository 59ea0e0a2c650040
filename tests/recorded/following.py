"""A recorded Engine, followed in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from networks.models import Container, Engine, EngineStatus
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from networks.sync.supervisor import followers
from tests.private_engine import wait_until
from tests.recorded.reading import recorded
from tests.recorded.replay import RecordedEngine


@contextmanager
def followed(folder: Path, version: str) -> Iterator[tuple[RecordedEngine, Engine]]:
    """Follow a recorded Engine in this process until every container is known in detail."""
    with RecordedEngine(folder, version) as engine:
        row = ensure_local_engine(engine.url)
        followers[row.slug] = Follower(row, folder)
        followers[row.slug].start()
        try:
            wait_until(lambda: EngineStatus.objects.filter(engine=row, state="live").exists(), "live")
            there = len(recorded(version)["containers"])
            wait_until(lambda: Container.objects.filter(engine=row, has_detail=True).count() == there, "all detail")
            yield engine, row
        finally:
            followers.pop(row.slug).stop()
            connections.close_all()
