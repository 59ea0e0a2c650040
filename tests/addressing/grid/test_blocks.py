"""Large pools in blocks."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.address_states import TAKING
from networks.addressing.blocks import MOST_LISTED, block_of, blocks_of, first_shown
from tests.addressing.grid.pools import Case, cases, use_of


def number(text: str) -> int:
    return int(ip_address(text))


def test_it_cuts_a_16_into_256_blocks_of_24() -> None:
    use = use_of("172.17.0.0/16", "172.17.0.2", "172.17.0.3", "172.17.9.1", gateway="172.17.0.1", ip_range="172.17.0.0/20")

    blocks = blocks_of(use)

    assert (blocks.prefix_length, blocks.total, len(blocks.blocks), blocks.is_complete) == (24, 256, 256, True)
    assert [(index, block.taken) for index, block in enumerate(blocks.blocks) if block.taken] == [(0, 3), (9, 1)]
    assert [block.is_outside for block in blocks.blocks] == [False] * 16 + [True] * 240


def test_it_shows_a_small_pool_as_one_block() -> None:
    blocks = blocks_of(use_of("10.0.0.64/26", "10.0.0.66"))

    assert (blocks.prefix_length, blocks.total) == (26, 1)
    assert [(block.number, block.taken) for block in blocks.blocks] == [(number("10.0.0.64"), 1)]


def test_it_lists_of_a_huge_pool_only_what_holds_something_or_is_asked_for() -> None:
    use = use_of("fd00::/64", "fd00::2", "fd00::9:5", gateway="fd00::1")

    blocks = blocks_of(use, number("fd00::77:1"), number("10.0.0.1"))

    assert (blocks.prefix_length, blocks.total, blocks.is_complete) == (120, 2**56, False)
    assert [str(use.address(block.number)) for block in blocks.blocks] == ["fd00::", "fd00::9:0", "fd00::77:0"]
    assert blocks.left_out == 2**56 - 3


def test_it_lists_no_more_than_a_page_can_show() -> None:
    use = use_of("10.0.0.0/8", *(f"10.{index // 200}.{index % 200}.9" for index in range(2_000)))

    blocks = blocks_of(use, number("10.200.0.1"))

    assert len(blocks.blocks) == MOST_LISTED
    assert blocks.blocks[-1].number == number("10.200.0.0")


@given(cases(), st.integers(0, 1_023))
def test_it_puts_every_address_into_the_block_that_holds_it(case: Case, offset: int) -> None:
    use = case.use
    inside = int(case.subnet.network_address) + offset % case.subnet.num_addresses
    blocks = blocks_of(use)

    assert block_of(use, inside) in [block.number for block in blocks.blocks]
    assert 0 <= inside - block_of(use, inside) < 256
    assert sum(block.taken for block in blocks.blocks) == len(use.cells)


@given(cases())
def test_it_cuts_the_pool_so_that_every_address_is_in_one_block(case: Case) -> None:
    use = case.use
    blocks = blocks_of(use)
    size = 1 << (case.subnet.max_prefixlen - blocks.prefix_length)

    covered = [number for block in blocks.blocks for number in range(block.number, block.number + size)]

    assert covered == list(map(int, case.subnet))
    assert (blocks.total, blocks.left_out) == (len(blocks.blocks), 0)
    for block in blocks.blocks:
        numbers = range(block.number, block.number + size)
        assert block.is_outside == (not any(use.first <= number <= use.last for number in numbers))
        assert block.taken >= sum(use.state_at(number) in TAKING for number in numbers)


def test_it_begins_where_the_next_address_is() -> None:
    use = use_of("172.17.0.0/16", "172.17.9.1")

    assert first_shown(use, next_number=number("172.17.3.7")) == number("172.17.3.0")
    assert first_shown(use) == number("172.17.9.0")
    assert first_shown(use_of("172.17.0.0/16", ip_range="172.17.5.0/24")) == number("172.17.5.0")
