"""Sums that are continued are those that would be added up anew."""

from __future__ import annotations

import random
import time

import pytest

from networks.hostnet.facts import Counters
from networks.partials.traffic.flows import MOST_POINTS, TrafficSums, added_up
from networks.sync.host.traffic import Traffic

INDEXES = (1, 2, 3)


def begin() -> tuple[Traffic, float]:
    """Return a ring, and a moment so long ago that its samples lie in the past."""
    return Traffic(), time.time() - 10_000


def test_it_continues_to_the_same_sums() -> None:
    numbers, (ring, began_at), sums = random.Random(7), begin(), TrafficSums()  # noqa: S311 (no secret)
    counted = dict.fromkeys(INDEXES, 0)
    moment = 0.0
    for _ in range(600):
        moment += numbers.choice([2.0, 2.0, 2.0, 2.0, 1.9, 30.0])
        for index in INDEXES:
            counted[index] = 0 if numbers.random() < 0.01 else counted[index] + numbers.randrange(10_000)
        ring.add({index: Counters(tx_bytes=counted[index]) for index in INDEXES}, now=moment, at=began_at + moment)
        if numbers.random() < 0.4:
            found = sums.add_up("ports", INDEXES, ring)
            anew = added_up([ring.points(index) for index in INDEXES])
            shared = [one for one in anew if found and one.at >= found[0].at]
            assert [(one.at, one.flow) for one in found] == [(one.at, one.flow) for one in shared][-len(found) :]
            assert len(found) >= len(shared)


def test_it_knows_no_sum_while_one_of_them_is_not_counted() -> None:
    (ring, began_at), sums = begin(), TrafficSums()
    ring.add({1: Counters(), 2: Counters()}, now=0.0, at=began_at)
    ring.add({1: Counters(tx_bytes=20), 2: Counters(tx_bytes=40)}, now=2.0, at=began_at + 2)
    before = sums.add_up("ports", (1, 2), ring)
    ring.add({1: Counters(tx_bytes=40)}, now=4.0, at=began_at + 4)

    after = sums.add_up("ports", (1, 2), ring)

    assert before[0].flow is not None
    assert before[0].flow.received == pytest.approx(30, rel=0.001)
    assert (after[0], after[1].flow) == (before[0], None)


def test_it_adds_others_up_anew() -> None:
    (ring, began_at), sums = begin(), TrafficSums(most=1)
    ring.add({1: Counters()}, now=0.0, at=began_at)
    ring.add({1: Counters(tx_bytes=20)}, now=2.0, at=began_at + 2)
    sums.add_up("these", (1,), ring)

    assert sums.add_up("others", (), ring) == ()
    assert len(sums.add_up("these", (1,), ring)) == 1
    assert sums.add_up("these", (1,), Traffic()) == ()


def test_it_adds_up_no_more_at_once_than_a_page_may_take() -> None:
    (ring, began_at), many = begin(), range(1, 91)
    for number in range(100):
        ring.add({index: Counters(tx_bytes=number) for index in many}, now=2.0 * number, at=began_at + 2.0 * number)

    found = TrafficSums().add_up("ports", tuple(many), ring)

    assert len(found) == MOST_POINTS // len(many)
