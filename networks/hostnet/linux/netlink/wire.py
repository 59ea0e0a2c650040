"""Netlink's bytes: messages put together, and taken apart without trusting one length in them. Source: RFC 3549, netlink(7)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self

from networks.hostnet.errors import Garbled

NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP, NLM_F_DUMP_INTR = 0x1, 0x300, 0x10
# Types of routing messages; linux/rtnetlink.h.
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE = 24, 25, 26
RTM_NEWNSID, RTM_GETNSID = 88, 90
RTM_NEWSTATS, RTM_GETSTATS = 92, 94

AF_INET, AF_INET6, AF_BRIDGE = 2, 10, 7

_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_SIGNED = struct.Struct("=i")
_TYPE_BITS = 0x3FFF  # the upper two say "nested" and "network byte order"

# Where the value of each attribute begins and ends. An attribute that comes twice counts as it came last.
Attributes = Mapping[int, tuple[int, int]]


class Datagram:
    """What one read of a socket brought, seen as bytes and as numbers of 16, 32 and 64 bits; `size`: how many bytes of it count.

    The buffer is read into again by the next read: whoever keeps something of it copies it.
    """

    __slots__ = ("buffer", "halves", "quads", "size", "words")

    def __init__(self, room: int) -> None:
        self.buffer = bytearray(room + 7 & ~7)
        view = memoryview(self.buffer)
        self.halves, self.words, self.quads = view.cast("H"), view.cast("I"), view.cast("Q")
        self.size = 0

    @classmethod
    def holding(cls, content: bytes) -> Self:
        """Return a datagram of these bytes."""
        made = cls(len(content))
        made.buffer[: len(content)] = content
        made.size = len(content)
        return made


class Message(NamedTuple):
    """One message's header, and where in the datagram its body begins and ends."""

    kind: int
    flags: int
    sequence: int
    start: int
    end: int


def pack_message(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    """Return a message as the kernel takes it."""
    return _HEADER.pack(_HEADER.size + len(body), kind, flags | NLM_F_REQUEST, sequence, 0) + body


def pack_attribute(kind: int, value: bytes) -> bytes:
    """Return an attribute, filled up to four bytes."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def messages(datagram: Datagram, start: int = 0) -> Iterator[Message]:
    """Yield the messages from `start` on. Raises Garbled when a length leads out of what was received."""
    size = datagram.size
    while start < size:
        if size - start < _HEADER.size:
            raise Garbled("A netlink message ends within its header")
        length, kind, flags, sequence, _ = _HEADER.unpack_from(datagram.buffer, start)
        if not _HEADER.size <= length <= size - start:
            raise Garbled("A netlink message is longer than what was received")
        yield Message(kind, flags, sequence, start + _HEADER.size, start + length)
        start += length + 3 & ~3


def attributes(datagram: Datagram, start: int, end: int) -> dict[int, tuple[int, int]]:
    """Return the attributes between two places, by type. Raises Garbled when one leads out of them."""
    halves = datagram.halves
    found: dict[int, tuple[int, int]] = {}
    if start & 3:
        raise Garbled("A netlink attribute begins at no multiple of four")
    while end - start >= 4:
        place = start >> 1
        stop = start + halves[place]
        if stop < start + 4 or stop > end:
            raise Garbled("A netlink attribute is longer than its message")
        found[halves[place + 1] & _TYPE_BITS] = (start + 4, stop)
        start = stop + 3 & ~3
    return found


def check_body(start: int, end: int, size: int) -> None:
    """Raise Garbled where a message's body is shorter than `size`, what it has before its attributes."""
    if end - start < size:
        raise Garbled("A netlink message is shorter than its kind has to be")


def number(datagram: Datagram, found: Attributes, kind: int, absent: int = 0) -> int:
    """Return an unsigned 32-bit attribute, `absent` where there is none. Raises Garbled."""
    place = found.get(kind)
    if place is None:
        return absent
    check_body(*place, 4)
    return datagram.words[place[0] >> 2]


def signed(datagram: Datagram, found: Attributes, kind: int) -> int | None:
    """Return a signed 32-bit attribute. Raises Garbled."""
    place = found.get(kind)
    if place is None:
        return None
    check_body(*place, 4)
    return int(_SIGNED.unpack_from(datagram.buffer, place[0])[0])


def octets(datagram: Datagram, found: Attributes, kind: int) -> bytes:
    """Return an attribute's bytes, none where there is none."""
    place = found.get(kind)
    return bytes(datagram.buffer[place[0] : place[1]]) if place else b""


def wire_text(datagram: Datagram, found: Attributes, kind: int) -> str:
    """Return an attribute that is a C string; bytes that are no UTF-8 are escaped."""
    return octets(datagram, found, kind).partition(b"\0")[0].decode("utf-8", "backslashreplace")
