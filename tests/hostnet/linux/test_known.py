"""What is remembered of links never shows: a second reading says what a first would."""

from __future__ import annotations

import contextlib
import random
import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.hostnet.facts import Counters, LinkFact
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.known import KnownLinks
from networks.hostnet.linux.netlink.wire import Datagram, messages, pack_attribute
from networks.hostnet.linux.reader import HostReader
from tests.hostnet.lab import LabHost
from tests.hostnet.linux.said import SEQUENCE, address, number, said, veth

ROUNDS = 60
NAMES = (b"a\0", b"b\0", b"longer-name\0")


@st.composite
def dumps(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Three links and their addresses, as a kernel might list them."""
    links = []
    for index in draw(st.permutations((1, 2, 3))):
        counted = bytes(draw(st.integers(0, 1)) for _ in range(8))
        with_counters = (pack_attribute(23, counted * 3), pack_attribute(7, counted))
        more = (number(13, draw(st.integers(0, 1))), *(with_counters if draw(st.booleans()) else ()))
        links.append(veth(*more, number(10, draw(st.integers(0, 1))), index=index, name=draw(st.sampled_from(NAMES))))
    hosts = draw(st.lists(st.integers(1, 2), max_size=3))
    return b"".join(links), b"".join(address(wire.AF_INET, 24, pack_attribute(2, bytes((10, 77, 0, host)))) for host in hosts)


def taken(known: KnownLinks, dump: tuple[bytes, bytes], counted: dict[int, Counters], *, at_once: bool) -> tuple[LinkFact, ...]:
    """Have a dump taken and return the facts."""
    known.begin_rows()
    known.begin_addresses()
    for content, take_run, take in (
        (dump[0], known.take_rows, known.take_row),
        (dump[1], known.take_addresses, known.take_address),
    ):
        datagram = Datagram.holding(content)
        start = take_run(datagram, SEQUENCE) if at_once else 0
        assert start in (0, len(content))
        for message in messages(datagram, start):
            take(datagram, message)
    return known.facts(counted)


@given(st.lists(dumps(), min_size=2, max_size=5), st.lists(st.integers(0, 1), min_size=5, max_size=5))
def test_it_remembers_without_a_trace(said_in_turn: list[tuple[bytes, bytes]], packets: list[int]) -> None:
    known = KnownLinks()
    for dump, count in zip(said_in_turn, packets, strict=False):
        counted = {index: Counters(rx_packets=count * index) for index in (1, 2)}

        anew = taken(KnownLinks(), dump, counted, at_once=False)

        assert taken(known, dump, counted, at_once=True) == anew


def test_it_keeps_the_very_fact_while_nothing_changes() -> None:
    known = KnownLinks()
    counted = {7: Counters(rx_packets=1)}
    first = taken(known, (veth(number(13, 1)), b""), counted, at_once=True)
    again = taken(known, (veth(number(13, 1)), b""), dict(counted), at_once=True)
    changed = taken(known, (veth(number(13, 2)), b""), dict(counted), at_once=True)

    assert first[0] is again[0]
    assert changed[0] == replace(first[0], queue_length=2)


def test_it_leaves_what_has_another_form_to_others() -> None:
    known = KnownLinks()
    disturbed = said(wire.RTM_NEWLINK, veth()[16:], flags=wire.NLM_F_DUMP_INTR)
    end = struct.pack("=IHHII", 20, wire.NLMSG_DONE, 2, SEQUENCE, 0) + bytes(4)

    assert known.take_rows(Datagram.holding(veth() + disturbed), SEQUENCE) == len(veth())
    assert known.take_rows(Datagram.holding(veth() + end), SEQUENCE) == len(veth())
    assert known.take_rows(Datagram.holding(veth()), SEQUENCE + 1) == 0
    assert known.take_addresses(Datagram.holding(veth()), SEQUENCE) == 0


def uncounted(reader: HostReader) -> list[Any]:
    return [replace(link, counters=Counters()) for link in reader.links()]


@pytest.mark.engine
def test_it_sees_every_change_as_a_new_reader_does(lab: LabHost) -> None:
    dice = random.Random(7)  # noqa: S311 (no secret)
    changes = (
        "link add {name} type bridge",
        "link delete {name}",
        "link set {name} up",
        "link set {name} down",
        "link set {name} mtu {number}",
        "link set {name} master br0",
        "link set {name} nomaster",
        "link set {name} down name {other}",
        "link set {name} txqueuelen {number}",
        "address add 10.77.{digit}.1/24 dev {name}",
        "address flush dev {name}",
        "link add {name} type veth peer name {other}",
    )
    lab.add_link("br0")
    with contextlib.closing(lab.open()) as remembering:
        for _ in range(ROUNDS):
            name, other = dice.sample(("v0", "v1", "v2", "v3"), 2)
            words = dice.choice(changes).format(name=name, other=other, number=dice.randint(1300, 1310), digit=dice.randint(0, 3))
            with contextlib.suppress(RuntimeError):
                lab.ip(*words.split())
            with contextlib.closing(lab.open()) as new:
                for _ in range(5):  # a link that is coming up changes by itself
                    ours, theirs = uncounted(remembering), uncounted(new)
                    if ours == theirs:
                        break
                assert ours == theirs, words
