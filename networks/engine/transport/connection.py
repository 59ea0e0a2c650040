"""One keep-alive connection to an Engine: the last place before bytes leave, so the allow-list is asked here."""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from networks.engine.access.facts import AccessStep, Unopened
from networks.engine.access.openers import Opener
from networks.engine.access.tls import explain_ending
from networks.engine.allow_list import AllowList, is_change, plain_path
from networks.engine.errors import EngineError, ProtocolFault, TimedOut, Unreachable
from networks.engine.transport.deadline import Deadline, DeadlineSocket
from networks.engine.transport.raw import TerminalStream
from networks.engine.transport.slow_calls import note_call

_SWITCHING = 101
_UPGRADE = {"Connection": "Upgrade", "Upgrade": "tcp"}
MAX_LINE_BYTES = 65_536  # a longer one comes in pieces, of which none can be read
MAX_BODY_BYTES = 256 * 1024 * 1024  # 500 containers are 0.7 MB; a broken Engine must not fill the memory


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outgoing:
    """Whether changes may still leave a client: whoever stops waiting has to know whether one has. Any thread may withdraw."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent = ""
        self._is_withdrawn = False

    def note(self, request: str) -> None:
        """Note that this change is written next. Raises TimedOut (`was_sent` false) after a withdrawal."""
        with self._lock:
            if self._is_withdrawn:
                raise TimedOut("Nobody waits for this change any more, so it was not sent.", request=request, was_sent=False)
            self._sent = request

    def withdraw(self) -> str:
        """Let no change leave any more, unless one has: return that one, such as "POST /networks/create", else ""."""
        with self._lock:
            self._is_withdrawn = not self._sent
            return self._sent


class ConnectionLost(Unreachable):
    """A kept connection ended before a change was written or a read was answered: worth one more try on a new one."""


class _Step(IntEnum):
    OPENING = 1
    SENDING = 2
    WAITING = 3
    READING = 4


class _Http(http.client.HTTPConnection):
    auto_open = 0  # it never opens a connection by itself
    sock: DeadlineSocket | None


class Connection:
    """Sends permitted requests, one at a time; every failure leaves as an EngineError and closes the connection."""

    def __init__(self, url: str, opener: Opener, allow_list: AllowList) -> None:
        self.url = url  # for sentences
        self.opener = opener
        self._allow_list = allow_list
        self._http: _Http | None = None
        self._sock: DeadlineSocket | None = None  # http.client lets go of its own while it reads an answer that ends with it
        self.outgoing = Outgoing()
        self.serial = 0  # counts the connections: another number is another conversation

    def is_usable(self) -> bool:
        """Tell whether a connection is open and idle, ready for the next request."""
        http_connection = self._http
        sock = http_connection.sock if http_connection else None
        return sock is not None and not sock.has_ended()

    @property
    def is_secured(self) -> bool:
        """Whether what is open has TLS on it."""
        return self._sock is not None and self._sock.is_secured

    def exchange(
        self,
        method: str,
        target: str,
        *,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        meanwhile: Callable[[], None] | None = None,
        hear: Callable[[bytes], None] | None = None,
    ) -> Answer:
        """Send a request and return its whole answer, opening a connection first where none is usable.

        `meanwhile` is called between the two, while the Engine works; `hear` with each line of the answer as it comes.

        Raises NotAllowed before anything is sent; TimedOut at the deadline; Unreachable when nobody answers;
        ProtocolFault for an answer that isn't HTTP or a redirect, and when a change was sent and no answer came.
        """
        response, attempt = self._request(method, target, deadline, headers or {}, body, meanwhile)
        return self._whole(response, attempt, hear)

    def open_stream(self, target: str, deadline: Deadline) -> http.client.HTTPResponse:
        """Send a GET request and return the answer with its body unread; errors as for `exchange`."""
        return self._request("GET", target, deadline, {}, b"")[0]

    def open_raw(self, target: str, deadline: Deadline, body: bytes) -> Answer | TerminalStream:
        """Send a POST request that makes the connection a stream of bytes both ways; the answer, where it doesn't (no 101).

        Errors as for `exchange`.
        """
        headers = {**_UPGRADE, "Content-Type": "application/json"}
        response, attempt = self._request("POST", target, deadline, headers, body)
        sock = self._http.sock if self._http else None
        if response.status == _SWITCHING and sock is not None:
            return TerminalStream(*sock.take_over(response.fp), shutdown=self.shutdown, close=self.close)
        return self._whole(response, attempt)

    def shutdown(self) -> None:
        """Wake up whoever waits on this connection, from any thread; the descriptor is theirs to close."""
        if (sock := self._sock) is not None:
            sock.shutdown()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        http_connection, self._http, self._sock = self._http, None, None
        if http_connection is not None:
            http_connection.close()

    def _whole(
        self, response: http.client.HTTPResponse, attempt: _Attempt, hear: Callable[[bytes], None] | None = None
    ) -> Answer:
        """Read an answer to its end."""
        try:
            content = _read_body(response) if hear is None else _read_lines(response, hear)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise attempt.failed(error, _Step.READING) from error
        if len(content) > MAX_BODY_BYTES:
            self.close()
            raise attempt.fault(f"The answer is larger than {MAX_BODY_BYTES >> 20} MiB.", response.status)
        note_call(attempt.method, attempt.target, attempt.began_ms, attempt.deadline, self.url)
        return Answer(response.status, dict(response.headers.items()), content)

    def _request(
        self,
        method: str,
        target: str,
        deadline: Deadline,
        headers: Mapping[str, str],
        body: bytes,
        meanwhile: Callable[[], None] | None = None,
    ) -> tuple[http.client.HTTPResponse, _Attempt]:
        self._allow_list.check(method, target, body)
        attempt = _Attempt(self, method, target, deadline, deadline.elapsed_ms(), is_kept=self.is_usable())
        step = _Step.OPENING
        try:
            http_connection = self._open(deadline, attempt.is_kept)
            if is_change(method):
                self.outgoing.note(attempt.request)
            http_connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
                http_connection.putheader(name, value)
            if body or is_change(method):
                http_connection.putheader("Content-Length", str(len(body)))
            http_connection.endheaders()
            step = _Step.SENDING
            if body:
                # an Engine may refuse, and hang up, before it has read everything: its answer stands
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    http_connection.send(body)
            step = _Step.WAITING
            if meanwhile is not None:
                self._use_the_wait(meanwhile)
            response = http_connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise attempt.failed(error, step) from error
        is_agreed = response.status == _SWITCHING and "Upgrade" in headers
        if not is_agreed and (response.status < 200 or (300 <= response.status < 400 and response.status != 304)):
            self.close()
            raise attempt.fault("The answer is a redirect or a change of protocol, not Docker's.", response.status)
        return response, attempt

    def _use_the_wait(self, meanwhile: Callable[[], None]) -> None:
        try:
            meanwhile()
        except BaseException:
            self.close()  # the answer that is on its way belongs to nobody
            raise

    def _open(self, deadline: Deadline, is_kept: bool) -> _Http:
        if is_kept and self._http is not None and self._http.sock is not None:
            self._http.sock.deadline = deadline
            return self._http
        self.close()
        plain = self.opener(deadline.remaining_s())
        http_connection = _Http("localhost")
        http_connection.sock = self._sock = DeadlineSocket(plain, deadline)
        self._http = http_connection
        self.serial += 1
        return http_connection


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One request under way, to say well what became of it."""

    connection: Connection
    method: str
    target: str
    deadline: Deadline
    began_ms: float
    is_kept: bool

    @property
    def request(self) -> str:
        return f"{self.method} {plain_path(self.target)}"

    def fault(self, sentence: str, status: int = 0) -> ProtocolFault:
        return ProtocolFault(sentence, status=status, request=self.request, duration_ms=self.deadline.elapsed_ms())

    def failed(self, error: Exception, step: _Step) -> EngineError:
        """Close the connection and return what the failure means."""
        is_newly_secured = not self.is_kept and self.connection.is_secured
        self.connection.close()
        request, duration_ms = self.request, self.deadline.elapsed_ms()
        if isinstance(error, TimeoutError):
            sentence = f"No whole answer within {self.deadline.seconds:g} s."
            return TimedOut(sentence, request=request, duration_ms=duration_ms, was_sent=step > _Step.OPENING)
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        # A refusal of our certificate that crosses with the request is lost: what is left of it is a connection that was cut.
        is_ended = isinstance(error, ssl.SSLError) or (is_newly_secured and isinstance(error, ConnectionError))
        if is_ended and not is_change(self.method) and step < _Step.READING:
            return Unreachable(explain_ending(error), request=request, duration_ms=duration_ms)
        if step is _Step.OPENING and isinstance(error, OSError):
            kind = ConnectionLost if self.is_kept else Unreachable
            if isinstance(error, ConnectionError):  # opened, and closed again before anything could be sent
                reason = self.connection.opener.words() or reason
            return kind(self._unopened(error, reason), request=request, duration_ms=duration_ms)
        is_cut = isinstance(error, ConnectionError)  # http.client's RemoteDisconnected is one, too
        if is_cut and step < _Step.READING:
            if is_change(self.method):
                return self.fault("The connection ended before an answer came: the change may have happened.")
            kind = ConnectionLost if self.is_kept else Unreachable
            reason = self.connection.opener.words() or reason
            return kind(f"The connection ended before an answer came: {reason}", request=request, duration_ms=duration_ms)
        return self.fault(f"The answer isn't Docker's, or was cut: {reason:.200}")

    def _unopened(self, error: OSError, reason: str) -> str:
        """Return which step on the way failed, and why."""
        if isinstance(error, Unopened) and error.step in _STEPS:
            return _STEPS[error.step].format(url=self.connection.url, reason=reason)
        return f"Nobody answers at {self.connection.url}: {reason}"


# To be said of each step that can fail before anybody could answer.
_STEPS = {
    AccessStep.RESOLVE: "The name in {url} leads nowhere: {reason}",
    AccessStep.TLS: "No TLS with {url}: {reason}",
    AccessStep.SSH: "No tunnel to {url}: {reason}",
}


def _read_lines(response: http.client.HTTPResponse, hear: Callable[[bytes], None]) -> bytes:
    lines, size = [], 0
    while size <= MAX_BODY_BYTES and (line := response.readline(MAX_LINE_BYTES)):
        hear(line)
        lines.append(line)
        size += len(line)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    if size <= MAX_BODY_BYTES:
        response.read()  # nothing is left; but without it the connection doesn't know that, and takes no further request
    return b"".join(lines)


def _read_body(response: http.client.HTTPResponse) -> bytes:
    if response.length is not None and response.length <= MAX_BODY_BYTES:
        return response.read()  # with a known length this raises IncompleteRead for a cut body; read(n) wouldn't
    content = response.read(MAX_BODY_BYTES + 1)
    if response.length is None or len(content) > MAX_BODY_BYTES:
        return content
    raise http.client.IncompleteRead(content, response.length)
