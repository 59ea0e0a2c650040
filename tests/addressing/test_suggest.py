"""Free subnets and free addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.endpoints import check_endpoint_address
from networks.addressing.findings import Level
from networks.addressing.pools import Pool
from networks.addressing.suggest import next_free_address, suggest_free_ipv6_subnet, suggest_free_subnet

NETWORKS = st.builds(
    lambda number, length: ip_network((number, length), strict=False), st.integers(0, 2**32 - 1), st.integers(1, 30)
)


def test_it_suggests_docker_s_next_default() -> None:
    taken = [ip_network("172.17.0.0/16"), ip_network("172.18.0.0/15")]

    assert suggest_free_subnet(taken) == ip_network("172.20.0.0/16")
    assert suggest_free_subnet([ip_network("10.201.0.0/25")], [("10.201.0.0/16", 26)]) == ip_network("10.201.0.128/26")


def test_it_suggests_nothing_when_all_is_taken() -> None:
    assert suggest_free_subnet([ip_network("0.0.0.0/1"), ip_network("128.0.0.0/1")]) is None


def test_it_suggests_unique_local_ipv6() -> None:
    assert suggest_free_ipv6_subnet([ip_network("fd00::/63"), ip_network("10.0.0.0/8")]) == ip_network("fd00:0:0:2::/64")


@given(st.lists(NETWORKS, max_size=40))
def test_it_suggests_only_what_is_free_and_the_first_of_it(taken: list[object]) -> None:
    pools = [("10.0.0.0/14", 20)]
    occupied = [ip_network(str(network)) for network in taken]

    found = suggest_free_subnet(occupied, pools)

    free = [block for block in ip_network("10.0.0.0/14").subnets(new_prefix=20) if not any(block.overlaps(o) for o in occupied)]
    assert found == (free[0] if free else None)


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
