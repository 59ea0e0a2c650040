"""Checks of pools: what Docker would refuse, what would do harm, and the way out."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.findings import Finding, Level
from networks.addressing.pool_checks import Pool, TakenPool, check_between, check_pool, check_room, is_any_of_size, overlapping


def pool(subnet: str = "", ip_range: str = "", gateway: str = "", **aux: str) -> Pool:
    return Pool(
        subnet=ip_network(subnet) if subnet else None,
        ip_range=ip_network(ip_range) if ip_range else None,
        gateway=ip_address(gateway) if gateway else None,
        aux_addresses={name: ip_address(address) for name, address in aux.items()},
    )


def _found(checked: Pool) -> list[Finding]:
    return [*check_pool(checked), *check_room(checked)]


def test_it_counts_no_gateway_where_docker_takes_none() -> None:
    one = pool("10.20.0.9/32")

    assert [(found.level, found.key) for found in check_room(one)] == [(Level.BAD, "too_small")]
    assert [(found.level, found.key) for found in check_room(one, is_gateway_given=False)] == [(Level.WARN, "little_room")]


@pytest.mark.parametrize(
    ("checked", "field", "key", "suggestion"),
    [
        (pool("10.20.0.0/24", gateway="10.21.0.1"), "gateway", "gateway_outside", "10.20.0.1"),
        (pool("10.20.0.0/24", gateway="fd00::1"), "gateway", "gateway_outside", "10.20.0.1"),
        (pool("10.20.0.0/24", gateway="10.20.0.255"), "gateway", "gateway_is_broadcast_address", "10.20.0.1"),
        (pool("10.20.0.0/24", gateway="10.20.0.0"), "gateway", "gateway_is_network_address", "10.20.0.1"),
        (pool("10.20.0.0/24", "10.21.0.0/28"), "ip_range", "range_outside", "10.20.0.0/28"),
        (pool("10.20.0.0/24", "10.0.0.0/8"), "ip_range", "range_bigger", "10.20.0.0/24"),
        (pool("10.20.0.0/24", "fd00::/64"), "ip_range", "range_outside", "10.20.0.0/24"),
        (pool("10.20.0.0/24", router="10.21.0.5"), "aux_addresses", "aux_addresses_outside", ""),
        (pool("10.20.0.0/24", router="10.20.0.1"), "aux_addresses", "aux_is_gateway", ""),
        (pool("10.20.0.0/24", "10.20.0.0/25", router="10.20.0.1"), "aux_addresses", "aux_is_gateway", ""),
        (pool("10.20.0.0/24", "10.20.0.128/25", router="10.20.0.128"), "aux_addresses", "aux_is_gateway", ""),
        (pool("10.20.0.0/24", a="10.20.0.7", b="10.20.0.7"), "aux_addresses", "aux_twice", ""),
        (pool("127.0.0.0/8"), "subnet", "loopback", ""),
        (pool("224.1.0.0/16"), "subnet", "multicast", ""),
        (pool("ff02::/64"), "subnet", "multicast", ""),
        (pool("0.0.0.0/0"), "subnet", "whole_address_space", ""),
        (pool("fd00::/127"), "subnet", "too_small", "fd00::/125"),
        (pool("10.20.0.9/32"), "subnet", "too_small", "10.20.0.8/29"),
        (pool(ip_range="10.20.0.0/24"), "subnet", "subnet_missing", "10.20.0.0/24"),
        (pool(gateway="10.20.0.1"), "subnet", "subnet_missing", "10.20.0.0/24"),
        (pool("10.20.0.0/30", a="10.20.0.2"), "subnet", "no_room", ""),
        (pool("::1/128"), "subnet", "loopback", ""),
    ],
)
def test_it_finds_what_docker_would_refuse(checked: Pool, field: str, key: str, suggestion: str) -> None:
    findings = [finding for finding in _found(checked) if finding.level is Level.BAD]

    assert [(found.field, found.key, found.suggestion) for found in findings] == [(field, key, suggestion)]


@pytest.mark.parametrize(
    ("subnet", "key"),
    [
        ("172.72.0.0/16", "public"),
        ("172.0.0.0/8", "public"),
        ("2a00:1450::/32", "public"),
        ("169.254.0.0/16", "link_local"),
        ("fe80::/64", "link_local"),
        ("240.0.0.0/8", "reserved"),
        ("0.1.0.0/16", "reserved"),
        ("198.18.0.0/24", "reserved"),
        ("2002::/16", "reserved"),
        ("1::/64", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("2001:db8:7::/48", "documentation"),
        ("100.64.9.0/24", "shared_space"),
        ("10.0.0.0/8", "too_big"),
        ("10.0.0.0/15", "too_big"),
        ("fd00::/47", "too_big"),
        ("10.20.0.0/30", "little_room"),
        ("10.20.0.0/31", "little_room"),
        ("fd00::/126", "little_room"),
    ],
)
def test_it_warns_of_subnets_that_surprise(subnet: str, key: str) -> None:
    assert [(found.level, found.key) for found in _found(pool(subnet))] == [(Level.WARN, key)]


@pytest.mark.parametrize("subnet", ["10.0.0.0/16", "172.16.0.0/24", "192.168.9.0/29", "fd00:7::/48", "fd00:7::/64", "fd00::/125"])
def test_it_finds_nothing_in_what_people_should_use(subnet: str) -> None:
    assert _found(pool(subnet)) == []


@pytest.mark.parametrize(
    ("checked", "field", "key"),
    [
        (pool("10.20.0.0/24", "10.20.0.8/32", "10.20.0.8"), "ip_range", "range_full"),
        (pool("10.20.0.0/24", "10.20.0.8/31", "10.20.0.1"), "ip_range", "little_room"),
    ],
)
def test_it_counts_the_room_that_is_left(checked: Pool, field: str, key: str) -> None:
    assert [(found.level, found.field, found.key) for found in _found(checked)] == [(Level.WARN, field, key)]


def test_it_accepts_the_seeds_network() -> None:
    findings = _found(pool("172.72.0.0/16", "172.72.0.0/24", "172.72.0.1"))

    assert [found.level for found in findings] == [Level.WARN]


def test_it_leaves_any_of_size_to_docker() -> None:
    assert is_any_of_size(ip_network("0.0.0.0/24"))
    assert _found(pool("0.0.0.0/24")) == []


def test_it_names_pools_of_one_network_that_overlap() -> None:
    found = list(check_between([pool("10.0.0.0/8"), pool("fd00::/64"), pool("10.20.0.0/24")]))

    assert [(index, finding.key, finding.parameters["other"]) for index, finding in found] == [
        (2, "overlaps_own_pool", "10.0.0.0/8")
    ]


@given(st.ip_addresses(), st.ip_addresses(), st.integers(0, 128), st.integers(0, 128))
def test_it_calls_overlapping_exactly_what_shares_an_address(one: object, two: object, first: int, second: int) -> None:
    left = ip_network((str(one), first % (ip_address(str(one)).max_prefixlen + 1)), strict=False)
    right = ip_network((str(two), second % (ip_address(str(two)).max_prefixlen + 1)), strict=False)

    shares = left.version == right.version and (
        int(left.network_address) <= int(right.broadcast_address) and int(right.network_address) <= int(left.broadcast_address)
    )
    assert bool(overlapping(left, [TakenPool(right)])) is shares


@given(st.ip_addresses(), st.integers(0, 128), st.ip_addresses(), st.ip_addresses())
def test_it_suggests_only_gateways_that_pass(base: object, length: int, gateway: object, aux: object) -> None:
    subnet = ip_network((str(base), length % (ip_address(str(base)).max_prefixlen - 1)), strict=False)
    typed = Pool(subnet=subnet, gateway=ip_address(str(gateway)), aux_addresses={"a": ip_address(str(aux))})

    for finding in _found(typed):
        if finding.field == "gateway" and finding.suggestion:
            mended = Pool(subnet=subnet, gateway=ip_address(finding.suggestion), aux_addresses=typed.aux_addresses)
            assert not [found for found in _found(mended) if found.field == "gateway"]
