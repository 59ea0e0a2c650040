"""Connecting with every option: the document that an Engine gets, and the command that asks for the same."""

from __future__ import annotations

import csv
import io
import shlex
from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from networks.engine.bodies import connect_body, disconnect_body
from networks.engine.cli import command_of, connect_lines
from networks.engine.specs import ConnectSpec, DisconnectSpec

CONTAINER, NETWORK = "a" * 64, "b" * 64
SYSCTLS = "com.docker.network.endpoint.sysctls"
EVERYTHING = ConnectSpec(
    NETWORK,
    CONTAINER,
    ipv4=IPv4Address("10.0.0.9"),
    ipv6=IPv6Address("fd00::9"),
    aliases=("web", "www"),
    link_local_ips=(IPv4Address("169.254.7.1"), IPv6Address("fe80::7")),
    links=("db:database", "cache"),
    driver_options={SYSCTLS: "net.ipv4.conf.IFNAME.forwarding=1,net.ipv4.conf.IFNAME.rp_filter=2", "x": "y"},
    gateway_priority=-5,
    mac="02:42:0a:00:00:09",
)


def test_it_sends_every_option() -> None:
    assert connect_body(EVERYTHING) == {
        "Container": CONTAINER,
        "EndpointConfig": {
            "IPAMConfig": {
                "IPv4Address": "10.0.0.9",
                "IPv6Address": "fd00::9",
                "LinkLocalIPs": ["169.254.7.1", "fe80::7"],
            },
            "Aliases": ["web", "www"],
            "Links": ["db:database", "cache"],
            "DriverOpts": {SYSCTLS: "net.ipv4.conf.IFNAME.forwarding=1,net.ipv4.conf.IFNAME.rp_filter=2", "x": "y"},
            "GwPriority": -5,
            "MacAddress": "02:42:0a:00:00:09",
        },
    }


def test_it_sends_nothing_that_was_not_asked_for() -> None:
    assert connect_body(ConnectSpec(NETWORK, CONTAINER)) == {
        "Container": CONTAINER,
        "EndpointConfig": {"IPAMConfig": {}, "Aliases": [], "DriverOpts": {}},
    }
    assert disconnect_body(DisconnectSpec(NETWORK, CONTAINER)) == {"Container": CONTAINER, "Force": False}


def test_it_says_the_same_as_a_command() -> None:
    # There is no flag for a MAC address; the form says so.
    assert command_of(connect_lines(EVERYTHING, "app", "web-1")) == (
        "docker network connect --ip 10.0.0.9 --ip6 fd00::9 --alias web --alias www --link-local-ip 169.254.7.1 "
        "--link-local-ip fe80::7 --link db:database --link cache "
        f"""--driver-opt '"{SYSCTLS}=net.ipv4.conf.IFNAME.forwarding=1,net.ipv4.conf.IFNAME.rp_filter=2"' """
        "--driver-opt x=y --gw-priority -5 app web-1"
    )


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_it_keeps_an_option_whole_where_the_command_splits_at_commas(value: str) -> None:
    lines = connect_lines(ConnectSpec(NETWORK, CONTAINER, driver_options={"key": value}), "app", "web-1")

    [word] = [shlex.split(text)[0] for flag, text in lines if flag == "--driver-opt"]
    assert list(csv.reader(io.StringIO(word))) == [[f"key={value}"]]
