"""The kernel's messages about links, addresses and routes, as they come. Source: rtnetlink(7), groups of NETLINK_ROUTE."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import threading
from collections.abc import Iterator

from networks.hostnet.errors import Garbled, host_error
from networks.hostnet.facts import LinkChange
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.conversation import AF_NETLINK, NETLINK_ROUTE, ROOM
from networks.hostnet.linux.netlink.routes import links_of_route

# RTNLGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, IPV6_IFADDR, IPV6_ROUTE
_GROUPS = sum(1 << number - 1 for number in (1, 5, 7, 9, 11))
# A burst of a hundred starts is some thousand messages of 1.5 kB. The kernel counts them twice, and cuts at what it allows.
_QUEUE_BYTES = 4 << 20
_SO_RCVBUFFORCE = 33  # above the limit, as root
_MISSED = LinkChange(0)


class ChangeStream:
    """Changes of links and addresses, heard in the namespace of the thread that opened it.

    Iterating ends, without an error, when it is closed or breaks.
    """

    def __init__(self) -> None:
        """Begin to hear. Raises HostError."""
        try:
            self._socket = socket.socket(AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, NETLINK_ROUTE)
            for option in (socket.SO_RCVBUF, _SO_RCVBUFFORCE):
                with contextlib.suppress(OSError):
                    self._socket.setsockopt(socket.SOL_SOCKET, option, _QUEUE_BYTES)
            self._socket.bind((0, _GROUPS))
            self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        except OSError as error:
            raise host_error(error) from error
        self._lock = threading.Lock()
        self._readers = 0
        self._is_closed, self._is_shut = False, False

    def __iter__(self) -> Iterator[LinkChange]:
        with self._lock:
            self._readers += 1
        try:
            datagram = wire.Datagram(ROOM)
            while not self._is_closed and self._wait():
                changes = self._receive(datagram)
                if changes is None:
                    return
                yield from changes
        finally:
            with self._lock:
                self._readers -= 1
            if self._is_closed:
                self.close()

    def close(self) -> None:
        """End the stream; safe from another thread, also twice. Whoever iterates closes the socket on its way out."""
        with self._lock:
            self._is_closed = True
            if self._is_shut:
                return
            if self._readers:
                os.eventfd_write(self._bell, 1)
                return
            self._is_shut = True
            self._socket.close()
            os.close(self._bell)

    def _wait(self) -> bool:
        """Wait for a message. Returns whether there may be one."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        poll.poll()
        return not self._is_closed

    def _receive(self, datagram: wire.Datagram) -> tuple[LinkChange, ...] | None:
        """Read one datagram and return what it tells; None when there will be none any more."""
        try:
            size, sender = self._socket.recvfrom_into(datagram.buffer, ROOM, socket.MSG_TRUNC)
        except BlockingIOError:
            return ()
        except OSError as error:
            return (_MISSED,) if error.errno == errno.ENOBUFS else None
        if sender[0]:
            return ()  # another process, not the kernel
        datagram.size = min(size, ROOM)
        return changes_of(datagram) if size <= ROOM else (_MISSED,)


def changes_of(datagram: wire.Datagram) -> tuple[LinkChange, ...]:
    """Return which links a datagram is about, each once, and LinkChange(0) where it can't be understood."""
    found: dict[int, LinkChange] = {}
    try:
        for message in wire.messages(datagram):
            if message.kind in (wire.RTM_NEWROUTE, wire.RTM_DELROUTE):
                for index in links_of_route(datagram, message):
                    found.setdefault(index, LinkChange(index))
            elif message.kind in (wire.RTM_NEWLINK, wire.RTM_DELLINK, wire.RTM_NEWADDR, wire.RTM_DELADDR):
                wire.check_body(message.start, message.end, 8)
                index = datagram.words[(message.start >> 2) + 1]
                # A bridge says so, too, when a port is taken off it.
                is_gone = message.kind == wire.RTM_DELLINK and datagram.buffer[message.start] != wire.AF_BRIDGE
                found[index] = LinkChange(index, is_gone)
    except Garbled:
        return (_MISSED,)
    return tuple(found.values())
