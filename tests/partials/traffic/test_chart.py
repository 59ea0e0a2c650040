"""The numbers of the chart and the table say the same; bytes and rates in words."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import override

from networks.partials.traffic.chart import minute_rows, most_of, write_chart
from networks.partials.traffic.flows import Flow, Stretch
from networks.partials.traffic.words import packets_text, rate_text, size_text

STRETCHES = [
    Stretch(1_200.0, 2.0, None),
    Stretch(1_202.0, 2.0, None),
    Stretch(1_204.0, 2.0, Flow(1_500, 20)),
    Stretch(1_206.0, 2.0, None),
    Stretch(1_208.04, 2.0, Flow(500, 4_000_000, dropped=1.5)),
]


def test_it_hands_the_script_what_was_measured_and_its_gaps() -> None:
    assert json.loads(write_chart(STRETCHES)) == {
        "at": 1_202.0,
        "t": [0, 20, 40, 60],
        "in": [None, 1_500, None, 500],
        "out": [None, 20, None, 4_000_000],
        "lost": [[3, 1.5]],
    }
    assert write_chart(STRETCHES[:2]) == write_chart([]) == ""


def test_it_says_in_words_what_the_chart_shows() -> None:
    assert most_of(STRETCHES) == {"received": "1.5 kB/s", "sent": "4.0 MB/s", "lost": "3"}
    assert most_of(STRETCHES[:2]) is None
    (row,) = minute_rows(STRETCHES)
    assert (row["received"], row["sent"], row["lost"], row["measured"]) == ("1.0 kB/s", "2.0 MB/s", "3", 4)
    assert (row["most_received"], row["most_sent"]) == ("1.5 kB/s", "4.0 MB/s")


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (0.2, "< 1 B"),
        (936, "936 B"),
        (999.4, "999 B"),
        (999.6, "1.0 kB"),
        (412_004, "412.0 kB"),
        (131_940_113, "131.9 MB"),
        (999_960, "1.0 MB"),
        (2**64, "18.4 EB"),
    ],
)
def test_it_writes_bytes_in_decimal_units(count: float, text: str) -> None:
    assert size_text(count) == text


def test_it_writes_rates_and_packets() -> None:
    assert rate_text(1_234_567) == "1.2 MB/s"
    assert [packets_text(number) for number in (0, 12.0, 0.4, 1234.7)] == ["0", "12", "0.4", "1,235"]
    with override("ko"):
        assert rate_text(1_234_567) == "1.2 MB/s"
