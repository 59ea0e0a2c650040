"""The numbers of the chart and the table say the same; bytes and rates in words."""

from __future__ import annotations

import json

from networks.partials.traffic.flows import Flow, Stretch
from networks.partials.traffic.lines import minute_rows, most_of, packets_text, write_chart

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


def test_it_writes_packets_rounded() -> None:
    assert [packets_text(number) for number in (0, 12.0, 0.4, 1234.7)] == ["0", "12", "0.4", "1,235"]
