"""A follower costs nothing while nothing happens, and still hears at once whoever wants something."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from networks.models import EngineStatus, SyncRequest
from networks.sync.follow.follower import Follower
from networks.sync.follow.inbox import Inbox
from networks.sync.follow.standing import LAGGING_AFTER_S, STALE_AFTER_S, FollowState
from tests.live import following
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until

WATCHED_S = 3.0
# One ping, and what an interpreter that others use as well makes a thread wait for; four turns a second were 12.
FEW_WAKES = 8


@pytest.fixture
def follower(engine: PrivateEngine, transactional_db: None, tmp_path: Path) -> Iterator[Follower]:
    with following(engine, tmp_path) as started:
        yield started


def wakes_of(follower: Follower) -> int:
    """Return how often the worker's thread has waited for something. Source: proc(5), /proc/PID/task/TID/status."""
    status = Path(f"/proc/self/task/{follower._thread.native_id}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def is_idle(follower: Follower) -> bool:
    session = follower._session
    return session is not None and session._inspectors.is_idle() and not session._swarm.is_due()


def test_it_sleeps_while_nothing_happens_and_answers_at_once_when_asked(follower: Follower) -> None:
    wait_until(lambda: is_idle(follower), "the first reads")
    time.sleep(0.5)

    before = wakes_of(follower)
    time.sleep(WATCHED_S)  # there is no condition: nothing is to happen
    assert wakes_of(follower) - before < FEW_WAKES

    wish = SyncRequest.objects.create(engine=follower._engine, docker_ids=[], asked_at=datetime.now(UTC))
    wait_until(lambda: SyncRequest.objects.get(pk=wish.pk).done_at, "the wish of another process", deadline_s=within(2))
    assert not follower._requests
    assert follower.look(()).wait(60)


def test_it_writes_down_that_it_still_hears_the_engine(follower: Follower) -> None:
    def as_of() -> datetime | None:
        return EngineStatus.objects.values_list("as_of", flat=True).get()

    first = as_of()

    wait_until(lambda: as_of() != first, "a heartbeat", deadline_s=within(7))


def test_it_remembers_being_woken_before_it_waits() -> None:
    inbox = Inbox()
    inbox.wake()

    began_at = time.monotonic()
    inbox.take(5)
    inbox.take(0.05)

    assert 0.04 < time.monotonic() - began_at < 4


def test_it_comes_by_when_a_proof_grows_old() -> None:
    standing = FollowState(is_open=True)
    now = time.monotonic()

    standing.proved(now)
    assert standing.next_due_s() == pytest.approx(LAGGING_AFTER_S, abs=0.5)
    standing.proof_at = now - LAGGING_AFTER_S - 1
    assert standing.next_due_s() == pytest.approx(STALE_AFTER_S - LAGGING_AFTER_S - 1, abs=0.5)
    standing.proof_at = now - STALE_AFTER_S - 1
    assert standing.next_due_s() == float("inf")
    assert FollowState().next_due_s() == float("inf"), "whoever is gone comes back by itself"
