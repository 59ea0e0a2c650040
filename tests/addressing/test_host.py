"""What a subnet would take from the machine: the way out first, never a false green, nothing of Docker's own."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network

import pytest
from hypothesis import given

from networks.addressing.findings import Level
from networks.addressing.host import (
    HostAddress,
    HostRoute,
    HostSide,
    check_host,
    collisions,
    is_harmful,
    is_of_interest,
    occupied_by,
)
from tests.addressing.hosts import HOSTS, SUBNETS

OFFICE = HostSide(
    addresses=(
        HostAddress(ip_interface("192.168.0.4/24"), "eth0"),
        HostAddress(ip_interface("10.8.0.2/24"), "eth1"),
        HostAddress(ip_interface("fd12::4/64"), "eth0"),
    ),
    routes=(
        HostRoute(ip_network("0.0.0.0/0"), "eth0", ip_address("192.168.0.1")),
        HostRoute(ip_network("192.168.0.0/24"), "eth0", is_on_link=True),
        HostRoute(ip_network("10.8.0.0/24"), "eth1", is_on_link=True),
        HostRoute(ip_network("10.9.0.0/16"), "eth1", ip_address("10.8.0.1")),
        HostRoute(ip_network("10.10.0.0/16")),
        HostRoute(ip_network("::/0"), "eth0", ip_address("fe80::1")),
        HostRoute(ip_network("fd12::/64"), "eth0", is_on_link=True),
    ),
    name_servers=(ip_address("10.53.0.53"),),
    is_known=True,
    knows_name_servers=True,
)


BEHIND = (("host_route", "10.9.0.0/16", "10.8.0.1"), ("host_nowhere", "10.10.0.0/16", ""))


@pytest.mark.parametrize(
    ("subnet", "said"),
    [
        ("192.168.0.0/24", [("bad", "host_gateway", "192.168.0.1", "eth0")]),
        ("192.168.0.128/25", [("bad", "host_lan", "192.168.0.0/24", "eth0")]),
        ("fd12::/64", [("bad", "host_lan", "fd12::/64", "eth0")]),
        ("10.8.0.0/30", [("bad", "host_address", "10.8.0.2", "eth1")]),
        ("10.8.0.0/13", [("bad", "host_address", "10.8.0.2", "eth1"), *[("warn", key, what, by) for key, what, by in BEHIND]]),
        ("10.8.0.64/26", [("bad", "host_on_link", "10.8.0.0/24", "eth1")]),
        ("10.53.0.0/16", [("bad", "host_name_server", "10.53.0.53", "")]),
        ("10.9.7.0/24", [("warn", "host_route", "10.9.0.0/16", "10.8.0.1")]),
        ("10.10.7.0/24", [("warn", "host_nowhere", "10.10.0.0/16", "")]),
        ("10.20.0.0/16", []),
        ("fd00::/64", []),
    ],
)
def test_it_says_what_is_in_the_way_the_worst_first(subnet: str, said: list[tuple[str, ...]]) -> None:
    found = list(check_host(ip_network(subnet), OFFICE))

    assert [(str(each.level), each.key, each.parameters["what"], each.parameters["by"]) for each in found] == said
    assert is_harmful(ip_network(subnet), OFFICE) is any(level == "bad" for level, *_ in said)


def test_it_finds_the_way_out_of_a_vpn_that_takes_the_default_route_in_halves() -> None:
    host = HostSide(
        addresses=(HostAddress(ip_interface("10.66.0.6/32"), "tun0"),),
        routes=tuple(HostRoute(ip_network(half), "tun0", ip_address("10.66.0.5")) for half in ("0.0.0.0/1", "128.0.0.0/1")),
        is_known=True,
    )

    assert [each.key for each in collisions(ip_network("10.66.0.0/24"), host)] == ["host_gateway", "host_lan"]
    assert collisions(ip_network("10.20.0.0/24"), host) == []


def test_it_only_warns_where_no_route_is_made_on_the_machine() -> None:
    found = list(check_host(ip_network("192.168.0.0/24"), OFFICE, takes_routes=False))

    assert [(each.level, each.key) for each in found] == [(Level.WARN, "host_hidden")]


def test_it_says_nothing_of_a_machine_that_is_not_seen() -> None:
    assert list(check_host(ip_network("192.168.0.0/24"), HostSide())) == []


@pytest.mark.parametrize("text", ["127.0.0.1/32", "::1/128", "fe80::1/128", "ff00::/8", "224.0.0.0/4"])
def test_it_passes_over_what_every_machine_has(text: str) -> None:
    assert not is_of_interest(ip_network(text))


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "10.0.0.0/8", "169.254.169.254/32", "fd00::/64"])
def test_it_looks_at_the_rest(text: str) -> None:
    assert is_of_interest(ip_network(text))


@given(SUBNETS, HOSTS)
def test_it_finds_a_collision_exactly_where_something_lies_in_the_subnet(
    subnet: IPv4Network | IPv6Network, host: HostSide
) -> None:
    """Against a second telling, address by address: whatever is the machine's own, or leads anywhere but everywhere."""
    shares = any(
        subnet.version == taken.version
        and int(subnet.network_address) <= int(taken.broadcast_address)
        and int(taken.network_address) <= int(subnet.broadcast_address)
        for taken in map(ip_network, occupied_by(host))
    )

    assert bool(collisions(subnet, host)) is shares


@given(SUBNETS, HOSTS)
def test_it_never_calls_the_way_out_harmless(subnet: IPv4Network | IPv6Network, host: HostSide) -> None:
    out = {route.link for route in host.routes if route.is_default}
    gateways = [route.gateway for route in host.routes if route.is_default and route.gateway]
    own = [each.interface.ip for each in host.addresses if each.link in out]

    if any(each.version == subnet.version and each in subnet for each in (*gateways, *own, *host.name_servers)):
        assert is_harmful(subnet, host)
        assert Level.BAD in {finding.level for finding in check_host(subnet, host)}
