"""The text of `ifconfig`: the listings of a Korean tutorial on Docker's networks, which people hold beside the page."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.hostnet.facts import Counters, LinkAddress, LinkFact
from networks.hostnet.ifconfig import flag_number, flag_words, name_order, short_bytes, write_ifconfig

UP = ("BROADCAST", "MULTICAST", "UP", "LOWER_UP")


def address(written: str, broadcast: str = "", scope: str = "global") -> LinkAddress:
    return LinkAddress(ip_interface(written), scope, IPv4Address(broadcast) if broadcast else None)


DOCKER0 = LinkFact(
    3,
    "docker0",
    "bridge",
    UP,
    1500,
    0,
    "02:42:f8:d0:ad:4e",
    state="up",
    addresses=(address("172.17.0.1/16", "172.17.255.255"), address("fe80::42:f8ff:fed0:ad4e/64", scope="link")),
    counters=Counters(rx_packets=11911, rx_bytes=526353, tx_packets=14115, tx_bytes=166595513),
)
VETH = LinkFact(
    9,
    "vethdef0223",
    "veth",
    UP,
    1500,
    0,
    "02:2f:23:3c:ad:35",
    state="up",
    addresses=(address("fe80::2f:23ff:fe3c:ad35/64", scope="link"),),
    counters=Counters(tx_packets=132, tx_bytes=15349),
)
LISTING = """\
docker0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet 172.17.0.1  netmask 255.255.0.0  broadcast 172.17.255.255
        inet6 fe80::42:f8ff:fed0:ad4e  prefixlen 64  scopeid 0x20<link>
        ether 02:42:f8:d0:ad:4e  txqueuelen 0  (Ethernet)
        RX packets 11911  bytes 526353 (526.3 KB)
        RX errors 0  dropped 0  overruns 0  frame 0
        TX packets 14115  bytes 166595513 (166.5 MB)
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0

vethdef0223: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
        inet6 fe80::2f:23ff:fe3c:ad35  prefixlen 64  scopeid 0x20<link>
        ether 02:2f:23:3c:ad:35  txqueuelen 0  (Ethernet)
        RX packets 0  bytes 0 (0.0 B)
        RX errors 0  dropped 0  overruns 0  frame 0
        TX packets 132  bytes 15349 (15.3 KB)
        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0

"""


def test_it_prints_the_tutorials_listing_to_the_letter() -> None:
    assert "".join(f"{write_ifconfig(link)}\n\n" for link in (DOCKER0, VETH)) == LISTING


def test_it_prints_what_a_container_sees_of_itself() -> None:
    eth0 = LinkFact(
        12,
        "eth0",
        "veth",
        UP,
        1500,
        0,
        "02:42:ac:12:00:02",
        state="up",
        addresses=(address("172.18.0.2/16", "172.18.255.255"),),
        counters=Counters(rx_packets=4367, rx_bytes=23505649),
    )

    assert write_ifconfig(eth0).splitlines()[:4] == [
        "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500",
        "        inet 172.18.0.2  netmask 255.255.0.0  broadcast 172.18.255.255",
        "        ether 02:42:ac:12:00:02  txqueuelen 0  (Ethernet)",
        "        RX packets 4367  bytes 23505649 (23.5 MB)",
    ]


def test_it_prints_the_loopback_and_a_cable_that_is_out() -> None:
    lo = LinkFact(
        1,
        "lo",
        "loopback",
        ("LOOPBACK", "UP", "LOWER_UP"),
        65536,
        1000,
        hardware=772,
        addresses=(address("127.0.0.1/8", scope="host"), address("::1/128", scope="host")),
        counters=Counters(rx_packets=2515, rx_bytes=265446, tx_packets=2515, tx_bytes=265446),
    )
    enp42s0 = LinkFact(
        2, "enp42s0", "ethernet", ("NO-CARRIER", "BROADCAST", "MULTICAST", "UP"), 1500, 1000, "2c:f0:5d:de:04:9a", state="down"
    )

    assert write_ifconfig(lo).splitlines()[:5] == [
        "lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536",
        "        inet 127.0.0.1  netmask 255.0.0.0",
        "        inet6 ::1  prefixlen 128  scopeid 0x10<host>",
        "        loop  txqueuelen 1000  (Local Loopback)",
        "        RX packets 2515  bytes 265446 (265.4 KB)",
    ]
    assert write_ifconfig(enp42s0).splitlines()[0] == "enp42s0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500"


def test_it_prints_tunnels() -> None:
    tun0 = LinkFact(
        4,
        "tun0",
        "tun",
        ("POINTOPOINT", "MULTICAST", "NOARP", "UP", "LOWER_UP"),
        1500,
        500,
        hardware=65534,
        addresses=(address("10.8.0.2/24"), address("fd00::2/64")),
    )
    gre = LinkFact(5, "gre1", "gre", ("NOARP", "UP", "LOWER_UP"), 1476, 1000, "0a:00:00:01", hardware=778)

    assert write_ifconfig(tun0).splitlines()[:4] == [
        "tun0: flags=4305<UP,POINTOPOINT,RUNNING,NOARP,MULTICAST>  mtu 1500",
        "        inet 10.8.0.2  netmask 255.255.255.0  destination 10.8.0.2",
        "        inet6 fd00::2  prefixlen 64  scopeid 0x0<global>",
        "        unspec 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00  txqueuelen 500  (UNSPEC)",
    ]
    assert "unspec 0A-00-00-01-00-00-00-00-00-00-00-00-00-00-00-00" in write_ifconfig(gre)


def test_it_prints_newer_counters_than_the_fact_has() -> None:
    newer = Counters(rx_packets=2, rx_bytes=1000, tx_dropped=12, collisions=3)

    lines = write_ifconfig(VETH, newer).splitlines()

    assert lines[3] == "        RX packets 2  bytes 1000 (1000.0 B)"
    assert lines[6] == "        TX errors 0  dropped 12 overruns 0  carrier 0  collisions 3"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0.0 B"),
        (1000, "1000.0 B"),
        (1001, "1.0 KB"),
        (1200711135, "1.2 GB"),
        (25368552, "25.3 MB"),
        (2 * 10**12, "2.0 TB"),
        (2**64 - 1, "18446.7 PB"),
    ],
)
def test_it_shortens_bytes_as_ifconfig_does(count: int, text: str) -> None:
    assert short_bytes(count) == text


@given(st.sets(st.sampled_from(["UP", "BROADCAST", "LOOPBACK", "PROMISC", "MASTER", "SLAVE", "MULTICAST", "DYNAMIC", "PORTSEL"])))
def test_it_counts_every_flag_once(flags: set[str]) -> None:
    link = LinkFact(1, "x", "dummy", tuple(flags), 1500, 0, state="down")

    assert set(flag_words(link)) == flags - {"PORTSEL"}
    assert flag_number(link).bit_count() == len(flags)


def test_it_keeps_the_order_of_ifconfig() -> None:
    names = ["Zeta", "br", "br0", "br00", "br-3719e", "br-5b0f", "br-a12", "br-a1b", "e09", "e9", "e10", "lo"]

    assert sorted(set(names), key=name_order) == names
