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

from networks.hostnet.errors import Garbled, HostError
from networks.hostnet.linux.netlink.wire import (
    NLM_F_DUMP,
    NLM_F_DUMP_INTR,
    NLMSG_DONE,
    NLMSG_ERROR,
    Datagram,
    Message,
    messages,
    pack_message,
)
from networks.hostnet.linux.trouble import host_error

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
# Something changed while it was listed, so that an entry may be missing: listed again, after a moment that grows.
TRIES, FIRST_PAUSE_S = 8, 0.001

Take = Callable[[Datagram, Message], None]
# Takes what it can from the beginning of a datagram with this sequence, and returns where the rest begins.
TakeRun = Callable[[Datagram, int], int]


class Conversation:
    """One socket of NETLINK_ROUTE. Calls raise HostError, take turns, and end within seconds. `close` in any thread."""

    def __init__(self) -> None:
        """Open it in the namespace that the calling thread is in."""
        try:
            self._socket = socket.socket(AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
        except OSError as error:
            raise host_error(error) from error
        self._lock = threading.Lock()
        self._is_closing = False
        self._datagram = Datagram(ROOM)
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
            while True:
                for message in messages(self._receive()):
                    if message.sequence != sequence:
                        continue
                    if message.kind == NLMSG_ERROR:
                        self._raise_error(message)
                        return
                    take(self._datagram, message)
                    return

    def dump(self, kind: int, body: bytes, take: Take, *, begin: Callable[[], None], take_run: TakeRun | None = None) -> bool:
        """List all there is of a kind, and have `take` read each entry. Returns whether it was listed undisturbed.

        `begin` is called before each try. `take_run` may take many messages at once.
        """
        for tried in range(TRIES):
            if tried:
                time.sleep(FIRST_PAUSE_S * 2 ** (tried - 1))
            begin()
            with self._turn():
                if self._dump_once(kind, body, take, take_run):
                    return True
        return False

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

    def _dump_once(self, kind: int, body: bytes, take: Take, take_run: TakeRun | None) -> bool:
        sequence = self._send(kind, NLM_F_DUMP, body)
        until = time.monotonic() + DUMP_S
        is_undisturbed = True
        garbled: Garbled | None = None
        for _ in range(MOST_DATAGRAMS):
            datagram = self._receive()
            try:
                # What can't be understood is read to its end: the socket would refuse the next question before.
                start = take_run(datagram, sequence) if take_run and garbled is None else 0
                for message in messages(datagram, start):
                    if message.sequence != sequence:
                        continue
                    is_undisturbed = is_undisturbed and not message.flags & NLM_F_DUMP_INTR
                    if message.kind in (NLMSG_DONE, NLMSG_ERROR):
                        if garbled is not None:
                            raise garbled
                        self._raise_error(message)
                        return is_undisturbed
                    if garbled is None:
                        take(datagram, message)
            except Garbled as error:
                if garbled is error:
                    raise
                garbled = error
            if time.monotonic() > until:
                break
        raise HostError("The kernel had more to list than can be read")

    def _send(self, kind: int, flags: int, body: bytes) -> int:
        sequence = next(self._sequences) & 0xFFFFFFFF
        try:
            self._socket.sendto(pack_message(kind, flags, sequence, body), (0, 0))
        except OSError as error:
            raise host_error(error) from error
        return sequence

    def _receive(self) -> Datagram:
        """Read the next datagram from the kernel into the one buffer."""
        while True:
            try:
                size, sender = self._socket.recvfrom_into(self._datagram.buffer, ROOM, socket.MSG_TRUNC)
            except OSError as error:
                raise host_error(error) from error
            if size > ROOM:
                raise Garbled("A netlink answer is longer than the kernel sends any")
            if sender[0] == 0:
                self._datagram.size = size
                return self._datagram

    def _raise_error(self, message: Message) -> None:
        """Raise what the kernel refused; 0 means that it didn't."""
        if message.end - message.start < 4:
            if message.kind == NLMSG_DONE:
                return
            raise Garbled("A netlink error has no number")
        number = -struct.unpack_from("=i", self._datagram.buffer, message.start)[0]
        if number:
            sentence = os.strerror(number) if 0 < number < 4096 else "Unknown error"
            if number in (errno.EAFNOSUPPORT, errno.EOPNOTSUPP):
                raise Unsupported(sentence)
            raise host_error(OSError(number, sentence))


class Unsupported(HostError):
    """This kernel has nothing of that kind: no such family, no such message."""
