"""After any operations the picture knows every veth of a real Engine's host, and at no time did it name one wrongly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from networks.sync.host.board import picture_of
from networks.sync.signals import host_changed
from tests.conftest import IS_FULL
from tests.patience import within
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.host.ties import Plugged, Tie, true_ties
from tests.sync.host.watching import Watching

pytestmark = pytest.mark.django_db(transaction=True)

OPERATIONS = 1_000 if IS_FULL else 60
FILES_EVERY = 20
AGREES_WITHIN_S = within(5.0)


class Claims:
    """All that pictures ever said of far ends: the newest, and every single one."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.ever: set[tuple[int, str, str]] = set()
        host_changed.connect(self.note)

    def now(self) -> set[Tie]:
        links = picture_of(self.slug).links
        return {Tie(one.fact.index, one.peer.container_id, one.peer.ifname, one.peer.network_id) for one in links if one.peer}

    def note(self, engine_slug: str, **_more: object) -> None:
        if engine_slug == self.slug:
            self.ever |= {(tie.index, tie.container_id, tie.network_id) for tie in self.now()}

    def close(self) -> None:
        host_changed.disconnect(self.note)


@pytest.fixture
def claims(engine: PrivateEngine, tmp_path: Path) -> Iterator[Claims]:
    with Watching(engine, tmp_path) as watching:
        made = Claims(watching.slug)
        yield made
        made.close()


def test_it_knows_every_veth_after_random_operations(engine: PrivateEngine, claims: Claims) -> None:
    world = Plugged(engine.socket, random.Random(41))  # noqa: S311 drawn to be repeatable
    world.begin(engine)
    true: set[Tie] = set()
    seen: set[tuple[int, str, str]] = set()
    most = 0
    for number in range(OPERATIONS + 1):
        verb = world.step() if number else "the beginning"

        def agrees(number: int = number) -> bool:
            nonlocal true
            true = true_ties(engine, by_files=number % FILES_EVERY == 0)
            seen.update((tie.index, tie.container_id, tie.network_id) for tie in true)
            return claims.now() == true

        try:
            wait_until(agrees, "the truth", deadline_s=AGREES_WITHIN_S, interval_s=0.05)
        except TimeoutError:
            wrong, missing = claims.now() - true, true - claims.now()
            pytest.fail(f"after {verb}, the {number}th operation: wrong {wrong}, missing {missing}")
        most = max(most, len(true))

    named = {claim for claim in claims.ever if claim[2]}
    assert named <= seen
    assert {claim[:2] for claim in claims.ever} <= {claim[:2] for claim in seen}
    assert most >= 6
    assert picture_of(claims.slug).unseen == ()
    print(f"{world.done} operations done, {len(seen)} veths, {most} at once; 0 wrong, 0 missing")
