"""The Engine is killed, stopped, hung and restarted: the snapshot says so in time, and is right again soon after it answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.management.commands.snapshot import snapshot_of
from networks.models import Engine, EngineStatus
from networks.sync.engines import ensure_local_engine
from tests.conftest import IS_FULL
from tests.live import following
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.truth import remembered, truth

pytestmark = pytest.mark.django_db(transaction=True)

KILLS, HANGS, STOPS = (100, 20, 20) if IS_FULL else (3, 1, 2)
CUT_SHOWN_WITHIN_S = within(2.0)
HANG_SHOWN_WITHIN_S = within(12.0)
LIVE_WITHIN_S = within(3.0)


@pytest.fixture
def followed(fresh_engine: PrivateEngine, tmp_path: Path) -> Iterator[Engine]:
    """Follow an Engine that has something to remember and may be mistreated."""
    fresh_engine.cli("network", "create", "front")
    fresh_engine.run("web", "--network", "front")
    fresh_engine.run("worker")
    with following(fresh_engine, tmp_path):
        yield ensure_local_engine(fresh_engine.url)


def state(engine: Engine) -> str:
    return EngineStatus.objects.values_list("state", flat=True).get(engine=engine)


def is_answering(engine: PrivateEngine) -> bool:
    try:
        truth(engine.socket)
    except OSError:
        return False
    return True


def assert_back_and_right(engine: PrivateEngine, row: Engine) -> None:
    wait_until(lambda: is_answering(engine), "the Engine to answer", deadline_s=30)
    wait_until(lambda: state(row) == "live", "live again", deadline_s=LIVE_WITHIN_S)
    expected = truth(engine.socket)
    wait_until(lambda: remembered(snapshot_of(row)) == expected, "no stale row", deadline_s=LIVE_WITHIN_S)


def test_it_is_right_again_after_each_kill(fresh_engine: PrivateEngine, followed: Engine) -> None:
    for _ in range(KILLS):
        fresh_engine.kill9()
        wait_until(lambda: state(followed) == "disconnected", "disconnected", deadline_s=CUT_SHOWN_WITHIN_S)

        fresh_engine.restart()

        assert_back_and_right(fresh_engine, followed)


def test_it_is_right_again_after_each_stop(fresh_engine: PrivateEngine, followed: Engine) -> None:
    for _ in range(STOPS):
        fresh_engine.terminate()
        wait_until(lambda: state(followed) == "disconnected", "disconnected", deadline_s=CUT_SHOWN_WITHIN_S)

        fresh_engine.restart()

        assert_back_and_right(fresh_engine, followed)


def test_it_notices_a_hang_and_the_end_of_it(fresh_engine: PrivateEngine, followed: Engine) -> None:
    for _ in range(HANGS):
        fresh_engine.stop()
        began_at = time.monotonic()
        try:
            wait_until(lambda: state(followed) == "disconnected", "disconnected", deadline_s=HANG_SHOWN_WITHIN_S)
        finally:
            fresh_engine.cont()

        assert time.monotonic() - began_at <= HANG_SHOWN_WITHIN_S
        assert_back_and_right(fresh_engine, followed)
