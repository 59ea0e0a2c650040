"""Free subnets and free addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.endpoint_checks import check_endpoint_address
from networks.addressing.findings import Level
from networks.addressing.free_addresses import PRIVATE, next_free_address, suggest_subnet_of
from networks.addressing.host import HostAddress, HostRoute, HostSide
from networks.addressing.pool_checks import Pool

NETWORKS = st.builds(
    lambda number, length: ip_network((number, length), strict=False), st.integers(0, 2**32 - 1), st.integers(1, 30)
)


def test_it_suggests_the_first_private_subnet_that_is_free() -> None:
    taken = [ip_network("10.128.0.0/16"), ip_network("10.129.0.0/16"), ip_network("10.130.7.0/24")]

    assert suggest_subnet_of(4, taken) == ip_network("10.131.0.0/16")
    assert suggest_subnet_of(4, [*taken, ip_network("10.0.0.0/8")]) == ip_network("172.16.0.0/16")
    assert suggest_subnet_of(4, [ip_network("10.0.0.0/8"), ip_network("172.16.0.0/12")]) == ip_network("192.168.0.0/16")
    assert suggest_subnet_of(6, [ip_network("fd00::/63"), ip_network("10.0.0.0/8")]) == ip_network("fd00:0:0:2::/64")


@pytest.mark.parametrize(("wanted", "kept"), [(24, 24), (16, 16), (8, 16), (29, 29), (31, 29), (32, 29), (999, 29), (None, 16)])
def test_it_keeps_the_prefix_length_unless_it_is_too_big_or_too_small(wanted: int | None, kept: int) -> None:
    assert suggest_subnet_of(4, [], wanted) == ip_network(("10.128.0.0", kept))


def test_it_suggests_nothing_when_all_is_taken() -> None:
    assert suggest_subnet_of(4, [ip_network("0.0.0.0/1"), ip_network("128.0.0.0/1")]) is None


@given(st.lists(NETWORKS, max_size=40), st.integers(16, 20))
def test_it_suggests_only_what_is_free_and_the_first_of_it(taken: list[object], length: int) -> None:
    occupied = [ip_network(str(network)) for network in taken]

    found = suggest_subnet_of(4, occupied, length)

    blocks = (block for base in PRIVATE[4] for block in ip_network(base).subnets(new_prefix=length))
    assert found == next((block for block in blocks if not any(block.overlaps(other) for other in occupied)), None)


@given(st.sets(st.integers(0, 63)), st.integers(24, 30), st.integers(0, 3))
def test_it_finds_the_lowest_free_address_in_range(taken: set[int], length: int, gateway: int) -> None:
    subnet = ip_network("10.9.8.0/24")
    pool = Pool(subnet, ip_network(("10.9.8.0", length)), ip_address(f"10.9.8.{gateway + 1}"), {"a": ip_address("10.9.8.9")})
    used = {IPv4Address("10.9.8.0") + number for number in taken}

    found = next_free_address(pool, used)

    refused = {*used, pool.gateway, ip_address("10.9.8.9"), ip_address("10.9.8.0"), ip_address("10.9.8.255")}
    assert found == next((address for address in pool.ip_range or () if address not in refused), None)


def test_it_names_who_holds_an_address_and_the_next_free() -> None:
    pool = Pool(ip_network("172.72.0.0/16"), ip_network("172.72.0.0/24"), ip_address("172.72.0.1"))
    holders = {ip_address("172.72.0.2"): "web"}
    wishes = {ip_address("172.72.0.3"): "old"}

    said = {
        text: next(iter(check_endpoint_address(ip_address(text), [pool], holders, wishes)))
        for text in ("172.72.0.2", "172.72.0.3", "172.72.0.1", "172.72.255.255", "172.73.0.1", "172.72.0.4", "fd00::1")
    }

    assert {text: (found.level, found.key, found.suggestion) for text, found in said.items()} == {
        "172.72.0.2": (Level.BAD, "address_held", "172.72.0.4"),
        "172.72.0.3": (Level.WARN, "address_wished", "172.72.0.4"),
        "172.72.0.1": (Level.BAD, "address_is_gateway", "172.72.0.4"),
        "172.72.255.255": (Level.BAD, "address_of_subnet", "172.72.0.4"),
        "172.73.0.1": (Level.BAD, "address_outside", "172.72.0.4"),
        "172.72.0.4": (Level.OK, "address_free", ""),
        "fd00::1": (Level.BAD, "ipv6_no_pool", ""),
    }
    assert said["172.72.0.2"].parameters["name"] == "web"


def test_it_keeps_off_the_addresses_of_the_machine_and_its_network() -> None:
    pool = Pool(ip_network("192.168.0.0/24"), None, ip_address("192.168.0.1"))
    host = HostSide(
        addresses=(HostAddress(ip_interface("192.168.0.2/24"), "eth0"),),
        routes=(HostRoute(ip_network("0.0.0.0/0"), "eth0", ip_address("192.168.0.3")),),
        name_servers=(ip_address("192.168.0.4"),),
        is_known=True,
    )

    said = [
        next(iter(check_endpoint_address(ip_address(f"192.168.0.{number}"), [pool], {}, {}, host))) for number in (2, 3, 4, 5)
    ]

    assert [(found.level, found.key, found.suggestion) for found in said] == [
        (Level.BAD, "address_of_host", "192.168.0.5"),
        (Level.BAD, "address_is_router", "192.168.0.5"),
        (Level.WARN, "address_is_name_server", "192.168.0.5"),
        (Level.OK, "address_free", ""),
    ]
