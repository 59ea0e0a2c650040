"""Whatever bytes come, the parsers of netlink understand them or say that they don't."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from networks.hostnet.errors import Garbled
from networks.hostnet.facts import Counters, InsideLink
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.changes import changes_of
from networks.hostnet.linux.netlink.counters import read_counters, take_run
from networks.hostnet.linux.netlink.links import read_address, read_inside_link, read_link
from networks.hostnet.linux.netlink.routes import links_of_route, read_routes
from networks.hostnet.linux.netlink.wire import Datagram, Message, messages, pack_attribute
from tests.hostnet.linux.said import SEQUENCE, address, number, route, stats, veth

READERS: tuple[Callable[[Datagram, Message], Any], ...] = (
    read_link,
    read_inside_link,
    read_address,
    read_counters,
    links_of_route,
    lambda datagram, message: read_routes(datagram, message, wire.AF_INET),
    lambda datagram, message: read_routes(datagram, message, wire.AF_INET6),
)
WHOLE = (
    veth(pack_attribute(1, os.urandom(6)), number(5, 9), number(37, 4), pack_attribute(16, b"\x06")),
    stats(7, list(range(25))),
    address(wire.AF_INET, 16, pack_attribute(1, bytes(4)), pack_attribute(4, bytes(4))),
    address(wire.AF_INET6, 64, pack_attribute(1, bytes(16))),
    route(pack_attribute(1, bytes((10, 80, 0, 0))), pack_attribute(9, struct.pack("=HBBi", 8, 0, 0, 4)), number(15, 254)),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Real messages with some bytes changed, and cut off somewhere."""
    content = bytearray(b"".join(draw(st.lists(st.sampled_from(WHOLE), min_size=1, max_size=4))))
    for place, value in draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=8)):
        content[place] = value
    return bytes(content[: draw(st.integers(0, len(content)))])


def outcomes(content: bytes) -> Iterator[Any]:
    """Read a datagram by every reader; whatever is raised but Garbled goes through."""
    datagram = Datagram.holding(content)
    yield take_run(datagram, SEQUENCE, {})
    yield changes_of(datagram)
    try:
        whole = list(messages(datagram))
    except Garbled:
        return
    for message in whole:
        for read in READERS:
            try:
                yield read(datagram, message)
            except Garbled:
                yield None


@given(st.binary(max_size=600) | damaged())
def test_it_understands_or_refuses_whatever_comes(content: bytes) -> None:
    for outcome in outcomes(content):
        assert outcome is None or isinstance(outcome, int | tuple | InsideLink)


@given(damaged())
def test_it_takes_at_once_what_it_takes_one_by_one(content: bytes) -> None:
    datagram = Datagram.holding(content)
    at_once: dict[int, Counters] = {}
    taken = take_run(datagram, SEQUENCE, at_once)

    whole = Datagram.holding(content[:taken])
    assert at_once == dict(found for message in messages(whole) if (found := read_counters(whole, message)))
