"""The links of a namespace as they were read last: what the kernel says in the same bytes again isn't taken apart again."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from networks.hostnet.facts import Counters, LinkAddress, LinkFact
from networks.hostnet.linux.netlink.links import LinkRow, attributes_of_link, counters_in, read_address, row_of
from networks.hostnet.linux.netlink.wire import RTM_NEWADDR, RTM_NEWLINK, Datagram, Message

_HEADER, _INDEX = 16, 20  # bytes: of a message's header, and where links and addresses alike have their link's index
_NLM_F_MULTI = 2


class _Told(NamedTuple):
    """What a link's message was but for its counters: those are between `before` and `after`, which begins at `after_at`."""

    size: int
    before: bytearray
    after_at: int
    after: bytearray
    row: LinkRow


class KnownLinks:
    """One namespace's, for one thread at a time. Each dump is begun, taken datagram by datagram, and `facts` joins the two.

    Of a thousand links, each with an address, taking all apart is 30 ms of Python, and seeing that they are the same 2.
    """

    def __init__(self) -> None:
        self._rows: dict[int, _Told] = {}
        self._known_rows = self._rows
        self._addresses: dict[bytes, tuple[int, LinkAddress]] = {}
        self._known_addresses = self._addresses
        self._facts: dict[int, tuple[LinkRow, LinkFact]] = {}

    def begin_rows(self) -> None:
        """Expect a dump of links, also when the last one was disturbed."""
        self._known_rows, self._rows = self._known_rows | self._rows, {}

    def take_row(self, datagram: Datagram, message: Message) -> None:
        """Take one link. Raises Garbled."""
        if message.kind != RTM_NEWLINK:
            return
        found = attributes_of_link(datagram, message)
        row = row_of(datagram, message, found)
        counters_at, after_at = counters_in(found)
        before = datagram.buffer[message.start : counters_at or message.end]
        after = datagram.buffer[after_at or message.end : message.end]
        size = message.end - message.start
        self._rows[row.ifindex] = _Told(size, before, size - len(after), after, row)

    def take_rows(self, datagram: Datagram, sequence: int) -> int:
        """Take the links at the beginning of a datagram, and return where something else begins. Raises Garbled."""
        known_rows, rows, words, buffer = self._known_rows, self._rows, datagram.words, datagram.buffer
        end = 0
        for start, end in _plain_messages(datagram, sequence, RTM_NEWLINK):
            index, body = words[start + _INDEX >> 2], start + _HEADER
            known = known_rows.get(index)
            if known is not None:
                size, before, after_at, after, _ = known
                if size == end - body and buffer.startswith(before, body) and buffer.startswith(after, body + after_at):
                    rows[index] = known
                    continue
            self.take_row(datagram, Message(RTM_NEWLINK, _NLM_F_MULTI, sequence, body, end))
        return end + 3 & ~3

    def begin_addresses(self) -> None:
        """Expect a dump of addresses, also when the last one was disturbed."""
        self._known_addresses, self._addresses = self._known_addresses | self._addresses, {}

    def take_address(self, datagram: Datagram, message: Message) -> None:
        """Take one address. Raises Garbled."""
        found = read_address(datagram, message)
        if found is not None:
            self._addresses[bytes(datagram.buffer[message.start : message.end])] = found

    def take_addresses(self, datagram: Datagram, sequence: int) -> int:
        """Take the addresses at the beginning of a datagram, and return where something else begins. Raises Garbled."""
        known_addresses, addresses, buffer = self._known_addresses, self._addresses, datagram.buffer
        end = 0
        for start, end in _plain_messages(datagram, sequence, RTM_NEWADDR):
            body = bytes(buffer[start + _HEADER : end])
            known = known_addresses.get(body)
            if known is not None:
                addresses[body] = known
            else:
                self.take_address(datagram, Message(RTM_NEWADDR, _NLM_F_MULTI, sequence, start + _HEADER, end))
        return end + 3 & ~3

    def facts(self, counted: Mapping[int, Counters]) -> tuple[LinkFact, ...]:
        """Return all links by index; one that has no counters any more went in the meantime."""
        self._known_rows, self._known_addresses = self._rows, self._addresses
        by_link: dict[int, tuple[LinkAddress, ...]] = {}
        for index, address in self._addresses.values():
            by_link[index] = (*by_link.get(index, ()), address)
        made: dict[int, tuple[LinkRow, LinkFact]] = {}
        for index in sorted(self._rows):
            counters = counted.get(index)
            if counters is None:
                continue
            row, addresses = self._rows[index].row, by_link.get(index, ())
            last = self._facts.get(index)
            if last is not None and last[0] is row and last[1].counters == counters and last[1].addresses == addresses:
                made[index] = last
            else:
                made[index] = (row, LinkFact(*row, addresses, counters))
        self._facts = made
        return tuple(fact for _, fact in made.values())


def _plain_messages(datagram: Datagram, sequence: int, kind: int) -> Iterator[tuple[int, int]]:
    """Yield where each message begins and ends, until one is of another kind, has another flag or doesn't fit."""
    words, size = datagram.words, datagram.size
    head = int.from_bytes(struct.pack("=HH", kind, _NLM_F_MULTI), sys.byteorder)
    start = 0
    while size - start >= _INDEX + 4:
        place = start >> 2
        length = words[place]
        if words[place + 1] != head or words[place + 2] != sequence or not _INDEX + 4 <= length <= size - start:
            return
        yield start, start + length
        start += length + 3 & ~3
