"""What an Engine counts, beside what we count."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.address_states import PoolUse, State, engine_count
from networks.addressing.blocks import Besides, Dispute, besides, dispute_of
from tests.addressing.grid.pools import Case, cases, use_of


def as_counted(use: PoolUse, *, more: int = 0) -> Besides:
    """Return what is left of an honest Engine's count, of which `more` addresses of the range are hidden to us."""
    held = [number for number, cell in use.cells.items() if cell.state is State.IN_USE]
    in_use, available = engine_count(use)
    return besides(use.first, use.last, held, in_use=in_use + more, available=available - more)


@given(cases(), st.integers(-3, 3))
def test_it_agrees_with_who_counts_as_we_do_and_says_by_how_much_another_differs(case: Case, more: int) -> None:
    use = case.use

    assert dispute_of(use, as_counted(use, more=more)) == (Dispute(more, -more) if more else None)


@given(cases())
def test_it_finds_the_same_whoever_comes_or_goes(case: Case) -> None:
    reserved = {case.gateway, *case.aux, case.subnet.network_address, case.subnet[-1]}
    guests = replace(case, held=tuple(address for address in case.held if address not in reserved))

    assert as_counted(guests.use) == as_counted(replace(guests, held=()).use)


def test_it_counts_what_no_endpoint_explains() -> None:
    use = use_of("10.0.0.0/24", "10.0.0.2", "10.0.0.9", gateway="10.0.0.1", ip_range="10.0.0.8/29")

    assert as_counted(use) == Besides(in_all=3, in_range=0)
    assert dispute_of(use, None) is None


def test_it_leaves_aside_what_is_left_of_a_range_beyond_counting() -> None:
    use = use_of("fd00::/48", "fd00::2", gateway="fd00::1")

    assert as_counted(use) == Besides(in_all=2, in_range=None)
    assert dispute_of(use, as_counted(use)) is None
    assert dispute_of(use, Besides(5, None)) == Dispute(in_use=3, available=0)
