"""What was noted lately is there for as long as it may be asked for, and is bounded however long a process runs."""

from __future__ import annotations

import pytest

from networks.sync import recent
from networks.sync.recent import Recent


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(recent.time, "monotonic", made.monotonic)
    return made


def test_it_keeps_what_was_put_for_the_whole_time_and_no_longer_than_twice_that(clock: Clock) -> None:
    noted: Recent[int] = Recent(60)
    noted.put("gone", 1)

    found = {}
    for second in range(1, 180):
        clock.now = 1_000.0 + second
        noted.put("busy", second)
        found[second] = noted.get("gone")

    assert all(found[second] == 1 for second in range(1, 60))
    assert all(found[second] is None for second in range(120, 180))
    assert noted.get("busy") == 179
    assert len(noted) == 1


def test_it_forgets_nothing_while_nothing_is_put(clock: Clock) -> None:
    noted: Recent[int] = Recent(60)
    noted.put("before the cut", 1)
    clock.now += 86_400

    noted.put("replayed", 2)

    assert noted.get("before the cut") == 1


def test_it_holds_only_so_many_in_a_storm(clock: Clock) -> None:
    noted: Recent[int] = Recent(60, 100)

    for number in range(10_000):
        noted.put(str(number), number)

    assert len(noted) <= 200
    assert [noted.get(str(number)) for number in range(9_900, 10_000)] == list(range(9_900, 10_000))


def test_it_gives_the_newest_and_lets_go_of_all_that_it_had(clock: Clock) -> None:
    noted: Recent[int] = Recent(60)
    noted.put("a", 1)
    clock.now += 61
    noted.put("b", 2)  # "a" is old now

    noted.put("a", 0)

    assert (noted.get("a"), "a" in noted, len(noted)) == (0, True, 2)
    assert noted.pop("a") == 0
    assert (noted.get("a"), "a" in noted, noted.pop("a")) == (None, False, None)
    noted.clear()
    assert ("b" in noted, len(noted)) == (False, 0)
