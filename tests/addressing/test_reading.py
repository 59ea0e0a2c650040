"""Typed text to subnets and addresses."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.findings import Misread
from networks.addressing.reading import parse_address, parse_network


@pytest.mark.parametrize(
    ("typed", "key", "suggestion"),
    [
        ("10.20.0.5/24", "host_bits_set", "10.20.0.0/24"),
        ("fd00::5/64", "host_bits_set", "fd00::/64"),
        ("10.20.30.0", "no_prefix_length", "10.20.30.0/24"),
        ("172.16.0.0", "no_prefix_length", "172.16.0.0/16"),
        ("10.0.0.0", "no_prefix_length", "10.0.0.0/8"),
        ("fd00::1", "no_prefix_length", "fd00::/64"),
        ("10.20.0.0/255.255.255.0", "netmask", "10.20.0.0/24"),
        ("10.20.0.0/33", "not_a_subnet", ""),
        ("10.20.0.0/-1", "not_a_subnet", ""),
        ("10.20.0.256/24", "not_a_subnet", ""),
        ("010.0.0.0/8", "not_a_subnet", ""),
        ("fe80::1%eth0/64", "not_a_subnet", ""),
        ("front", "no_prefix_length", ""),
        ("", "no_prefix_length", ""),
    ],
)
def test_it_says_what_was_probably_meant(typed: str, key: str, suggestion: str) -> None:
    with pytest.raises(Misread) as caught:
        parse_network(typed)

    assert (caught.value.finding.key, caught.value.finding.suggestion) == (key, suggestion)


@pytest.mark.parametrize(
    ("typed", "key", "suggestion"),
    [
        ("10.20.0.1/24", "address_with_prefix_length", "10.20.0.1"),
        ("10.20.0", "not_an_address", ""),
        ("fe80::1%eth0", "not_an_address", "fe80::1"),
        ("web", "not_an_address", ""),
    ],
)
def test_it_refuses_what_is_no_address(typed: str, key: str, suggestion: str) -> None:
    with pytest.raises(Misread) as caught:
        parse_address(typed)

    assert (caught.value.finding.key, caught.value.finding.suggestion) == (key, suggestion)


@given(st.ip_addresses(), st.integers(0, 128))
def test_it_reads_every_subnet_and_mends_every_host_bit(address: object, length: int) -> None:
    network = ip_network((str(address), length % (ip_address(str(address)).max_prefixlen + 1)), strict=False)

    assert parse_network(f" {network} ") == network
    try:
        read = parse_network(f"{address}/{network.prefixlen}")
    except Misread as error:
        read = parse_network(error.finding.suggestion)
    assert read == network


@given(st.text(max_size=60))
def test_it_never_fails_otherwise(typed: str) -> None:
    for parse in (parse_network, parse_address):
        try:
            parse(typed)
        except Misread as error:
            if error.finding.suggestion and parse is parse_network:
                parse_network(error.finding.suggestion)
