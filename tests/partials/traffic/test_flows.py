"""Rates added up: the sum of what is known, a gap where a part isn't, and the container's own view of in and out."""

from __future__ import annotations

import pytest

from networks.hostnet.facts import Counters
from networks.partials.traffic.flows import Flow, Minute, Stretch, added, added_up, by_minute, flow_of, total_of
from networks.sync.host.traffic import Point, Rate, Traffic


def rate(rx: float, tx: float, **more: float) -> Rate:
    return Rate(rx, tx, rx / 100, tx / 100, **more)


def test_it_takes_what_the_hosts_end_sends_for_what_the_container_receives() -> None:
    assert flow_of(rate(10, 200, dropped=1.0, errors=2.0)) == Flow(200, 10, 1, 2)
    assert flow_of(rate(10, 200), is_inside=True) == Flow(10, 200)
    assert total_of(Counters(rx_bytes=1, tx_bytes=2, rx_dropped=3, tx_dropped=4, tx_errors=5)) == Flow(2, 1, 7, 5)
    assert total_of(Counters(rx_bytes=1, tx_bytes=2), is_inside=True) == Flow(1, 2)
    assert (flow_of(None), total_of(None)) == (None, None)


def test_it_knows_no_sum_of_which_it_does_not_know_every_part() -> None:
    assert added([Flow(1, 2, 3, 4), Flow(10, 20, 30, 40)]) == Flow(11, 22, 33, 44)
    assert added([Flow(1, 2), None]) is None
    assert added([]) is None


def test_it_adds_stretch_by_stretch_and_keeps_gaps() -> None:
    one = [Point(2.0, rate(1, 10)), Point(4.0, None), Point(6.0, rate(3, 30))]
    other = [Point(2.0, rate(100, 1000)), Point(4.0, rate(200, 2000)), Point(6.0, rate(300, 3000))]

    stretches = added_up([one, other])

    assert [(stretch.at, stretch.flow) for stretch in stretches] == [
        (2.0, Flow(1010, 101)),
        (4.0, None),
        (6.0, Flow(3030, 303)),
    ]
    assert [stretch.seconds for stretch in stretches] == [2.0, 2.0, 2.0]


def test_it_takes_the_stretch_in_which_a_link_came_for_a_gap() -> None:
    old = [Point(at, rate(0, 10)) for at in (2.0, 4.0, 6.0, 8.0)]
    came_before_4 = [Point(at, rate(0, 5)) for at in (6.0, 8.0)]

    flows = {stretch.at: stretch.flow for stretch in added_up([old, came_before_4])}

    assert flows == {2.0: Flow(10, 0), 4.0: None, 6.0: Flow(15, 0), 8.0: Flow(15, 0)}


def test_it_adds_up_nothing_to_nothing() -> None:
    assert added_up([]) == added_up([(), ()]) == ()
    assert by_minute([]) == ()


def test_it_never_counts_what_a_reset_or_an_absence_hides() -> None:
    """A ring as the watcher fills it: two links, one made anew under its number, and nobody looking for a while."""
    ring = Traffic()
    samples = [(0.0, 100, 100), (2.0, 300, 200), (4.0, 50, 300), (6.0, 250, 400), (60.0, 9_250, 9_400), (62.0, 9_450, 9_500)]
    for now, first, second in samples:
        ring.add({1: Counters(tx_bytes=first), 2: Counters(tx_bytes=second)}, now=now, at=1_000 + now)

    flows = [stretch.flow and stretch.flow.received for stretch in added_up([ring.points(1), ring.points(2)])]

    assert flows == [pytest.approx(150, rel=0.001), None, pytest.approx(150, rel=0.001), None, pytest.approx(150, rel=0.001)]


def test_it_averages_a_minute_over_what_was_measured_of_it() -> None:
    stretches = [
        Stretch(60.5, 2.0, Flow(100, 10)),
        Stretch(62.5, 2.0, None),
        Stretch(64.5, 2.0, Flow(300, 30, dropped=2.0, errors=1.0)),
        Stretch(121.0, 6.0, None),
    ]

    assert by_minute(stretches) == (
        Minute(120.0, 0.0, None),
        Minute(60.0, 4.0, Flow(200, 20, 1.0, 0.5), 300, 30, 6.0),
    )


def test_it_weighs_stretches_by_their_length() -> None:
    (minute,) = by_minute([Stretch(1.0, 1.0, Flow(300, 0)), Stretch(4.0, 3.0, Flow(100, 0))])

    assert minute.flow == Flow(150, 0)
