"""What each address of a pool is, held against going through them one by one."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given

from networks.addressing.address_states import TAKING, State, engine_count, measure
from networks.addressing.pool_checks import Pool
from tests.addressing.grid.pools import Case, cases, claim, use_of


def expected_state(case: Case, number: int) -> State:
    """Tell what an address is, in the plainest way."""
    has_own = case.subnet.version == 6 or case.subnet.num_addresses > 2
    for state, members in (
        (State.IN_USE, case.held),
        (State.GATEWAY, (case.gateway,) if case.gateway else ()),
        (State.AUX, case.aux),
        (State.REQUESTED, case.wished),
        (State.NETWORK, (case.subnet.network_address,) if has_own else ()),
        (State.BROADCAST, (case.subnet.broadcast_address,) if has_own and case.subnet.version == 4 else ()),
    ):
        if number in map(int, members):
            return state
    return State.FREE if number in map(int, case.ip_range or case.subnet) else State.OUTSIDE


@given(cases())
def test_it_says_what_every_address_is(case: Case) -> None:
    use = case.use

    said = {int(address): use.state_at(int(address)) for address in case.subnet}

    assert said == {number: expected_state(case, number) for number in said}


@given(cases())
def test_it_adds_up(case: Case) -> None:
    use = case.use
    states = Counter(use.state_at(int(address)) for address in case.subnet if int(address) not in use.own)

    assert use.capacity == sum(states.values())
    assert use.used == sum(states[state] for state in TAKING)
    assert use.free == states[State.FREE] + states[State.OUTSIDE]
    assert use.outside == states[State.OUTSIDE]
    assert 0 <= use.free <= use.capacity


@given(cases())
def test_it_counts_as_an_engine_would(case: Case) -> None:
    use = case.use
    not_taken = (State.FREE, State.OUTSIDE, State.REQUESTED)
    taken = {number for number in map(int, case.subnet) if use.state_at(number) not in not_taken}
    taken |= use.own  # also where somebody asks for one of these
    handed_out = set(map(int, case.ip_range or case.subnet))

    assert engine_count(use) == (len(taken), len(handed_out - taken))


@pytest.mark.parametrize(
    ("subnet", "capacity"),
    [
        ("172.17.0.0/16", 65_534),
        ("10.0.0.0/29", 6),
        ("10.0.0.0/31", 2),
        ("10.0.0.0/32", 1),
        ("fd00::/125", 7),
        ("fd00::/64", 2**64 - 1),
    ],
)
def test_it_counts_all_but_the_subnets_own_addresses_as_capacity(subnet: str, capacity: int) -> None:
    assert use_of(subnet).capacity == capacity


def test_it_counts_gateway_and_aux_addresses_into_capacity_and_use() -> None:
    pool = Pool(ip_network("10.0.0.0/28"), None, ip_address("10.0.0.1"), {"router": ip_address("10.0.0.2")})

    use = measure(pool, gateway=pool.gateway, held=[claim(ip_address("10.0.0.3"))], wished=[claim(ip_address("10.0.0.9"))])

    assert (use.capacity, use.used, use.free) == (14, 4, 10)


def test_it_keeps_who_asks_for_an_address_that_another_has() -> None:
    address = ip_address("10.0.0.5")

    use = measure(
        Pool(ip_network("10.0.0.0/28")), gateway=None, held=[claim(address, "quick")], wished=[claim(address, "asleep")]
    )

    cell = use.cells[int(address)]
    assert (cell.state, cell.claim and cell.claim.container_name) == (State.IN_USE, "quick")
    assert [other.container_name for other in cell.others] == ["asleep"]
    assert use.used == 1


def test_it_leaves_aside_what_is_claimed_elsewhere() -> None:
    pool = Pool(ip_network("10.0.0.0/28"), aux_addresses={"six": ip_address("fd00::1")})

    use = measure(pool, gateway=ip_address("10.9.0.1"), held=[claim(ip_address("10.0.1.5")), claim(ip_address("::5"))])

    assert use.used == 0


def test_it_refuses_a_pool_without_a_subnet() -> None:
    with pytest.raises(ValueError, match="without a subnet"):
        measure(Pool(), gateway=None)


def test_it_counts_huge_pools_without_going_through_them() -> None:
    use = use_of("fd00::/16", "fd00::2", gateway="fd00::1")

    assert use.free == 2**112 - 3
    assert engine_count(use) == (3, 2**64 - 1)
    assert use.state_at(int(ip_address("fd00:1::"))) is State.FREE
