"""What lies between assignments is said: nobody had the address, or nobody looked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.queries.addresses.history import Assignment, Span
from networks.queries.addresses.history_lines import (
    LEAST,
    AddressHistoryLine,
    HistoryLineKind,
    gaps_of,
    lines_of_address,
    lines_of_others,
)
from tests.history import BEGIN, at


def row(begin: float, end: float | None, **more: object) -> Assignment:
    values = {
        "id": 1,
        "address": "172.18.0.2",
        "address_key": "4ac120002",
        "family": 4,
        "container_id": "c" * 64,
        "container_name": "web",
        "network_id": "n" * 64,
        "network_name": "net",
        "mac": "",
        "from_at": at(begin),
        "is_from_exact": True,
        "from_earliest_at": None,
        "until_at": None if end is None else at(end),
        "is_until_exact": True,
        "until_latest_at": None,
        "was_address": "",
        "was_until_at": None,
    }
    return Assignment(**{**values, **more})  # type: ignore[arg-type]


def spans(*pairs: tuple[float, float | None]) -> list[Span]:
    return [Span(at(begin), None if end is None else at(end)) for begin, end in pairs]


def shown(lines: Iterable[AddressHistoryLine]) -> list[tuple[str, float | None, float | None]]:
    return [
        (str(line.kind), *((None if each is None else (each - BEGIN).total_seconds()) for each in (line.from_at, line.until_at)))
        for line in lines
    ]


def test_it_names_the_time_in_which_nobody_had_an_address() -> None:
    lines = lines_of_address([row(50, None), row(10, 30)], spans((0, None)), now=at(100), is_end=True)

    assert shown(lines) == [
        ("held", 50, None),
        ("nobody", 30, 50),
        ("held", 10, 30),
        ("nobody", 0, 10),
        ("since", 0, None),
    ]


def test_it_tells_nobody_had_it_from_nobody_looked() -> None:
    lines = lines_of_address([row(80, 90), row(10, 20)], spans((60, None), (0, 40)), now=at(200), is_end=False)

    assert shown(lines) == [
        ("nobody", 90, None),
        ("held", 80, 90),
        ("nobody", 60, 80),
        ("unseen", 40, 60),
        ("nobody", 20, 40),
        ("held", 10, 20),
    ]


def test_it_says_that_nobody_looks_now() -> None:
    lines = lines_of_address([row(10, 20)], spans((0, 40)), now=at(200), is_end=False)

    assert shown(lines) == [("unseen", 40, None), ("nobody", 20, 40), ("held", 10, 20)]


def test_it_leaves_the_moment_of_a_restart_away() -> None:
    lines = lines_of_address([row(20.4, None), row(10, 20)], spans((10, None)), now=at(200), is_end=False)

    assert shown(lines) == [("held", 20.4, None), ("held", 10, 20)]


def test_it_takes_what_may_still_have_been_held_for_held() -> None:
    lines = lines_of_address(
        [row(50, None, from_earliest_at=at(42)), row(10, 20, until_latest_at=at(40))],
        spans((40, None), (0, 25)),
        now=at(60),
        is_end=False,
    )

    assert [kind for kind, _begin, _end in shown(lines)] == ["held", "nobody", "held"]


def test_an_address_on_two_networks_is_held_while_either_has_it() -> None:
    lines = lines_of_address([row(50, 60), row(20, 100), row(0, 10)], spans((0, None)), now=at(110), is_end=False)

    assert shown(lines) == [("nobody", 100, None), ("held", 50, 60), ("held", 20, 100), ("nobody", 10, 20), ("held", 0, 10)]


def test_a_list_has_a_line_where_nobody_looked() -> None:
    lines = lines_of_others([row(80, 90), row(10, 20)], spans((60, None), (0, 40)), is_first=True, is_end=True)

    assert shown(lines) == [("held", 80, 90), ("unseen", 40, 60), ("held", 10, 20), ("since", 0, None)]


def test_it_says_that_nobody_ever_followed() -> None:
    assert shown(lines_of_others([], [], is_first=True, is_end=True)) == [("since", None, None)]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), max_size=8), st.lists(st.integers(0, 500), max_size=8))
def test_the_lines_of_an_address_leave_no_hole_and_never_overlap(stays: list[tuple[int, int]], marks: list[int]) -> None:
    edges = sorted(set(marks))
    watched = [(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=False)][::-1]
    held = sorted((row(begin, begin + length) for begin, length in stays), key=lambda each: each.from_at, reverse=True)

    lines = lines_of_address(held, spans(*watched), now=at(1_000), is_end=False)

    between = [line for line in lines if line.kind is not HistoryLineKind.HELD]
    for line in between:
        begin, end = line.from_at, line.until_at or at(1_000)
        assert begin is not None
        assert end - begin >= LEAST
        assert not [each for each in held if each.from_at < end and (each.until_at or at(1_000)) > begin]
        overlaps = [gap for gap in gaps_of(spans(*watched)) if min(gap[1], end) - max(gap[0], begin) >= LEAST]
        assert line.kind is HistoryLineKind.UNSEEN or not overlaps
    times = [(line.from_at, line.until_at or at(1_000)) for line in between]
    assert all(later[0] >= earlier[1] for later, earlier in pairwise(times))


@pytest.mark.parametrize("count", [0, 1])
def test_it_has_no_gap_where_it_was_followed_once(count: int) -> None:
    assert gaps_of(spans(*[(0, 10)] * count)) == ()
