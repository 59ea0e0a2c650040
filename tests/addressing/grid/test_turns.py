"""The next address, where it can be known."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.address_states import State
from networks.addressing.next_address import HandingOut, NextKnown, Turn, gateway_of, lowest_free, next_turn
from networks.addressing.pool_checks import Pool
from tests.addressing.grid.pools import Case, cases, use_of

OWN = HandingOut("front", "bridge")
ROUTER = {"DefaultGatewayIPv4": ip_address("10.0.0.5")}


@given(cases())
def test_it_finds_the_lowest_that_docker_could_hand_out(case: Case) -> None:
    use = case.use
    free = [
        number
        for number in map(int, case.ip_range or case.subnet)
        if use.state_at(number) in (State.FREE, State.REQUESTED) and number not in use.own
    ]

    assert lowest_free(use) == (free[0] if free else None)


@given(cases(), st.lists(st.tuples(st.booleans(), st.integers(0, 1_023)), max_size=40))
def test_it_foretells_what_an_allocator_gives(drawn: Case, acts: list[tuple[bool, int]]) -> None:
    """Each act ends a guest, or connects one that asks for no address; the allocator is a set of what is taken."""
    case = replace(drawn, held=())
    kept_back = {int(address) for address in (case.gateway, *case.aux) if address} | case.use.own
    free = [number for number in map(int, case.ip_range or case.subnet) if number not in kept_back]
    guests: list[int] = []

    for is_end, which in acts:
        if is_end and guests:
            guests.pop(which % len(guests))
            continue
        given_out = next((number for number in free if number not in guests), None)
        use = replace(case, held=tuple(map(case.use.address, guests))).use
        expected = Turn(None, NextKnown.FULL) if given_out is None else Turn(use.address(given_out), NextKnown.CERTAIN)
        assert next_turn(replace(OWN, driver="macvlan"), [use]) == expected
        guests += [] if given_out is None else [given_out]


def test_it_takes_what_a_stopped_container_asks_for() -> None:
    turn = next_turn(OWN, [use_of("10.0.0.0/28", "10.0.0.2", wished=("10.0.0.3",), gateway="10.0.0.1")])

    assert (str(turn.address), turn.why) == ("10.0.0.3", NextKnown.CERTAIN)


def test_it_goes_on_to_the_next_pool_when_one_is_full() -> None:
    full = use_of("10.0.0.0/30", "10.0.0.2", gateway="10.0.0.1")

    turn = next_turn(replace(OWN, driver="macvlan"), [full, use_of("10.9.0.0/24", gateway="10.9.0.1")])

    assert str(turn.address) == "10.9.0.2"
    assert next_turn(OWN, [full]).why is NextKnown.FULL


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (HandingOut("other", "bridge", ipam_driver="dhcp"), NextKnown.IPAM_DRIVER),
        (HandingOut("over", "overlay", "swarm"), NextKnown.SWARM),
        (HandingOut("third", "weave"), NextKnown.DRIVER),
        (HandingOut("docker_gwbridge", "bridge"), NextKnown.HIDDEN),
        (HandingOut("late", "macvlan", hides_gateway=True), NextKnown.GATEWAY),
    ],
)
def test_it_says_why_it_does_not_know(place: HandingOut, why: NextKnown) -> None:
    turn = next_turn(place, [use_of("10.0.0.0/24", gateway="10.0.0.1")])

    assert (turn.address, turn.why) == (None, why)


def test_it_does_not_guess_addresses_that_are_made_of_the_mac() -> None:
    assert next_turn(HandingOut("bridge", "bridge"), [use_of("fd00::/64", gateway="fd00::1")]).why is NextKnown.FROM_MAC
    assert next_turn(HandingOut("bridge", "bridge"), [use_of("10.0.0.0/24", gateway="10.0.0.1")]).why is NextKnown.CERTAIN


def test_it_says_nothing_while_the_engine_counts_otherwise() -> None:
    pools = [use_of("10.0.0.0/24", gateway="10.0.0.1")]

    assert next_turn(OWN, pools, is_disputed=True).why is NextKnown.COUNT
    assert next_turn(OWN, []).why is NextKnown.NONE


@pytest.mark.parametrize(
    ("pool", "told", "is_allocated", "gateway"),
    [
        (Pool(ip_network("10.0.0.0/24"), gateway=ip_address("10.0.0.9")), "10.0.0.1", True, "10.0.0.9"),
        (Pool(ip_network("10.0.0.0/24")), "10.0.0.7", True, "10.0.0.7"),
        (Pool(ip_network("10.0.0.0/24")), "192.168.0.1", True, "10.0.0.1"),
        (Pool(ip_network("10.0.0.0/24"), ip_network("10.0.0.8/29")), "", True, "10.0.0.8"),
        (Pool(ip_network("10.0.0.0/24")), "", False, "None"),
        (Pool(ip_network("10.0.0.0/31")), "", True, "10.0.0.0"),
        (Pool(ip_network("10.0.0.4/32")), "", True, "10.0.0.4"),
        # containers are sent to another router: the gateway of the network is still there
        (
            Pool(ip_network("10.0.0.0/24"), aux_addresses={"DefaultGatewayIPv4": ip_address("10.0.0.5")}),
            "10.0.0.5",
            True,
            "10.0.0.1",
        ),
    ],
)
def test_it_finds_the_gateway_that_nobody_typed(pool: Pool, told: str, is_allocated: bool, gateway: str) -> None:
    assert str(gateway_of(pool, told=[ip_address(told)] if told else [], is_allocated=is_allocated)) == gateway
