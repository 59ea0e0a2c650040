"""A conversation with a kernel that is played: disturbed lists, garbage, refusals, silence."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator

import pytest

from networks.hostnet.errors import Garbled, HostError, HostNotAllowed, Vanished
from networks.hostnet.linux.netlink import wire
from networks.hostnet.linux.netlink.conversation import TRIES, NetlinkSocket, Unsupported
from networks.hostnet.linux.netlink.wire import Datagram, Message

KIND = 4000


class PlayedKernel:
    """Answers each question with the next of its answers: datagrams of messages, whose sequences it fills in."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.asked = NetlinkSocket(ours)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", 0, 200_000))
        self.heard: list[str] = []
        self.sequence = 0

    def expect(self, *datagrams: bytes, ahead: int = 0) -> None:
        """Have the answer ready. A conversation's sequences go up by one."""
        self.sequence = self.sequence or next(self.asked._sequences) + 1
        for datagram in datagrams:
            self.theirs.send(datagram.replace(struct.pack("=I", 77), struct.pack("=I", self.sequence + ahead)))
        self.sequence += 1

    def dump(self) -> None:
        self.asked.dump(KIND, bytes(4), self.take, begin=self.heard.clear)

    def take(self, datagram: Datagram, message: Message) -> None:
        content = bytes(datagram.buffer[message.start : message.end])
        if content == b"evil":
            raise Garbled("evil")
        self.heard.append(content.decode())


def said(kind: int, body: bytes, flags: int = 2) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 77, 0) + body


ONE, TWO, EVIL = said(KIND, b"one."), said(KIND, b"two."), said(KIND, b"evil")
DISTURBED = said(KIND, b"one.", flags=2 | wire.NLM_F_DUMP_INTR)
DONE = said(wire.NLMSG_DONE, bytes(4))


def refused(number: int) -> bytes:
    return said(wire.NLMSG_ERROR, struct.pack("=i", -number) + bytes(16))


@pytest.fixture
def kernel() -> Iterator[PlayedKernel]:
    played = PlayedKernel()
    yield played
    played.asked.close()
    played.theirs.close()


def test_it_hears_a_list_to_its_end(kernel: PlayedKernel) -> None:
    kernel.expect(ONE, TWO + DONE)

    kernel.dump()
    assert kernel.heard == ["one.", "two."]


def test_it_lists_anew_what_was_disturbed(kernel: PlayedKernel) -> None:
    kernel.expect(DISTURBED + DONE)
    kernel.expect(ONE + said(wire.NLMSG_DONE, bytes(4), flags=2 | wire.NLM_F_DUMP_INTR))
    kernel.expect(TWO + DONE)

    kernel.dump()
    assert kernel.heard == ["two."]


def test_it_takes_together_what_is_disturbed_each_time(kernel: PlayedKernel) -> None:
    for number in range(TRIES):
        kernel.expect(said(KIND, f"no.{number}".encode(), flags=2 | wire.NLM_F_DUMP_INTR) + DONE)

    kernel.dump()

    assert kernel.heard == ["no.5", "no.6", "no.7"]


def test_it_hears_what_is_garbled_to_its_end_and_asks_on(kernel: PlayedKernel) -> None:
    kernel.expect(ONE + EVIL + TWO, TWO + DONE)
    with pytest.raises(Garbled, match="evil"):
        kernel.dump()
    assert kernel.heard == ["one."]

    kernel.expect(ONE[:18], DONE)
    with pytest.raises(Garbled, match="longer"):
        kernel.dump()

    kernel.expect(TWO + DONE)
    kernel.dump()
    assert kernel.heard == ["two."]


def test_it_passes_over_answers_to_others(kernel: PlayedKernel) -> None:
    kernel.expect(ONE + DONE, ahead=-1)
    kernel.sequence -= 1
    kernel.expect(TWO + DONE)
    kernel.dump()
    assert kernel.heard == ["two."]

    kernel.expect(ONE, ahead=-1)
    kernel.sequence -= 1
    kernel.expect(TWO)
    kernel.asked.ask(KIND, bytes(4), kernel.take)
    assert kernel.heard == ["two.", "two."]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EPERM, HostNotAllowed),
        (errno.ENODEV, Vanished),
        (errno.EOPNOTSUPP, Unsupported),
        (errno.EBUSY, HostError),
        (-5, HostError),
    ],
)
def test_it_translates_refusals(kernel: PlayedKernel, number: int, kind: type[HostError]) -> None:
    kernel.expect(refused(number))
    with pytest.raises(kind):
        kernel.asked.ask(KIND, bytes(4), kernel.take)

    kernel.expect(ONE, said(wire.NLMSG_DONE, struct.pack("=i", -number)))
    with pytest.raises(kind):
        kernel.dump()


def test_it_takes_no_number_for_no_error(kernel: PlayedKernel) -> None:
    kernel.expect(refused(0))
    kernel.asked.ask(KIND, bytes(4), kernel.take)
    kernel.expect(said(wire.NLMSG_DONE, b""))
    kernel.dump()
    assert kernel.heard == []

    kernel.expect(said(wire.NLMSG_ERROR, b""))
    with pytest.raises(Garbled):
        kernel.dump()


def test_it_waits_for_no_silent_kernel(kernel: PlayedKernel) -> None:
    kernel.expect(ONE)

    with pytest.raises(HostError, match="in time"):
        kernel.dump()


def test_it_refuses_what_is_too_long(kernel: PlayedKernel) -> None:
    kernel.expect(bytes(70_000))

    with pytest.raises(Garbled):
        kernel.dump()
