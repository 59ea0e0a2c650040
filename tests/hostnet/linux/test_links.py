"""Links, addresses and routes against what `ip` says of the same namespace, for every kind of link that this kernel makes."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from networks.hostnet.facts import Counters, LinkFact, RouteFact
from networks.hostnet.linux.reader import HostReader
from tests.hostnet.lab import LabHost
from tests.private_engine import wait_until

pytestmark = pytest.mark.engine

# What comes after `ip link add`; those that a kernel lacks are left out.
MADE = (
    "br0 type bridge",
    "v0 type veth peer name v1",
    "ifb7 type ifb",
    "dummy7 type dummy",
    "v0.7 link v0 type vlan id 7",
    "mac0 link v0 type macvlan mode bridge",
    "mactap0 link v1 type macvtap",
    "ipv0 link ifb7 type ipvlan",
    "vx0 type vxlan id 7 dstport 4789 local 10.77.0.1",
    "flannel.1 type vxlan id 8 dstport 4790 local 10.77.0.1",
    "flannel.long-name type bridge",
    "weave type bridge",
    "bond7 type bond",
    "wg0 type wireguard",
)
ALWAYS = {"loopback", "bridge", "veth"}


@pytest.fixture
def crowd(lab: LabHost) -> LabHost:
    """A host with a link of every kind, addresses of every scope and routes that lead everywhere and nowhere."""
    for words in MADE:
        with contextlib.suppress(RuntimeError):
            lab.ip("link", "add", *words.split())
    lab.ip("tuntap", "add", "dev", "tun7", "mode", "tun")
    lab.ip("tuntap", "add", "dev", "tap7", "mode", "tap")
    lab.add_container("a")
    lab.plug("a", lab.index_of("br0"), "eth0", "10.77.1.2/24", "fd77:1::2/64")
    for words in (
        "link set lo mtu 60000",
        "link set br0 up",
        "link set v1 up",
        "link set v0 up txqueuelen 77 mtu 1400",
        "link set v1 promisc on",
        "link set v0 allmulticast on",
        "address add 10.77.0.1/16 brd + dev br0",
        "address add 10.77.0.2/16 dev br0 label br0:one",
        "address add 10.78.0.1 peer 10.78.0.2/32 dev v0",
        "address add 169.254.7.7/16 dev v0 scope link",
        "address add 127.0.7.7/32 dev lo scope host",
        "address add fd77::1/64 dev br0 nodad",
        "address add fec0::1/64 dev br0 nodad",
    ):
        lab.ip(*words.split())
    return lab


@pytest.fixture
def reader(lab: LabHost) -> Iterator[HostReader]:
    opened = lab.open()
    yield opened
    opened.close()


def shown_by_us(link: LinkFact) -> dict[str, Any]:
    """Return a link in the members that `ip` has as well."""
    return {
        "name": link.name,
        "flags": link.flags,
        "mtu": link.mtu,
        "queue": link.queue_length,
        "mac": link.mac,
        "state": link.state,
        "master": link.master,
        "peer": (link.peer, link.peer_nsid),
        "addresses": [
            (str(one.interface.ip), one.interface.network.prefixlen, one.scope, str(one.broadcast or ""))
            for one in link.addresses
        ],
    }


def shown_by_ip(told: dict[str, Any], indexes: dict[str, int]) -> dict[str, Any]:
    """Return what `ip -json -details address` says of a link in the same members."""
    mac = told.get("address", "")
    return {
        "name": told["ifname"],
        # "M-DOWN" is of the far end
        "flags": tuple(flag for flag in told["flags"] if flag != "M-DOWN"),
        "mtu": told["mtu"],
        "queue": told.get("txqlen", 0),
        "mac": mac if mac.count(":") >= 5 and mac.strip("0:") else "",
        "state": told["operstate"].lower(),
        "master": indexes.get(told.get("master", ""), 0),
        "peer": (told.get("link_index") or indexes.get(told.get("link") or "", 0), told.get("link_netnsid")),
        "addresses": [
            (one["local"], one["prefixlen"], one["scope"], one.get("broadcast", "")) for one in told.get("addr_info", [])
        ],
    }


def compare(ours: Callable[[], Any], theirs: Callable[[], Any]) -> None:
    """Hold one reading against another; a link that is still coming up is read again."""
    read: list[Any] = []

    def is_same() -> bool:
        read[:] = ours(), theirs()
        return bool(read[0] == read[1])

    with contextlib.suppress(TimeoutError):
        wait_until(is_same, "both to say the same", deadline_s=5, interval_s=0.1)
    assert read[0] == read[1]


def test_it_reads_every_kind_of_link_as_ip_does(crowd: LabHost, reader: HostReader) -> None:
    def by_ip() -> dict[int, dict[str, Any]]:
        told = [link for link in crowd.told("-d", "address") if link]
        indexes = {link["ifname"]: link["ifindex"] for link in told}
        return {link["ifindex"]: shown_by_ip(link, indexes) for link in told}

    compare(lambda: {link.index: shown_by_us(link) for link in reader.links()}, by_ip)
    compare(lambda: {index: shown_by_us(fact) for index in by_ip() if (fact := reader.link(index))}, by_ip)


def test_it_names_the_kinds(crowd: LabHost, reader: HostReader) -> None:
    by_ip = {link["ifindex"]: link.get("linkinfo", {}).get("info_kind", link["link_type"]) for link in crowd.told("-d", "link")}
    found = {link.index: link.kind for link in reader.links()}

    assert found == by_ip
    assert set(found.values()) >= ALWAYS
    assert not any(link.is_hardware for link in reader.links())


def test_it_counts_as_ip_does(crowd: LabHost, reader: HostReader) -> None:
    def by_ip() -> dict[int, tuple[int, ...]]:
        found = {}
        for link in crowd.told("-s", "-s", "link"):
            received, sent = link["stats64"]["rx"], link["stats64"]["tx"]
            found[link["ifindex"]] = (
                *(received[name] for name in ("packets", "bytes", "errors", "multicast")),
                received["dropped"] + received["missed_errors"],
                received["fifo_errors"],
                sum(
                    received[name] for name in ("length_errors", "crc_errors", "frame_errors", "over_errors") if name in received
                ),
                *(sent[name] for name in ("packets", "bytes", "errors", "dropped", "collisions", "fifo_errors")),
            )
        return found

    def of(counters: Counters) -> tuple[int, ...]:
        one = counters
        received = (one.rx_packets, one.rx_bytes, one.rx_errors, one.multicast, one.rx_dropped, one.rx_overruns, one.rx_frame)
        return (*received, one.tx_packets, one.tx_bytes, one.tx_errors, one.tx_dropped, one.collisions, one.tx_overruns)

    assert any(counters.tx_packets for counters in reader.counters().values())
    compare(lambda: {index: of(counters) for index, counters in reader.counters().items()}, by_ip)
    compare(lambda: {link.index: of(link.counters) for link in reader.links()}, by_ip)
    compare(lambda: {index: of(fact.counters) for index in by_ip() if (fact := reader.link(index))}, by_ip)


def test_it_counts_what_is_sent(lab: LabHost, reader: HostReader) -> None:
    bridge = lab.add_link("br0", "bridge", "10.77.0.1/24")
    lab.add_container("a")
    outside = lab.plug("a", bridge, "eth0", "10.77.0.2/24")
    before = reader.counters()[outside]

    with lab.socket_in(lab.name, socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(50):
            sender.sendto(bytes(1000), ("10.77.0.2", 9))

    wait_until(lambda: reader.counters()[outside].tx_packets - before.tx_packets >= 50, "all of it to be sent")
    after = reader.counters()[outside]
    assert 50 * 1042 <= after.tx_bytes - before.tx_bytes < 55 * 1042


def shown_route(route: RouteFact) -> dict[str, Any]:
    return {
        "dst": str(route.destination),
        "gateway": str(route.gateway or ""),
        "dev": route.link_name,
        "source": str(route.source or ""),
        "metric": route.metric,
        "scope": route.scope,
        "protocol": route.protocol,
        "kind": route.kind,
    }


def routes_by_ip(lab: LabHost) -> Iterator[dict[str, Any]]:
    for option, all_of_it, length in (("-4", "0.0.0.0/0", 32), ("-6", "::/0", 128)):
        for told in lab.told("-N", "-d", option, "route", "show", "table", "main"):
            written = all_of_it if told["dst"] == "default" else told["dst"]
            scope = {"0": "global", "253": "link", "254": "host", "200": "site"}
            protocol = {"2": "kernel", "3": "boot", "4": "static", "99": "99"}
            for hop in told.get("nexthops", [told]):
                yield {
                    "dst": written if "/" in written else f"{written}/{length}",
                    "gateway": hop.get("gateway") or hop.get("via", {}).get("host", ""),
                    "dev": hop.get("dev", ""),
                    "source": told.get("prefsrc", ""),
                    "metric": told.get("metric", 0),
                    "scope": scope[str(told.get("scope", 0))],
                    "protocol": protocol[str(told.get("protocol", 0))],
                    "kind": {"1": "unicast", "6": "blackhole", "7": "unreachable", "8": "prohibit"}.get(
                        told["type"], told["type"]
                    ),
                }


def test_it_reads_routes_as_ip_does(crowd: LabHost, reader: HostReader) -> None:
    for words in (
        "route add default via 10.77.0.254 metric 100",
        "route add 10.80.0.0/16 via 10.77.0.253 src 10.77.0.2 proto static",
        "route add 10.81.0.0/16 nexthop via 10.77.0.251 weight 1 nexthop via 10.77.0.252 weight 2",
        "route add blackhole 10.82.0.0/16",
        "route add prohibit 10.83.0.0/16 metric 9",
        "route add 10.84.0.7 dev br0 scope link proto 99",
        "route add 10.85.0.0/16 dev br0 table 77",
        "route add 10.86.0.0/16 via inet6 fd77::9 dev br0",
        "-6 route add default via fd77::fe dev br0 metric 50",
        "-6 route add unreachable fd99::/48",
        "-6 route add fd98::/48 nexthop via fd77::a dev br0 nexthop via fd77::b dev br0",
    ):
        crowd.ip(*words.split())

    compare(lambda: [shown_route(route) for route in reader.routes()], lambda: list(routes_by_ip(crowd)))
    found = {str(route.destination): route for route in reader.routes()}
    assert "10.85.0.0/16" not in found
    assert found["10.77.0.0/16"].is_on_link
    assert not found["10.82.0.0/16"].is_on_link
    assert str(found["10.86.0.0/16"].gateway) == "fd77::9"


def test_it_reads_an_empty_namespace(lab: LabHost, reader: HostReader) -> None:
    lab.ip("link", "set", "lo", "down")

    (lo,) = reader.links()

    assert (lo.index, lo.flags) == (1, ("LOOPBACK",))
    assert reader.routes() == ()


def test_it_reads_a_host_without_ipv6(lab: LabHost, reader: HostReader) -> None:
    lab.run_in(lab.name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    bridge = lab.add_link("br0", "bridge", "10.77.0.1/24")

    found = reader.link(bridge)

    assert found is not None
    assert [str(one.interface) for one in found.addresses] == ["10.77.0.1/24"]
    assert {route.destination.version for route in reader.routes()} == {4}


@pytest.mark.parametrize("name", [b"v\xc3\xa9th", b"a$(b)c", b"\x01\x1b[31m", b"\xff\xfe", b"<b>'\"&;", b"-rf"])
def test_it_bears_odd_names(lab: LabHost, reader: HostReader, name: bytes) -> None:
    index = lab.add_link("br0", "bridge")
    lab.ip("link", "set", "br0", "down")
    lab.ip("link", "set", "dev", "br0", "name", name)

    found = reader.link(index)

    assert found is not None
    assert found.name == name.decode("utf-8", "backslashreplace")
    assert found == next(replace(link, counters=found.counters) for link in reader.links() if link.index == index)


def test_it_follows_a_link_that_is_renamed(lab: LabHost, reader: HostReader) -> None:
    index = lab.add_link("br0", "bridge")
    lab.ip("link", "set", "br0", "down", "name", "br1")

    other = lab.add_link("br0", "bridge")

    names = {link.index: link.name for link in reader.links()}
    assert (names[index], names[other]) == ("br1", "br0")
