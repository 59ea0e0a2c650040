"""What the ring keeps of counters: rates, gaps, and no more memory than promised."""

from __future__ import annotations

import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.hostnet.facts import Counters
from networks.sync.host.traffic import KEPT_S, LENGTH, LONGEST_STRETCH_S, SAMPLE_EVERY_S, Rate, Traffic, rate_between


def sampled(*samples: tuple[float, Counters | None], index: int = 7) -> Traffic:
    """Return a ring that took these: monotonic seconds and the counters of one link, None where it isn't there."""
    ring = Traffic()
    for now, counters in samples:
        ring.add({} if counters is None else {index: counters}, now=now, at=1_000_000 + now)
    return ring


def test_it_tells_the_rate_between_two_samples() -> None:
    old = Counters(rx_packets=10, rx_bytes=1000, tx_packets=1, tx_bytes=100, rx_dropped=1, tx_errors=0)
    new = Counters(rx_packets=30, rx_bytes=5000, tx_packets=2, tx_bytes=200, rx_dropped=4, tx_dropped=1, tx_errors=2)

    ring = sampled((0.0, old), (2.0, new))

    assert ring.rate(7) == Rate(2000.0, 50.0, 10.0, 0.5, dropped=2.0, errors=1.0)
    assert ring.counters(7) == new
    assert ring.sequence() == 2
    [point] = ring.points(7)
    assert point.at == 1_000_002
    assert point.rate is not None
    assert point.rate.rx_bytes == pytest.approx(2000, rel=3e-4)
    assert point.rate.dropped == pytest.approx(2, rel=3e-4)


def test_it_knows_no_rate_of_a_link_that_was_seen_once() -> None:
    ring = sampled((0.0, None), (2.0, Counters(rx_bytes=5)))

    assert ring.rate(7) is None
    assert ring.points(7) == ()
    assert ring.counters(7) == Counters(rx_bytes=5)


def test_it_shows_counters_that_go_backwards_as_a_gap() -> None:
    ring = sampled((0.0, Counters(rx_bytes=100)), (2.0, Counters(rx_bytes=50)), (4.0, Counters(rx_bytes=250)))

    assert [point.rate and round(point.rate.rx_bytes) for point in ring.points(7)] == [None, 100]


def test_it_shows_a_time_that_nobody_looked_as_a_gap() -> None:
    late = 2.0 + LONGEST_STRETCH_S + 0.1

    ring = sampled((0.0, Counters()), (2.0, Counters(rx_bytes=4)), (late, Counters(rx_bytes=10**9)))

    assert ring.rate(7) is None
    assert [point.rate is None for point in ring.points(7)] == [False, True]


def test_it_forgets_a_link_that_is_gone() -> None:
    ring = sampled((0.0, Counters(rx_bytes=1)), (2.0, Counters(rx_bytes=2)), (4.0, None), (6.0, Counters(rx_bytes=3)))

    assert ring.rate(7) is None
    assert ring.points(7) == ()


def test_it_forgets_everything_where_the_numbers_may_be_other_links() -> None:
    ring = sampled((0.0, Counters(rx_bytes=1)), (2.0, Counters(rx_bytes=2)))

    ring.forget()
    ring.add({7: Counters(rx_bytes=9)}, now=4.0, at=1_000_004)

    assert ring.rate(7) is None
    assert ring.points(7) == ()


def test_it_keeps_fifteen_minutes() -> None:
    ring = sampled(*((SAMPLE_EVERY_S * number, Counters(rx_bytes=number * 1000)) for number in range(2 * LENGTH)))

    points = ring.points(7)

    assert len(points) == LENGTH
    assert points[-1].at - points[0].at == pytest.approx(KEPT_S - SAMPLE_EVERY_S)
    assert {point.rate and round(point.rate.rx_bytes) for point in points} == {500}
    assert [at for at, _rx, _tx in ring.volumes(7)] == [point.at for point in points]
    assert len(ring.points(7, newest_s=60)) == 30


def test_it_tells_the_bytes_alone_too() -> None:
    ring = sampled(
        (0, Counters()), (2, Counters(rx_bytes=4000)), (60, Counters(rx_bytes=5000)), (62, Counters(5, 7000, tx_bytes=90))
    )
    idle = sampled((0, Counters()), (2, Counters()), (4, Counters()))

    volumes = ring.volumes(7)

    assert volumes == tuple((each.at, each.rate.rx_bytes, each.rate.tx_bytes) for each in ring.points(7) if each.rate)
    assert [round(rx_bytes) for _at, rx_bytes, _tx_bytes in volumes] == [2000, 1000]
    assert ring.volumes(7, newest_s=5) == volumes[-1:]
    assert idle.volumes(7) == ring.volumes(8) == ()


def test_it_says_at_once_that_a_sample_is_fresh() -> None:
    ring = Traffic()

    assert not ring.wait_for_sample(0.0)
    ring.add({}, now=time.monotonic(), at=0)
    assert ring.wait_for_sample(0.0)


counts = st.integers(min_value=0, max_value=2**64 - 1)


@given(
    st.lists(st.builds(Counters, rx_bytes=counts, tx_bytes=counts, rx_packets=counts, rx_dropped=counts), min_size=2, max_size=30)
)
def test_it_never_tells_a_rate_that_two_samples_do_not_give(samples: list[Counters]) -> None:
    ring = sampled(*((2.0 * number, counters) for number, counters in enumerate(samples)))

    for point, (old, new) in zip(ring.points(7), pairwise(samples), strict=True):
        exact = rate_between(old, new, 2.0)
        assert (point.rate is None) == (exact is None)
        if point.rate and exact and exact.rx_bytes < 1e13:
            assert point.rate.rx_bytes == pytest.approx(exact.rx_bytes, rel=3e-4, abs=1e-3)


def test_it_keeps_a_busy_link_in_six_kilobytes() -> None:
    """All move, and all drop packets. A thousand of them are six megabytes."""
    ring = Traffic()
    # What a reader hands over is counted too, but not the numbers of the sample that is being made.
    tracemalloc.start()
    for number in range(LENGTH + 2):
        moved = number * 123_456_789
        one = Counters(moved, moved * 900, 0, number, 0, 0, moved, moved * 800, 0, number)
        ring.add(dict.fromkeys(range(100), one), now=2.0 * number, at=2.0 * number)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used / 100 < 6_000
