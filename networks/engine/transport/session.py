"""One thread's conversation with one Engine: negotiation, one total deadline per call, and every error translated."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from networks.engine.access.facts import EngineAccess
from networks.engine.access.openers import opener_for
from networks.engine.allow_list import AllowList, plain_path
from networks.engine.errors import EngineError, ProtocolFault, TimedOut
from networks.engine.parsing.engines import choose_version
from networks.engine.parsing.refusals import refusal
from networks.engine.parsing.values import parse_done, parse_json
from networks.engine.transport.connection import Answer, Connection, ConnectionLost
from networks.engine.transport.deadline import Deadline
from networks.engine.transport.docker_py import DockerPy, Order
from networks.engine.transport.raw import TerminalStream
from networks.engine.transport.stream import EventStream

_AGENT = {"User-Agent": "netadmin"}
_Result = TypeVar("_Result")
_Other = TypeVar("_Other")


class EngineSession:
    """Asks an Engine over one connection, which the first call opens."""

    def __init__(self, access: EngineAccess | str, allow_list: AllowList) -> None:
        self._url = str(access.address) if isinstance(access, EngineAccess) else access
        self._opener = opener_for(access)
        self._allow_list = allow_list
        self._connection = self._new_connection()
        self._docker_py: DockerPy | None = None
        self._version = ""
        self._negotiated_on = 0  # the serial of the connection that the version was chosen on
        self._lock = threading.Lock()
        self._closings = 0

    def negotiate(self, deadline: Deadline) -> str:
        """Return the API version that is spoken on this connection, choosing it on a new one. Raises Incompatible.

        Asked once a connection: an Engine starts programs for an answer to /version, which takes it 7 ms.
        """
        return self._guarded("GET", "/version", deadline, lambda: self._spoken_version(deadline))

    def ping(self, deadline: Deadline) -> None:
        """Ask for a sign of life, without a version."""

        def ask() -> None:
            answer = self._connection.exchange("GET", "/_ping", deadline=deadline)
            if answer.status != 200:
                raise refusal(answer.status, answer.body, "GET /_ping", deadline.elapsed_ms())
            if answer.body.strip() != b"OK":
                raise ProtocolFault("The answer to a ping isn't Docker's.", status=answer.status)

        self._guarded("GET", "/_ping", deadline, ask)

    def read(
        self,
        parse: Callable[[Any], _Result],
        path: str,
        *ids: str,
        deadline: Deadline,
        params: Mapping[str, str] | None = None,
    ) -> _Result:
        """Send a GET request and return what `parse` makes of its JSON value. `path`: with {0} for the id."""
        return self._ask("GET", lambda body: parse(parse_json(body)), path, *ids, deadline=deadline, params=params)

    def read_two(
        self,
        quick: tuple[Callable[[bytes], _Result], str],
        slow: tuple[Callable[[bytes], _Other], str, Mapping[str, str]],
        deadline: Deadline,
    ) -> tuple[_Result, _Other]:
        """Send two GET requests one after the other; the first answer is parsed while the Engine works at the second."""
        parse_quick, quick_path = quick
        parse_slow, slow_path, params = slow
        body = self._ask("GET", bytes, quick_path, deadline=deadline)
        found: list[_Result] = []

        def parse_meanwhile() -> None:
            try:
                found[:] = [parse_quick(body)]
            except EngineError as error:
                error.request, error.duration_ms = f"GET {quick_path}", deadline.elapsed_ms()
                raise

        second = self._ask("GET", parse_slow, slow_path, deadline=deadline, params=params, meanwhile=parse_meanwhile)
        return found[0], second

    def post(
        self,
        parse: Callable[[bytes], _Result],
        path: str,
        *ids: str,
        deadline: Deadline,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | bytes = b"",
        hear: Callable[[bytes], None] | None = None,
    ) -> _Result:
        """Send a POST request with a JSON document or with an archive, and return what `parse` makes of the answer's bytes.

        `hear`: is given each line of the answer as it comes.
        """
        kind = "application/x-tar"
        if not isinstance(body, bytes):
            kind, body = "application/json", json.dumps(body).encode()
        headers = {"Content-Type": kind} if body else None
        return self._ask("POST", parse, path, *ids, deadline=deadline, params=params, headers=headers, body=body, hear=hear)

    def order(self, method: str, path: str, order: Order, deadline: Deadline) -> None:
        """Have docker-py call one of its methods, which sends this request alone. `path`: with the id, as errors name it."""

        def ask() -> None:
            self._docker_py_of(self._spoken_version(deadline)).give(order, f"{method} {path}", deadline)

        self._guarded(method, path, deadline, ask)

    def delete(self, path: str, *ids: str, deadline: Deadline, params: Mapping[str, str] | None = None) -> None:
        """Send a DELETE request."""
        self._ask("DELETE", parse_done, path, *ids, deadline=deadline, params=params)

    def open_events(self, deadline: Deadline, params: Mapping[str, str]) -> EventStream:
        """Open an event stream on a connection of its own, with a version chosen there."""

        def begin(connection: Connection, version: str) -> EventStream:
            response = connection.open_stream(f"/v{version}/events?{urlencode(params)}", deadline)
            if response.status != 200:
                raise refusal(response.status, _rest_of(response), "GET /events", deadline.elapsed_ms())
            return EventStream(connection, response)

        return self._open(deadline, begin)

    def open_raw(self, path: str, deadline: Deadline, body: Mapping[str, Any]) -> TerminalStream:
        """Send a POST request that opens a stream of bytes both ways, on a connection of its own, with a version chosen there."""

        def begin(connection: Connection, version: str) -> TerminalStream:
            connection.outgoing = self._connection.outgoing  # what is withdrawn there doesn't leave here
            opened = connection.open_raw(f"/v{version}{path}", deadline, json.dumps(body).encode())
            if isinstance(opened, Answer):
                raise refusal(opened.status, opened.body, f"POST {path}", deadline.elapsed_ms())
            return opened

        return self._open(deadline, begin)

    def withdraw(self) -> str:
        """Let no change leave any more, unless one has: return that one, else "". From any thread."""
        return self._connection.outgoing.withdraw()

    def close(self) -> None:
        """End a call that is under way in another thread, and close the connection; a later call opens another."""
        self._closings += 1
        self._connection.shutdown()
        if self._lock.acquire(timeout=1):  # whoever holds it was woken and closes the connection on its way out
            try:
                self._connection.close()
            finally:
                self._lock.release()

    def _new_connection(self) -> Connection:
        return Connection(self._url, self._opener, self._allow_list)

    def _open(self, deadline: Deadline, begin: Callable[[Connection, str], _Result]) -> _Result:
        """Return a stream that `begin` opens on a connection of its own; it may take as long as it likes."""
        connection = self._new_connection()
        try:
            opened = begin(connection, self._choose_version(connection, deadline))
        except BaseException:
            connection.close()
            raise
        deadline.lift()
        return opened

    def _ask(
        self,
        method: str,
        parse: Callable[[bytes], _Result],
        path: str,
        *ids: str,
        deadline: Deadline,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        hear: Callable[[bytes], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> _Result:
        """Send a request and return what `parse` makes of the answer, unless that is a refusal."""
        target = path.format(*ids)
        query = f"?{urlencode(params)}" if params else ""

        def ask() -> _Result:
            full = f"/v{self._spoken_version(deadline)}{target}{query}"
            sent = _AGENT | dict(headers or {})
            answer = self._connection.exchange(
                method, full, deadline=deadline, headers=sent, body=body, meanwhile=meanwhile, hear=hear
            )
            if answer.status >= 400:
                raise refusal(answer.status, answer.body, f"{method} {target}", deadline.elapsed_ms())
            return parse(answer.body)

        return self._guarded(method, target, deadline, ask)

    def _guarded(self, method: str, path: str, deadline: Deadline, ask: Callable[[], _Result]) -> _Result:
        """Run one call at a time, once more when a kept connection was lost, and let only EngineError out."""
        request = f"{method} {plain_path(path)}"
        if not self._lock.acquire(timeout=deadline.seconds):
            raise TimedOut(
                "Another call of this client was still under way.",
                request=request,
                duration_ms=deadline.elapsed_ms(),
                was_sent=False,
            )
        closings = self._closings
        try:
            try:
                return ask()
            except ConnectionLost:
                if self._closings != closings:
                    raise
                return ask()
        except EngineError as error:
            if not error.request:  # our guard and our parsing don't know it
                error.request, error.duration_ms = request, deadline.elapsed_ms()
            raise
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._connection.close()
            sentence = f"The answer couldn't be understood: {error!s:.200}"
            raise ProtocolFault(sentence, request=request, duration_ms=deadline.elapsed_ms()) from error
        finally:
            if self._closings != closings:
                self._connection.close()
            self._lock.release()

    def _spoken_version(self, deadline: Deadline) -> str:
        """Return the version that was chosen on the open connection, choosing it on a new one."""
        if self._negotiated_on != self._connection.serial or not self._connection.is_usable():
            self._version = self._choose_version(self._connection, deadline)
            self._negotiated_on = self._connection.serial
        return self._version

    def _docker_py_of(self, version: str) -> DockerPy:
        if self._docker_py is None or self._docker_py.version != version:
            self._docker_py = DockerPy(version, self._connection)
        return self._docker_py

    def _choose_version(self, connection: Connection, deadline: Deadline) -> str:
        answer = connection.exchange("GET", "/version", deadline=deadline)
        if answer.status != 200:
            raise refusal(answer.status, answer.body, "GET /version", deadline.elapsed_ms())
        try:
            return choose_version(parse_json(answer.body))
        except EngineError as error:
            error.request, error.duration_ms = "GET /version", deadline.elapsed_ms()
            raise


def _rest_of(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(65_536)
    except (OSError, ValueError):
        return b""
