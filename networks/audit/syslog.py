"""A syslog receiver that the trail is sent to: RFC 5424 messages, counted and over TLS as RFC 5425 has it."""

from __future__ import annotations

import fcntl
import socket
import ssl
import struct
import termios
import time
from collections.abc import Sequence
from contextlib import suppress

from networks.audit.destinations import SyslogDestination, client_context
from networks.audit.entries import LogLine
from networks.audit.trouble import Unwritable, unwritable
from networks.models.stored_sentences import say as _

WITHIN_S = 10.0  # for the connection, for each piece that is sent, and for the receiver's own end
PRIORITY = 13 * 8 + 6  # facility "log audit", severity "informational"
_PAUSE_S = 0.02
# A receiver that ends without a word of TLS has still read everything: what it had left unread would reset the connection.
_ENDS = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


class SyslogSender:
    """Sends lines, each batch over a connection of its own: how that ends is what shows that all of it was read."""

    def __init__(self, destination: SyslogDestination) -> None:
        self._destination = destination

    def open(self, sequence: int, sealed: str) -> list[LogLine]:
        """Do nothing: what arrived of lines that aren't remembered isn't known, and they are sent again, the same."""
        return []

    def send(self, lines: Sequence[LogLine]) -> None:
        """Send these lines, and wait until the receiver has read them. Raises Unwritable where it can't be told that it has.

        Syslog has no receipt, but RFC 5425 (4.4) has the receiver answer the end of the TLS session, or at least close: it does
        so behind everything before it. A receiver that dies with lines unread resets the connection instead. (One that ended its
        own half before it was asked to, and then didn't read, would be taken for one that has.)
        """
        there = (self._destination.host, self._destination.port)
        try:
            context = client_context(self._destination.ca_file)
            with (
                socket.create_connection(there, WITHIN_S) as plain,
                context.wrap_socket(plain, server_hostname=self._destination.host) as secured,
            ):
                secured.sendall(b"".join(frame(line) for line in lines))
                self._wait_until_read(secured)
        except OSError as error:
            raise unwritable(error) from error

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _wait_until_read(self, secured: ssl.SSLSocket) -> None:
        with suppress(*_ENDS):
            secured.unwrap()
        secured.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + WITHIN_S
        while secured.recv(4096):  # plain by now
            if time.monotonic() > deadline:
                raise TimeoutError
        while count_unconfirmed(secured):
            if time.monotonic() > deadline:
                raise Unwritable(_("The receiver closed the connection before it had read everything."))
            time.sleep(_PAUSE_S)


def frame(line: LogLine) -> bytes:
    """Return a line as an RFC 5424 message with its length before it. The line is the same at every time that it is sent."""
    host = socket.gethostname()
    host = host if host.isascii() and host.isprintable() and " " not in host and 0 < len(host) < 256 else "-"
    head = f"<{PRIORITY}>1 {line.entry['time']} {host} netadmin - activity - "
    message = head.encode("ascii") + line.text
    return b"%d %b" % (len(message), message)


def count_unconfirmed(opened: socket.socket) -> int:
    """Return how many bytes the other machine hasn't confirmed. Raises OSError where the connection was reset (linux: tcp(7))."""
    if trouble := opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(trouble, "the connection was reset")
    return int(struct.unpack("i", fcntl.ioctl(opened, termios.TIOCOUTQ, b"\0" * 4))[0])
