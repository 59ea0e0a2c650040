"""After any operations, the snapshot says what a fresh inspect says."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.management.commands.snapshot import snapshot_of
from networks.models import Engine
from networks.sync.engines import ensure_local_engine
from tests.conftest import IS_FULL
from tests.live import following
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.operations import World
from tests.sync.truth import remembered, truth

pytestmark = pytest.mark.django_db(transaction=True)

SEEDS = range(10) if IS_FULL else range(1)
OPERATIONS = 1_000 if IS_FULL else 200
CHECK_EVERY = 50
ANNOUNCED_WITHIN_S = within(1.0)
QUIET_WITHIN_S = within(11.0)


@pytest.fixture
def followed(engine: PrivateEngine, tmp_path: Path) -> Iterator[Engine]:
    """Follow the private Engine in this process, on a database file that the follower's threads share."""
    with following(engine, tmp_path):
        yield ensure_local_engine(engine.url)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_remembers_what_the_engine_has_after_random_operations(engine: PrivateEngine, followed: Engine, seed: int) -> None:
    world = World(engine.socket, random.Random(seed))  # noqa: S311 drawn to be repeatable
    late = []
    for window in range(OPERATIONS // CHECK_EVERY):
        world.may_be_silent, world.is_silent = window % 2 == 1, False
        for _ in range(CHECK_EVERY):
            world.step()
        quiet_at = time.monotonic()
        expected = truth(engine.socket)
        wait_until(
            lambda expected=expected: remembered(snapshot_of(followed)) == expected,
            "the snapshot to equal a fresh inspect",
            deadline_s=QUIET_WITHIN_S if world.is_silent else ANNOUNCED_WITHIN_S,
            interval_s=0.05,
        )
        late.append(time.monotonic() - quiet_at)

    assert world.done > OPERATIONS // 4
    assert remembered(snapshot_of(followed)) == truth(engine.socket)
    print(f"caught up after {[round(seconds, 2) for seconds in late]} s")
