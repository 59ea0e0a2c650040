"""A follower of a private Engine, once it knows that Engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from networks.models import EngineStatus
from networks.sync.engines import ensure_local_engine
from networks.sync.follow.follower import Follower
from tests.private_engine import PrivateEngine, wait_until


@contextmanager
def following(engine: PrivateEngine, folder: Path) -> Iterator[Follower]:
    """Follow an Engine until the end; `folder`: where the lease is."""
    follower = Follower(ensure_local_engine(engine.url), folder)
    follower.start()
    wait_until(lambda: EngineStatus.objects.filter(state="live").exists(), "live")
    yield follower
    follower.stop()
    connections.close_all()
