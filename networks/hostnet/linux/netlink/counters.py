"""The counters of all links in one dump. Source: linux/if_link.h, RTM_GETSTATS."""

from __future__ import annotations

import itertools
import operator
import struct
import sys
from array import array

from networks.hostnet.errors import Garbled
from networks.hostnet.facts import Counters
from networks.hostnet.linux.netlink.wire import RTM_NEWLINK, RTM_NEWSTATS, Datagram, Message, attributes, check_body

_IF_STATS = struct.Struct("=BxxxII")  # family, index, which kinds are asked for
_IFINFO = struct.Struct("=BxHiII")
_IFLA_STATS_LINK_64, _FILTER_LINK_64 = 1, 1
_IFLA_STATS64 = 23

# struct rtnl_link_stats64 as far as anything is shown of it. It grew: 23 numbers in Linux 4.6, 24 and 25 since 4.7 and 6.0.
_SHOWN = 21
_STATS = struct.Struct(f"={_SHOWN}Q")
# A whole message of each: 28 bytes until the attribute, 4 of its own head, the numbers.
_SIZES_OF_RUN = {216, 224, 232}
_BEFORE, _INDEX = 32, 5  # bytes; words
_NLM_F_MULTI = 2
_ZEROS = memoryview(bytes(8 * 4096)).cast("Q")  # more than one datagram has messages


def stats_body(index: int = 0) -> bytes:
    """Return what RTM_GETSTATS asks with."""
    return _IF_STATS.pack(0, index, _FILTER_LINK_64)


def in_links_body(index: int = 0) -> bytes:
    """Return what RTM_GETLINK asks with where there is no RTM_GETSTATS: links with their counters."""
    return _IFINFO.pack(0, 0, index, 0, 0)


def take_run(datagram: Datagram, sequence: int, into: dict[int, Counters]) -> int:
    """Take the counters of all messages at the beginning that have the form which each has today, column by column.

    Returns where the first begins that hasn't; those are left to `read_counters`, one by one, which takes ten times as long.
    """
    size = datagram.words[0] if datagram.size >= _BEFORE else 0
    if size not in _SIZES_OF_RUN:
        return 0
    count = _count_run(datagram, sequence, size)
    first, end, step = _BEFORE >> 3, count * size >> 3, size >> 3
    zeros, nothing = _ZEROS[:count], [0] * count
    columns = []
    for place in range(first, first + _SHOWN):
        column = datagram.quads[place:end:step]
        # Most are nothing but zeros, and to see that takes a third of making a list.
        columns.append(nothing if column == zeros else column.tolist())
    indexes = datagram.words[_INDEX : count * size >> 2 : size >> 2].tolist()
    rows = zip(*_arranged(columns), strict=True)
    into.update(zip(indexes, map(tuple.__new__, itertools.repeat(Counters), rows), strict=False))
    return count * size


def _count_run(datagram: Datagram, sequence: int, size: int) -> int:
    """Return how many messages at the beginning have the same size, kind, flags and sequence, and this one attribute."""
    head = _quad_of("=IHH", size, RTM_NEWSTATS, _NLM_F_MULTI)
    attribute = _quad_of("=IHH", _FILTER_LINK_64, size - _BEFORE + 4, _IFLA_STATS_LINK_64)
    port = datagram.words[3]
    count = datagram.size // size
    for place, expected in ((0, head), (1, _quad_of("=II", sequence, port)), (_BEFORE - 8 >> 3, attribute)):
        column = datagram.quads[place : count * size >> 3 : size >> 3]
        if column != memoryview(array("Q", (expected,)) * count):
            count = next(at for at, found in enumerate(column) if found != expected)
    return count


def _quad_of(form: str, *numbers: int) -> int:
    """Return several numbers as the one that their eight bytes are."""
    return int.from_bytes(struct.pack(form, *numbers), sys.byteorder)


def read_counters(datagram: Datagram, message: Message) -> tuple[int, Counters] | None:
    """Read one link's index and counters from RTM_NEWSTATS or RTM_NEWLINK, None where it has none. Raises Garbled."""
    form, kind = (_IF_STATS, _IFLA_STATS_LINK_64) if message.kind == RTM_NEWSTATS else (_IFINFO, _IFLA_STATS64)
    if message.kind not in (RTM_NEWSTATS, RTM_NEWLINK):
        return None
    check_body(message.start, message.end, form.size)
    index = datagram.words[(message.start >> 2) + 1]
    place = attributes(datagram, message.start + form.size, message.end).get(kind)
    if place is None:
        return None
    if place[1] - place[0] < _STATS.size:
        raise Garbled("A link has fewer counters than any kernel knows")
    numbers = _STATS.unpack_from(datagram.buffer, place[0])
    return index, Counters(*(column[0] for column in _arranged([[one] for one in numbers])))


def _arranged(columns: list[list[int]]) -> list[list[int]]:
    """Return the columns of struct rtnl_link_stats64 as those of Counters."""
    rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped, multicast, collisions = columns[:10]
    rx_length, rx_over, rx_crc, rx_frame, rx_fifo, rx_missed, aborted, carrier, tx_fifo, heartbeat, window = columns[10:]
    return [
        rx_packets,
        rx_bytes,
        rx_errors,
        _added(rx_dropped, rx_missed),
        rx_fifo,
        _added(rx_length, rx_over, rx_crc, rx_frame),
        tx_packets,
        tx_bytes,
        tx_errors,
        tx_dropped,
        tx_fifo,
        _added(carrier, aborted, window, heartbeat),
        collisions,
        multicast,
    ]


def _added(column: list[int], *others: list[int]) -> list[int]:
    for other in others:
        if other is not column and any(other):  # the same where both are nothing
            column = list(map(operator.add, column, other))
    return column
