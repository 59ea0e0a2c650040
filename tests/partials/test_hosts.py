"""Figures and lines of traffic, and where a link's row stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.hostnet.facts import LinkFact
from networks.partials.interfaces.asked import interfaces_url
from networks.partials.interfaces.rows import FLAT, HALF, WINDOW_S, draw_spark, fill_buckets
from networks.sync.host.board import HostLink
from networks.sync.host.traffic import Volume
from networks.templatetags.wording import bytes_text, rate_text


def moved(at: float, rx: float, tx: float = 0.0) -> Volume:
    return at, rx, tx


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (936, "936 B"), (1000, "1.0 kB"), (265446, "265.4 kB"), (999_960, "1.0 MB"), (1200711135, "1.2 GB")],
)
def test_it_says_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0.0, "0 B/s"),
        (0.4, "0 B/s"),
        (212.6, "213 B/s"),
        (999.6, "1.0 kB/s"),
        (2949, "2.9 kB/s"),
        (85_100, "85 kB/s"),
        (2e9, "2.0 GB/s"),
    ],
)
def test_it_says_rates(rate: float, text: str) -> None:
    assert rate_text(rate) == text


@given(st.integers(0, 2**64 - 1))
def test_it_never_says_a_thousand_of_a_unit(count: int) -> None:
    for text in (bytes_text(count), rate_text(float(count))):
        assert float(text.split()[0]) < 1000


def test_it_draws_silence_as_a_line_alone() -> None:
    assert draw_spark(()) == FLAT
    assert draw_spark([moved(at, 0.0) for at in range(0, 300, 2)]) == FLAT


def test_it_draws_both_ways_on_one_scale() -> None:
    svg = draw_spark([moved(2.0, 100.0, 50.0), moved(4.0, 100.0, 50.0)], buckets=50)

    assert 'class="in" d="M49 20 49 0 50 0 50 20z"' in svg
    assert 'class="out" d="M49 20 49 30 50 30 50 20z"' in svg


def test_it_leaves_a_gap_where_nothing_was_measured() -> None:
    points = [moved(1.0, 10.0), moved(13.0, 10.0)]

    assert fill_buckets(points, 50)[-3:] == [(10.0, 0.0), None, (10.0, 0.0)]
    assert draw_spark(points).count("M") == 2


def test_it_only_moves_as_time_passes() -> None:
    points = [moved(float(at), float(at % 7)) for at in range(0, 300, 2)]

    assert fill_buckets(points, 50)[10:] == fill_buckets([*points, moved(300.0, 3.0)], 50)[9:-1]


@given(st.lists(st.tuples(st.floats(0, 2 * WINDOW_S), st.floats(0, 1e12), st.floats(0, 1e12)), max_size=40))
def test_it_stays_within_its_drawing(samples: list[tuple[float, float, float]]) -> None:
    points = [moved(*sample) for sample in sorted(samples)]

    for path in re.findall(r' d="([^"]*)"', draw_spark(points, buckets=25)):
        numbers = [int(number) for number in re.findall(r"-?\d+", path)]
        assert all(0 <= x <= 25 for x in numbers[::2])
        assert all(0 <= y <= 2 * HALF for y in numbers[1::2])


@pytest.mark.parametrize(
    ("name", "word"), [("docker0", "docker0"), ("veth1@if2", "veth1@if2"), ("7", "9"), ("a b", "9"), ("<x>", "9"), ("한글", "9")]
)
def test_it_leads_to_a_link_s_row(name: str, word: str) -> None:
    link = HostLink(LinkFact(9, name, "veth", (), 1500, 0))

    assert interfaces_url("local", {"kind": "veth", "q": ""}, link) == f"/interfaces/?engine=local&kind=veth&open={word}#lnk-9"
