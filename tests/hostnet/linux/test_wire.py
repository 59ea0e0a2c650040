"""The parsers of netlink's bytes: what they understand, and what they refuse."""

from __future__ import annotations

import struct

import pytest

from networks.hostnet.errors import Garbled
from networks.hostnet.facts import Counters, LinkChange
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.changes import changes_of
from networks.hostnet.linux.netlink.counters import read_counters, take_run
from networks.hostnet.linux.netlink.links import LinkRow, read_address, read_link
from networks.hostnet.linux.netlink.routes import links_of_route, read_routes
from networks.hostnet.linux.netlink.wire import Datagram, Message, messages, pack_attribute, pack_message
from networks.hostnet.linux.netlink.words import flags_of
from tests.hostnet.linux.said import MULTI, SEQUENCE, address, link, number, route, said, stats, veth

LARGEST = 2**64 - 1


def only(content: bytes) -> tuple[Datagram, Message]:
    datagram = Datagram.holding(content)
    (message,) = messages(datagram)
    return datagram, message


def row_of(content: bytes) -> LinkRow:
    row = read_link(*only(content))
    assert row is not None
    return row


def test_it_reads_a_veth() -> None:
    mac = pack_attribute(1, bytes.fromhex("0242ac110002"))

    row = row_of(veth(mac, number(5, 9), number(10, 3), number(13, 1000), pack_attribute(16, b"\x06"), number(37, 4)))

    flags = ("BROADCAST", "MULTICAST", "UP", "LOWER_UP")
    assert row == LinkRow(7, "veth7", "veth", flags, 1500, 1000, "02:42:ac:11:00:02", 1, "up", 3, 9, 4, False)


def test_it_knows_the_far_end_only_with_its_namespace() -> None:
    same_index = row_of(veth(number(37, 4)))  # older kernels leave an equal index out
    unnumbered = row_of(veth(number(5, 9), number(37, 0xFFFFFFFF)))
    own = row_of(veth(number(5, 9)))

    assert (same_index.peer, same_index.peer_nsid) == (7, 4)
    assert (unnumbered.peer, unnumbered.peer_nsid) == (0, None)
    assert (own.peer, own.peer_nsid) == (9, None)


def test_it_takes_no_tunnels_address_for_a_mac() -> None:
    assert row_of(veth(pack_attribute(1, bytes((10, 77, 0, 1))))).mac == ""
    assert row_of(veth(pack_attribute(1, bytes(6)))).mac == ""


def test_it_passes_over_what_it_doesnt_know() -> None:
    unknown = pack_attribute(0x3FFE, b"anything") + pack_attribute(200, b"")

    assert row_of(veth(unknown)).name == "veth7"
    assert row_of(veth(pack_attribute(16, b""))).state == "unknown"
    assert row_of(veth(pack_attribute(16, b"\x63"))).state == "99"
    assert read_link(*only(said(99, b""))) is None


def test_it_writes_flags_as_ip_does() -> None:
    assert flags_of(0x49) == ("LOOPBACK", "UP")
    assert flags_of(0x1) == ("NO-CARRIER", "UP")
    assert flags_of(0x80000041) == ("UP", "80000000")


@pytest.mark.parametrize("count", [23, 24, 25, 40])
def test_it_counts_to_sixty_four_bits(count: int) -> None:
    numbers = [LARGEST - place for place in range(count)]
    content = stats(7, numbers) + stats(8, [0] * count)
    expected = Counters(
        rx_packets=LARGEST,
        rx_bytes=LARGEST - 2,
        rx_errors=LARGEST - 4,
        rx_dropped=2 * LARGEST - 6 - 15,
        rx_overruns=LARGEST - 14,
        rx_frame=4 * LARGEST - 10 - 11 - 12 - 13,
        tx_packets=LARGEST - 1,
        tx_bytes=LARGEST - 3,
        tx_errors=LARGEST - 5,
        tx_dropped=LARGEST - 7,
        tx_overruns=LARGEST - 18,
        tx_carrier=4 * LARGEST - 16 - 17 - 19 - 20,
        collisions=LARGEST - 9,
        multicast=LARGEST - 8,
    )
    datagram = Datagram.holding(content)
    at_once: dict[int, Counters] = {}

    one_by_one = dict(found for message in messages(datagram) if (found := read_counters(datagram, message)))
    taken = take_run(datagram, SEQUENCE, at_once)

    assert one_by_one == {7: expected, 8: Counters()}
    assert (taken, at_once) == ((len(content), one_by_one) if count < 26 else (0, {}))


def test_it_takes_at_once_only_what_has_the_form() -> None:
    good, end = stats(7, [1] * 25), said(wire.NLMSG_DONE, bytes(4))
    others = (
        stats(8, [1] * 24),
        said(wire.RTM_NEWSTATS, good[16:], flags=MULTI | wire.NLM_F_DUMP_INTR),
        good[:8] + struct.pack("=I", SEQUENCE + 1) + good[12:],
        good[:28] + struct.pack("=HH", 204, 5) + good[32:],
        end,
    )

    for other in others:
        found: dict[int, Counters] = {}
        assert take_run(Datagram.holding(good + other + good), SEQUENCE, found) == len(good)
        assert found.keys() == {7}


def test_it_refuses_counters_that_are_cut_short() -> None:
    with pytest.raises(Garbled):
        read_counters(*only(stats(7, [1] * 20)))


def test_it_reads_addresses_of_both_families() -> None:
    own, far, broadcast = bytes((10, 77, 0, 1)), bytes((10, 77, 0, 2)), bytes((10, 77, 255, 255))
    plain = address(wire.AF_INET, 16, pack_attribute(1, own), pack_attribute(2, own), pack_attribute(4, broadcast))
    tied = address(wire.AF_INET, 32, pack_attribute(1, far), pack_attribute(2, own))
    sixth = address(wire.AF_INET6, 64, pack_attribute(1, bytes(15) + b"\x01"))

    found = [read_address(*only(content)) for content in (plain, tied, sixth)]

    shown = [(str(one[1].interface), str(one[1].broadcast)) for one in found if one]
    assert shown == [("10.77.0.1/16", "10.77.255.255"), ("10.77.0.1/32", "None"), ("::1/64", "None")]
    assert read_address(*only(address(28, 8, pack_attribute(1, own)))) is None


@pytest.mark.parametrize(
    "content",
    [
        address(wire.AF_INET, 33, pack_attribute(1, bytes(4))),
        address(wire.AF_INET, 16, pack_attribute(1, bytes(3))),
        address(wire.AF_INET, 16),
        address(wire.AF_INET6, 129, pack_attribute(1, bytes(16))),
        address(wire.AF_INET, 16, pack_attribute(1, bytes(4)), pack_attribute(4, bytes(2))),
    ],
)
def test_it_refuses_addresses_that_are_none(content: bytes) -> None:
    with pytest.raises(Garbled):
        read_address(*only(content))


def test_it_reads_a_route_for_each_next_hop() -> None:
    hop = struct.pack("=HBBi", 16, 0, 0, 3) + pack_attribute(5, bytes((10, 77, 0, 9)))
    content = route(pack_attribute(1, bytes((10, 80, 0, 0))), pack_attribute(9, hop + struct.pack("=HBBi", 8, 0, 0, 4)))

    first, second = read_routes(*only(content), wire.AF_INET)

    assert (str(first.destination), str(first.gateway), first.link_index) == ("10.80.0.0/16", "10.77.0.9", 3)
    assert (second.gateway, second.link_index, second.protocol) == (None, 4, "kernel")
    assert links_of_route(*only(content)) == (3, 4)


def test_it_reads_the_main_table_only() -> None:
    destination = pack_attribute(1, bytes((10, 80, 0, 0)))

    assert read_routes(*only(route(destination, table=255)), wire.AF_INET) == ()
    assert read_routes(*only(route(destination, number(15, 1000), table=252)), wire.AF_INET) == ()
    assert read_routes(*only(route(destination, flags=0x200)), wire.AF_INET) == ()
    assert read_routes(*only(route(destination)), wire.AF_INET6) == ()
    assert links_of_route(*only(route(destination, table=255))) == ()
    assert links_of_route(*only(route(destination, kind=6))) == (1,)


@pytest.mark.parametrize(
    "content",
    [
        route(pack_attribute(1, bytes((10, 80, 0, 1)))),
        route(pack_attribute(1, bytes(4)), length=77),
        route(pack_attribute(1, bytes(5))),
        route(pack_attribute(5, bytes(7))),
        route(pack_attribute(9, struct.pack("=HBBi", 99, 0, 0, 3))),
    ],
)
def test_it_refuses_routes_that_are_none(content: bytes) -> None:
    with pytest.raises(Garbled):
        read_routes(*only(content), wire.AF_INET)


def test_it_tells_which_links_a_message_is_about() -> None:
    left_a_bridge = said(wire.RTM_DELLINK, link(9, family=wire.AF_BRIDGE))
    content = veth(index=7) + said(wire.RTM_DELLINK, link(8)) + left_a_bridge + address(wire.AF_INET, 16) + said(99, b"x")

    assert changes_of(Datagram.holding(content)) == (LinkChange(7), LinkChange(8, is_gone=True), LinkChange(9))
    assert changes_of(Datagram.holding(content[:-7])) == (LinkChange(0),)
    assert changes_of(Datagram.holding(said(wire.RTM_NEWADDR, b""))) == (LinkChange(0),)


def test_it_packs_what_it_reads() -> None:
    datagram, message = only(pack_message(wire.RTM_GETLINK, wire.NLM_F_DUMP, 5, number(29, 8)))

    assert (message.kind, message.flags, message.sequence) == (18, 0x301, 5)
    assert wire.number(datagram, wire.attributes(datagram, message.start, message.end), 29) == 8
