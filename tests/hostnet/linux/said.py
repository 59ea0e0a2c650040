"""Messages as the kernel sends them, put together by hand."""

from __future__ import annotations

import struct

from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.wire import pack_attribute

SEQUENCE = 77
MULTI = 2


def said(kind: int, body: bytes, flags: int = MULTI) -> bytes:
    """Return a message as the kernel sends it."""
    return struct.pack("=IHHII", 16 + len(body), kind, flags, SEQUENCE, 0) + body + bytes(-len(body) % 4)


def number(kind: int, value: int) -> bytes:
    return pack_attribute(kind, struct.pack("=I", value))


def link(index: int, *attributes: bytes, hardware: int = 1, flags: int = 0x11043, family: int = 0) -> bytes:
    return struct.pack("=BxHiII", family, hardware, index, flags, 0) + b"".join(attributes)


def veth(*more: bytes, index: int = 7, name: bytes = b"veth7\0") -> bytes:
    kind = pack_attribute(18 | 0x8000, pack_attribute(1, b"veth\0"))
    return said(wire.RTM_NEWLINK, link(index, pack_attribute(3, name), number(4, 1500), kind, *more))


def stats(index: int, numbers: list[int]) -> bytes:
    counted = pack_attribute(1, struct.pack(f"={len(numbers)}Q", *numbers))
    return said(wire.RTM_NEWSTATS, struct.pack("=BxxxII", 0, index, 1) + counted)


def address(family: int, length: int, *attributes: bytes) -> bytes:
    return said(wire.RTM_NEWADDR, struct.pack("=BBBBI", family, length, 0, 0, 7) + b"".join(attributes))


def route(*attributes: bytes, length: int = 16, table: int = 254, kind: int = 1, flags: int = 0) -> bytes:
    body = struct.pack("=BBBBBBBBI", wire.AF_INET, length, 0, 0, table, 2, 0, kind, flags)
    return said(wire.RTM_NEWROUTE, body + b"".join(attributes))
