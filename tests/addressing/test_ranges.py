"""What ranges of addresses are for."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.ranges import RangeKind, kind_of


@pytest.mark.parametrize(
    ("subnet", "kind"),
    [
        ("10.0.0.0/8", RangeKind.PRIVATE),
        ("10.0.0.0/7", RangeKind.PUBLIC),
        ("172.31.255.0/24", RangeKind.PRIVATE),
        ("172.32.0.0/16", RangeKind.PUBLIC),
        ("fd00::/64", RangeKind.PRIVATE),
        ("126.0.0.0/7", RangeKind.LOOPBACK),
        ("192.0.0.0/2", RangeKind.MULTICAST),
        ("ff02::/64", RangeKind.MULTICAST),
        ("fec0::/10", RangeKind.RESERVED),
        ("2001::/23", RangeKind.RESERVED),
        ("2001:db8::/32", RangeKind.DOCUMENTATION),
        ("2000::/3", RangeKind.PUBLIC),
    ],
)
def test_it_knows_what_a_subnet_is_for(subnet: str, kind: RangeKind) -> None:
    assert kind_of(ip_network(subnet)) is kind


@given(st.ip_addresses())
def test_it_calls_nothing_private_or_public_that_python_calls_otherwise(address: object) -> None:
    single = ip_network(str(address))

    if kind_of(single) is RangeKind.PRIVATE:
        assert single.is_private
    if single.is_global and single.version == 4:
        assert kind_of(single) in (RangeKind.PUBLIC, RangeKind.MULTICAST, RangeKind.RESERVED)
