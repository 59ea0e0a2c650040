"""When an endpoint went, by events that come late, twice, or only in part."""

from __future__ import annotations

import pytest

from networks.engine.facts import EventFact
from networks.sync.snapshot.assignments import EventTimes

MS = 1_000_000


def told(verb: str, at_ms: int, network: str = "n1") -> EventFact:
    if verb == "die":
        return EventFact("container", verb, "c1", "web", at_ms * MS)
    return EventFact("network", verb, network, network, at_ms * MS, {"container": "c1"})


@pytest.mark.parametrize(
    ("events", "gone_ms", "expected"),
    [
        ([], 5_000, None),
        ([("disconnect", 3_000)], 3_001, (3_000, True)),
        ([("die", 3_000)], 3_001, (3_000, False)),
        ([("die", 3_000), ("disconnect", 3_280)], 3_001, (3_280, True)),
        ([("disconnect", 3_280), ("die", 3_000), ("disconnect", 3_280)], 3_001, (3_280, True)),
        ([("die", 3_000), ("connect", 3_500), ("disconnect", 9_000)], 9_001, (3_000, True)),
        ([("die", 3_000), ("disconnect", 3_100), ("connect", 3_500), ("disconnect", 9_000)], 9_001, (3_100, True)),
        ([("die", 3_000), ("disconnect", 3_100, "n2")], 3_500, (3_000, False)),
        ([("die", 3_000), ("disconnect", 14_000)], 3_001, (3_000, False)),
        ([("die", 900), ("disconnect", 950)], 3_001, None),
    ],
)
def test_it_tells_when_an_endpoint_left(events: list[tuple[str, int]], gone_ms: int, expected: tuple[int, bool] | None) -> None:
    times = EventTimes()
    times.note(told(*event) for event in events)

    found = times.end_of("c1", "n1", after_nano=1_000 * MS, gone_nano=gone_ms * MS)

    assert found == (None if expected is None else (expected[0] * MS, expected[1]))
