"""How many addresses a pool has to give."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.addressing.capacity import assignable, span
from tests.private_engine import PrivateEngine

SmallPool = tuple[IPv4Network, IPv4Network | None, IPv4Address | None, tuple[IPv4Address, ...]]


@st.composite
def small_pools(draw: st.DrawFn) -> SmallPool:
    subnet = IPv4Network((draw(st.integers(0, 2**32 - 1)), draw(st.integers(22, 32))), strict=False)
    members = st.integers(int(subnet.network_address), int(subnet.broadcast_address)).map(IPv4Address)
    length = draw(st.integers(subnet.prefixlen, 32))
    ip_range = draw(st.none() | members.map(lambda member: IPv4Network((member, length), strict=False)))
    return subnet, ip_range, draw(st.none() | members), tuple(draw(st.lists(members, max_size=6)))


@pytest.mark.parametrize(
    ("subnet", "ip_range", "gateway", "expected"),
    [
        ("172.17.0.0/16", None, "172.17.0.1", 65_533),
        ("172.72.0.0/16", "172.72.0.0/24", "172.72.0.1", 254),  # .255 is a host of the /16
        ("172.23.0.0/28", None, "172.23.0.1", 13),
        ("172.23.0.0/28", None, None, 13),
        ("10.0.0.0/31", None, None, 1),
        ("10.0.0.4/32", None, "10.0.0.4", 0),
        ("10.0.0.0/8", "10.5.0.0/16", "10.0.0.1", 65_536),
        ("fd00:24::/120", None, "fd00:24::1", 254),
        ("fd00:24::/64", None, "fd00:24::1", None),
    ],
)
def test_it_counts_what_docker_hands_out(subnet: str, ip_range: str | None, gateway: str | None, expected: int | None) -> None:
    counted = assignable(
        ip_network(subnet),
        ip_range=ip_network(ip_range) if ip_range else None,
        gateway=ip_address(gateway) if gateway else None,
    )

    assert counted == expected


@given(small_pools())
def test_it_agrees_with_counting_one_by_one(pool: SmallPool) -> None:
    subnet, ip_range, gateway, aux = pool
    own = {subnet.network_address, subnet.broadcast_address} if subnet.prefixlen < 31 else set()
    left = set(ip_range or subnet) - own - {gateway} - set(aux)

    assert assignable(subnet, ip_range=ip_range, gateway=gateway, aux=aux) == max(len(left) - (gateway is None), 0)


@given(small_pools())
def test_it_never_counts_more_with_more_kept_back(
    pool: SmallPool,
) -> None:
    subnet, ip_range, gateway, aux = pool

    with_aux = assignable(subnet, ip_range=ip_range, gateway=gateway, aux=aux)
    without = assignable(subnet, ip_range=ip_range, gateway=gateway)

    assert with_aux is not None
    assert without is not None
    assert 0 <= with_aux <= without <= subnet.num_addresses


def test_it_takes_the_subnet_where_the_range_lies_outside() -> None:
    subnet = IPv4Network("10.0.0.0/24")

    assert span(subnet, IPv4Network("10.9.0.0/24")) == span(subnet)
    assert span(subnet, IPv6Network("fd00::/64")) == span(subnet)


FILLED = [
    # subnet, ip range, gateway, aux: pools that are small enough to be filled
    ("10.211.0.0/29", "", "10.211.0.1", {}),
    ("10.211.1.0/29", "", "", {}),  # a gateway that wasn't named takes an address as well
    ("10.211.2.0/24", "10.211.2.8/30", "10.211.2.1", {}),
    ("10.211.3.0/24", "10.211.3.8/30", "", {}),  # … out of the range
    ("10.211.4.0/29", "", "10.211.4.1", {"router": "10.211.4.5"}),
]


def test_it_counts_as_a_real_engine_fills(engine: PrivateEngine) -> None:
    containers = [engine.run(f"guest-{number}", "--network", "none") for number in range(6)]
    for container in containers:
        engine.cli("network", "disconnect", "none", container)
    expected, filled = {}, {}
    for subnet, ip_range, gateway, aux in FILLED:
        options = [f"--ip-range={ip_range}"] * bool(ip_range) + [f"--gateway={gateway}"] * bool(gateway)
        options += [f"--aux-address={name}={address}" for name, address in aux.items()]
        network = engine.cli("network", "create", f"--subnet={subnet}", *options, "pool-" + subnet.replace("/", "-"))
        connected = [not engine.cli("network", "connect", network, container, check=False) for container in containers]
        filled[subnet] = sum(connected)
        expected[subnet] = assignable(
            ip_network(subnet),
            ip_range=ip_network(ip_range) if ip_range else None,
            gateway=ip_address(gateway) if gateway else None,
            aux=[ip_address(address) for address in aux.values()],
        )

    assert filled == expected
