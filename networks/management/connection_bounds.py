"""What a connection may cost before anybody is asked who they are: bytes, time, and how many come from one address.

daphne keeps a whole body on the disk before it hands a request on, and lets a client take its time for ever.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from django.conf import settings
from twisted.internet.interfaces import IAddress, IDelayedCall
from twisted.web.http import HTTPChannel

log = structlog.get_logger(__name__)

HEADERS_WITHIN_S = 20.0
BODY_WITHIN_S = 60.0  # 256 KiB, the most that is taken, at 5 KiB/s
# A client that still sends when the connection is closed would be told of a reset, not of the answer.
LINGERS_S = 1.0
MOST_OF_ADDRESS = 500  # people behind one address share them: six and a socket for each of their pages
MOST_ADDRESSES = 1_000  # are kept in mind before those without a connection are forgotten


# Before anybody knows in what language.
_SAID = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Netadmin takes at most 256 KiB in one request.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "Netadmin takes at most 16 KiB of headers: delete this site's cookies, or shorten the address."
    ),
    HTTPStatus.REQUEST_TIMEOUT: "The request came too slowly.",
}


class BoundedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    """One request. What is too large is refused at its header, or at the first byte too many where none told."""

    # Django reads forms; Twisted would first read every body once more, for arguments that nobody asks it for.
    _parsePOSTFormSubmission = False

    def gotLength(self, length: int | None) -> None:
        """Make room for the body. `length`: bytes by the header, None where it comes in chunks."""
        self._taken = 0
        too_much = length is not None and length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().gotLength(0 if too_much else length)
        if too_much:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def handleContentChunk(self, data: bytes) -> None:
        self._taken += len(data)
        if self._taken <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            super().handleContentChunk(data)
        else:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # Twisted's types say Any
    """One connection, with deadlines for what a client sends; how long the answer takes is our own affair."""

    _deadline: IDelayedCall | None = None
    _is_refused = False

    def dataReceived(self, data: bytes) -> None:
        """Take what came, unless it was refused already."""
        if self._is_refused:
            return
        if self._deadline is None and not self._handlingRequest:
            self._set_deadline(HEADERS_WITHIN_S)
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        if self._receivedHeaderSize + len(line) > self.totalHeadersSize:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif not self._is_refused:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def allHeadersReceived(self) -> None:
        """Give the body its own time."""
        self._set_deadline(BODY_WITHIN_S)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        """Hand the request on, unless it was refused."""
        self._set_deadline(None)
        if not self._is_refused:
            super().allContentReceived()

    def connectionLost(self, reason: Any) -> None:
        self._set_deadline(None)
        super().connectionLost(reason)

    def refuse(self, status: HTTPStatus) -> None:
        """Answer with a status and a sentence, read nothing more, and close."""
        if self._is_refused:
            return
        self._is_refused = True
        self._set_deadline(None)
        log.warning("request_refused", client=_host_of(self.transport.getPeer()), status=status.value)
        said = _SAID[status].encode()
        self.transport.write(
            b"HTTP/1.1 %d %b\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"X-Content-Type-Options: nosniff\r\nContent-Length: %d\r\n\r\n%b"
            % (status.value, status.phrase.encode(), len(said), said)
        )
        self.callLater(LINGERS_S, self.loseConnection)

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.callLater(seconds, self.refuse, HTTPStatus.REQUEST_TIMEOUT)


class BoundedFactory(HTTPFactory):  # type: ignore[misc]  # daphne has no types
    """Takes connections, MOST_OF_ADDRESS from each address. Where proxies stand before us, all come from theirs."""

    protocol = BoundedChannel

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._channels: dict[str, list[HTTPChannel]] = {}
        self._said_of = ""

    def buildProtocol(self, addr: IAddress) -> HTTPChannel | None:
        """Return what speaks with a client, None to turn it away."""
        host = _host_of(addr)
        if len(self._channels) >= MOST_ADDRESSES:
            self._channels = {each: left for each, own in self._channels.items() if (left := _still_open(own))}
        own = self._channels[host] = _still_open(self._channels.get(host, []))
        if len(own) >= MOST_OF_ADDRESS and not settings.NETADMIN_TRUSTED_PROXIES:
            if host != self._said_of:  # once, not a line for each of a flood
                log.warning("connections_refused", client=host, open=len(own))
            self._said_of = host
            return None
        self._said_of = "" if host == self._said_of else self._said_of
        channel: HTTPChannel = super().buildProtocol(addr)
        channel.requestFactory = BoundedRequest
        own.append(channel)
        return channel


class BoundedServer(Server):  # type: ignore[misc]  # daphne has no types
    """daphne, which makes its factory in the midst of `run`: whatever it makes, ours takes the connections."""

    @property
    def http_factory(self) -> BoundedFactory:
        return self._bounded

    @http_factory.setter
    def http_factory(self, _made: HTTPFactory) -> None:
        self._bounded = BoundedFactory(self)


def _host_of(address: Any) -> str:
    return str(getattr(address, "host", ""))


def _still_open(channels: list[HTTPChannel]) -> list[HTTPChannel]:
    """Return those whose connection still is. A socket's goes on without its channel, on the same transport."""
    return [each for each in channels if each.transport is None or getattr(each.transport, "connected", False)]
