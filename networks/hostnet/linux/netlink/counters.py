"""The counters of all links in one dump. Source: linux/if_link.h, RTM_GETSTATS."""

from __future__ import annotations

import struct
import sys

from networks.hostnet.errors import Garbled
from networks.hostnet.facts import Counters
from networks.hostnet.linux.netlink.wire import RTM_NEWLINK, RTM_NEWSTATS, Datagram, Message, attributes, check_body

_IF_STATS = struct.Struct("=BxxxII")  # family, index, which kinds are asked for
_IFINFO = struct.Struct("=BxHiII")
_IFLA_STATS_LINK_64, _FILTER_LINK_64 = 1, 1
_IFLA_STATS64 = 23

# struct rtnl_link_stats64 as far as anything is shown of it. It grew: 23 numbers in Linux 4.6, 24 and 25 since 4.7 and 6.0.
_STATS = struct.Struct("=21Q")
# A whole message: length, type and flags as one number; sequence; index; the attribute's length and type as one; the numbers.
_RUNS = {size: struct.Struct(f"=QI8xI4xI21Q{size - 200}x") for size in (216, 224, 232)}
_HEAD, _HEAD_OF_ATTRIBUTE = struct.Struct("=IHH"), struct.Struct("=HH")
_NLM_F_MULTI = 2


def stats_body(index: int = 0) -> bytes:
    """Return what RTM_GETSTATS asks with."""
    return _IF_STATS.pack(0, index, _FILTER_LINK_64)


def in_links_body(index: int = 0) -> bytes:
    """Return what RTM_GETLINK asks with where there is no RTM_GETSTATS: links with their counters."""
    return _IFINFO.pack(0, 0, index, 0, 0)


def take_run(datagram: Datagram, sequence: int, into: dict[int, Counters]) -> int:
    """Take the counters of all messages from the beginning that have the form which each has today.

    Returns where the first begins that hasn't; those are left to `read_counters`.
    """
    size = datagram.words[0] if datagram.size >= 16 else 0
    run = _RUNS.get(size)
    if run is None:
        return 0
    head = int.from_bytes(_HEAD.pack(size, RTM_NEWSTATS, _NLM_F_MULTI), sys.byteorder)
    attribute = int.from_bytes(_HEAD_OF_ATTRIBUTE.pack(size - 28, _IFLA_STATS_LINK_64), sys.byteorder)
    taken = 0
    for numbers in run.iter_unpack(datagram.view[: datagram.size // size * size]):
        if numbers[0] != head or numbers[1] != sequence or numbers[3] != attribute:
            break
        into[numbers[2]] = _counters_of(numbers[4:])
        taken += size
    return taken


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
    return index, _counters_of(_STATS.unpack_from(datagram.buffer, place[0]))


def _counters_of(numbers: tuple[int, ...]) -> Counters:
    (
        rx_packets,
        tx_packets,
        rx_bytes,
        tx_bytes,
        rx_errors,
        tx_errors,
        rx_dropped,
        tx_dropped,
        multicast,
        collisions,
        rx_length,
        rx_over,
        rx_crc,
        rx_frame,
        rx_fifo,
        rx_missed,
        tx_aborted,
        tx_carrier,
        tx_fifo,
        tx_heartbeat,
        tx_window,
    ) = numbers
    return Counters(
        rx_packets,
        rx_bytes,
        rx_errors,
        rx_dropped + rx_missed,
        rx_fifo,
        rx_length + rx_over + rx_crc + rx_frame,
        tx_packets,
        tx_bytes,
        tx_errors,
        tx_dropped,
        tx_fifo,
        tx_carrier + tx_aborted + tx_window + tx_heartbeat,
        collisions,
        multicast,
    )
