"""A netlink socket that is asked one thing at a time; it stays in the namespace that it was opened in."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from networks.hostnet.errors import Garbled, HostError, host_error
from networks.hostnet.linux.netlink import wire

AF_NETLINK, NETLINK_ROUTE = 16, 0
_SOL_NETLINK, _NETLINK_GET_STRICT_CHK = 270, 12
_SIOCGIFNAME = 0x8910
_IFREQ = struct.Struct("=16si20x")
_TIMEVAL = struct.Struct("@ll")

# The kernel sends dumps in pieces of 32 KiB at most.
ROOM = 65_536
# The kernel answers while it is asked; it only waits for others that change the same. Nothing of ours needs a second.
ANSWER_S, DUMP_S = 2, 5.0
# 256 MiB: half a million routes.
MOST_DATAGRAMS = 8_192
# Something changed while it was listed, so that an entry may be missing: listed again, after a moment that grows. Where it
# never stops changing, what any of the last tries listed counts: of what went meanwhile the kernel's events tell.
TRIES, TRIES_TOGETHER, FIRST_PAUSE_S = 8, 3, 0.001

_Fact = TypeVar("_Fact")
Read = Callable[[wire.Datagram, wire.Message], _Fact | None]
Take = Callable[[wire.Datagram, wire.Message], None]
# Takes what it can from the beginning of a datagram with this sequence, and returns where the rest begins.
TakeRun = Callable[[wire.Datagram, int], int]


class NetlinkSocket:
    """One socket of NETLINK_ROUTE. Calls raise HostError, take turns, and end within seconds. `close` in any thread."""

    def __init__(self, opened: socket.socket | None = None) -> None:
        """Open it in the namespace that the calling thread is in, or take one that is `opened`. Raises HostError."""
        self._socket = opened or _open_socket()
        self._lock = threading.Lock()
        self._is_closing = False
        self._datagram = wire.Datagram(ROOM)
        self._sequences = itertools.count(int(time.time()) & 0xFFFFFF)
        for name in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, name, _TIMEVAL.pack(ANSWER_S, 0))
        # Linux 4.20: filters of a dump are heeded. Before it all is sent, and what wasn't asked for is passed over here.
        with contextlib.suppress(OSError):
            self._socket.setsockopt(_SOL_NETLINK, _NETLINK_GET_STRICT_CHK, 1)

    def ask(self, kind: int, body: bytes, take: Take) -> None:
        """Ask one thing, and have `take` read the answer. Raises Vanished where there is no such thing."""
        with self._turn():
            sequence = self._send(kind, 0, body)
            answer = None
            while answer is None:
                datagram = self._receive()
                answer = next((message for message in wire.messages(datagram) if message.sequence == sequence), None)
            if answer.kind == wire.NLMSG_ERROR:
                refusal = _refusal_of(datagram, answer)
                if refusal is not None:
                    raise refusal
            else:
                take(datagram, answer)

    def dump(self, kind: int, body: bytes, take: Take, *, begin: Callable[[], None], take_run: TakeRun | None = None) -> None:
        """List all there is of a kind, and have `take` read each entry. `take_run` may take many at once.

        `begin` is called where what was taken before doesn't count any more, since it was disturbed.
        """
        for tried in range(TRIES):
            if tried:
                time.sleep(FIRST_PAUSE_S * 2 ** (tried - 1))
            if tried <= TRIES - TRIES_TOGETHER:
                begin()
            with self._turn():
                if self._dump_once(_Listing(take, take_run), kind, body):
                    return

    def answer(self, kind: int, body: bytes, read: Read[_Fact]) -> _Fact | None:
        """Ask one thing and return what `read` makes of the answer. Raises Vanished where there is no such thing."""
        found: list[_Fact | None] = []
        self.ask(kind, body, lambda datagram, message: found.append(read(datagram, message)))
        return found[-1] if found else None

    def listing(self, kind: int, body: bytes, read: Read[_Fact]) -> list[_Fact]:
        """List all there is of a kind, and return what `read` makes of each entry, but for those that it makes nothing of."""
        found: list[_Fact] = []

        def take(datagram: wire.Datagram, message: wire.Message) -> None:
            fact = read(datagram, message)
            if fact is not None:
                found.append(fact)

        self.dump(kind, body, take, begin=found.clear)
        return found

    def name_of(self, index: int) -> str:
        """Return the name of a link, "" when it is gone."""
        with self._turn(), contextlib.suppress(OSError):
            answer = fcntl.ioctl(self._socket, _SIOCGIFNAME, _IFREQ.pack(b"", index))
            return bytes(answer[:16]).partition(b"\0")[0].decode("utf-8", "backslashreplace")
        return ""

    def close(self) -> None:
        """Close the socket, or have whoever uses it now close it at the end of its turn."""
        self._is_closing = True
        if self._lock.acquire(blocking=False):
            try:
                self._socket.close()
            finally:
                self._lock.release()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        try:
            with self._lock:
                if self._is_closing:
                    raise HostError("The reader is closed")
                yield
        finally:
            if self._is_closing:
                self.close()

    def _dump_once(self, listing: _Listing, kind: int, body: bytes) -> bool:
        listing.sequence = self._send(kind, wire.NLM_F_DUMP, body)
        until = time.monotonic() + DUMP_S
        for _ in range(MOST_DATAGRAMS):
            listing.read(self._receive())
            if listing.is_done:
                if listing.trouble is not None:
                    raise listing.trouble
                return listing.is_undisturbed
            if time.monotonic() > until:
                break
        raise HostError("The kernel had more to list than can be read")

    def _send(self, kind: int, flags: int, body: bytes) -> int:
        sequence = next(self._sequences) & 0xFFFFFFFF
        try:
            self._socket.send(wire.pack_message(kind, flags, sequence, body))
        except OSError as error:
            raise host_error(error) from error
        return sequence

    def _receive(self) -> wire.Datagram:
        """Read the next datagram into the one buffer."""
        try:
            size = self._socket.recv_into(self._datagram.buffer, ROOM, socket.MSG_TRUNC)
        except OSError as error:
            raise host_error(error) from error
        if size > ROOM:
            raise Garbled("A netlink answer is longer than the kernel sends any")
        self._datagram.size = size
        return self._datagram


class _Listing:
    """A dump under way. What can't be understood is heard to its end: the socket would refuse the next question before."""

    def __init__(self, take: Take, take_run: TakeRun | None) -> None:
        self._take, self._take_run = take, take_run
        self.sequence = 0
        self.is_done, self.is_undisturbed = False, True
        self.trouble: HostError | None = None

    def read(self, datagram: wire.Datagram) -> None:
        """Read what one datagram holds."""
        start = 0
        try:
            if self._take_run is not None and self.trouble is None:
                start = self._take_run(datagram, self.sequence)
        except Garbled as error:
            self.trouble = error
        try:
            for message in wire.messages(datagram, start):
                if message.sequence == self.sequence and not self.is_done:
                    self._read_message(datagram, message)
        except Garbled as error:
            self.trouble = self.trouble or error

    def _read_message(self, datagram: wire.Datagram, message: wire.Message) -> None:
        self.is_undisturbed = self.is_undisturbed and not message.flags & wire.NLM_F_DUMP_INTR
        if message.kind in (wire.NLMSG_DONE, wire.NLMSG_ERROR):
            self.is_done = True
            self.trouble = self.trouble or _refusal_of(datagram, message)
        elif self.trouble is None:
            try:
                self._take(datagram, message)
            except Garbled as error:
                self.trouble = error


def _refusal_of(datagram: wire.Datagram, message: wire.Message) -> HostError | None:
    """Return what the kernel refused, None where a dump's end, or an error's number 0, says that it didn't."""
    if message.end - message.start < 4:
        return None if message.kind == wire.NLMSG_DONE else Garbled("A netlink error has no number")
    number = -struct.unpack_from("=i", datagram.buffer, message.start)[0]
    if number == 0:
        return None
    sentence = os.strerror(number) if 0 < number < 4096 else "Unknown error"
    if number in (errno.EAFNOSUPPORT, errno.EOPNOTSUPP):
        return Unsupported(sentence)
    return host_error(OSError(number, sentence))


def _open_socket() -> socket.socket:
    """Open a socket that only the kernel can send to: being connected, it refuses what other processes send."""
    opened = None
    try:
        opened = socket.socket(AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
        opened.connect((0, 0))
    except OSError as error:
        if opened is not None:
            opened.close()
        raise host_error(error) from error
    return opened


class Unsupported(HostError):
    """This kernel has nothing of that kind: no such family, no such message."""
