"""One thread's conversation with one Engine: negotiation, one total deadline per call, and every error translated."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import docker
import requests
import urllib3
from docker.errors import DockerException

from networks.engine.access.facts import EngineAccess
from networks.engine.access.openers import opener_for
from networks.engine.calls import AllowList, plain_path
from networks.engine.errors import EngineError, ProtocolFault, TimedOut
from networks.engine.parsing.engines import choose_version
from networks.engine.parsing.refusals import refusal
from networks.engine.parsing.values import parse_done, parse_json
from networks.engine.transport.adapter import EngineAdapter
from networks.engine.transport.connection import Answer, Connection, ConnectionLost
from networks.engine.transport.deadline import Deadline
from networks.engine.transport.raw import RawStream
from networks.engine.transport.stream import DockerEventStream

_HEADERS = {"User-Agent": "netadmin"}
_BASE_URL = "http+docker://localhost"  # never resolved: the connection's own socket is all there is
_FOREIGN_ERRORS = (
    DockerException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
)
_Result = TypeVar("_Result")
_Other = TypeVar("_Other")


class EngineSession:
    """Asks an Engine through docker-py's low-level client over a connection of our own; connects at the first call."""

    def __init__(self, access: EngineAccess | str, allow_list: AllowList) -> None:
        self._url = str(access.address) if isinstance(access, EngineAccess) else access
        self._opener = opener_for(access)
        self._allow_list = allow_list
        self._connection = Connection(self._url, self._opener, allow_list)
        self._adapter = EngineAdapter(self._connection)
        self._api: docker.APIClient | None = None
        self._version = ""
        self._negotiated_on = 0  # the serial of the connection that the version was chosen on
        self._lock = threading.Lock()
        self._closings = 0

    def negotiate(self, deadline: Deadline) -> str:
        """Return the API version that is spoken on this connection, choosing it on a new one. Raises Incompatible.

        Asked once a connection: an Engine starts programs for an answer to /version, which takes it 7 ms.
        """
        self._guarded("GET", "/version", deadline, lambda: self._ready_api(deadline))
        return self._version

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
        return self._get(lambda body: parse(parse_json(body)), path, ids, deadline, params)

    def read_two(
        self,
        quick: tuple[Callable[[bytes], _Result], str],
        slow: tuple[Callable[[bytes], _Other], str, Mapping[str, str]],
        deadline: Deadline,
    ) -> tuple[_Result, _Other]:
        """Send two GET requests one after the other; the first answer is parsed while the Engine works at the second."""
        parse_quick, quick_path = quick
        parse_slow, slow_path, params = slow
        body = self._get(bytes, quick_path, (), deadline)
        found: list[_Result] = []

        def parse_meanwhile() -> None:
            try:
                found[:] = [parse_quick(body)]
            except EngineError as error:
                error.request, error.duration_ms = f"GET {quick_path}", deadline.elapsed_ms()
                raise

        second = self._get(parse_slow, slow_path, (), deadline, params, parse_meanwhile)
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
        """Send a POST request with a JSON document or with bytes, and return what `parse` makes of the answer's bytes.

        `hear`: is given each line of the answer as it comes.
        """

        def send(api: docker.APIClient, url: str) -> requests.Response:
            if isinstance(body, bytes):
                headers = {"Content-Type": "application/x-tar"} if body else {}
                return cast(requests.Response, api._post(url, params=params, data=body, headers=headers))
            return cast(requests.Response, api._post_json(url, body, params=params))

        return self._call("POST", path, ids, deadline, send, parse, hear)

    def delete(self, path: str, *ids: str, deadline: Deadline, params: Mapping[str, str] | None = None) -> None:
        """Send a DELETE request."""
        self._call("DELETE", path, ids, deadline, lambda api, url: api._delete(url, params=params), parse_done)

    def open_events(self, deadline: Deadline, params: Mapping[str, str]) -> DockerEventStream:
        """Open an event stream on a connection of its own, with a version chosen there."""
        connection = Connection(self._url, self._opener, self._allow_list)
        try:
            answer = connection.exchange("GET", "/version", deadline=deadline)
            version = self._chosen(answer.status, answer.body, deadline)
            status, response = connection.open_stream(f"/v{version}/events?{urlencode(params)}", deadline)
            if status != 200:
                raise refusal(status, _rest_of(response), "GET /events", deadline.elapsed_ms())
            deadline.lift()
            return DockerEventStream(connection, response)
        except BaseException:
            connection.close()
            raise

    def open_raw(self, path: str, deadline: Deadline, body: Mapping[str, Any]) -> RawStream:
        """Send a POST request that opens a stream of bytes both ways, on a connection of its own, with a version chosen there."""
        connection = Connection(self._url, self._opener, self._allow_list)
        connection.outgoing = self._connection.outgoing  # what is withdrawn there doesn't leave here
        try:
            answer = connection.exchange("GET", "/version", deadline=deadline)
            version = self._chosen(answer.status, answer.body, deadline)
            opened = connection.open_raw(f"/v{version}{path}", deadline, json.dumps(body).encode())
            if isinstance(opened, Answer):
                raise refusal(opened.status, opened.body, f"POST {path}", deadline.elapsed_ms())
            deadline.lift()
            return opened
        except BaseException:
            connection.close()
            raise

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

    def _get(
        self,
        parse: Callable[[bytes], _Result],
        path: str,
        ids: tuple[str, ...],
        deadline: Deadline,
        params: Mapping[str, str] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> _Result:
        """Send a GET request without docker-py, whose session takes longer over a request than the Engine over an inspect."""
        target = path.format(*ids)
        query = f"?{urlencode(params)}" if params else ""

        def ask() -> _Result:
            self._ready_api(deadline)
            full = f"/v{self._version}{target}{query}"
            answer = self._connection.exchange("GET", full, deadline=deadline, headers=_HEADERS, meanwhile=meanwhile)
            if answer.status >= 400:
                raise refusal(answer.status, answer.body, f"GET {target}", deadline.elapsed_ms())
            return parse(answer.body)

        return self._guarded("GET", target, deadline, ask)

    def _call(
        self,
        method: str,
        path: str,
        ids: tuple[str, ...],
        deadline: Deadline,
        send: Callable[[docker.APIClient, str], requests.Response],
        parse: Callable[[bytes], _Result],
        hear: Callable[[bytes], None] | None = None,
    ) -> _Result:
        """Send it by docker-py and return what `parse` makes of the body, unless the answer is a refusal."""

        def ask() -> _Result:
            api = self._ready_api(deadline)
            self._adapter.deadline, self._adapter.hear = deadline, hear
            response = send(api, api._url(path, *ids))
            if response.status_code >= 400:
                sent = f"{method} {path.format(*ids)}"
                raise refusal(response.status_code, response.content, sent, deadline.elapsed_ms())
            return parse(response.content)

        return self._guarded(method, path.format(*ids), deadline, ask)

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
        except _FOREIGN_ERRORS as error:
            self._connection.close()
            sentence = f"The answer couldn't be understood: {error!s:.200}"
            raise ProtocolFault(sentence, request=request, duration_ms=deadline.elapsed_ms()) from error
        finally:
            if self._closings != closings:
                self._connection.close()
            self._lock.release()

    def _ready_api(self, deadline: Deadline) -> docker.APIClient:
        """Return docker-py's client for the version that was chosen on the open connection, choosing it where needed."""
        is_negotiated = self._negotiated_on == self._connection.serial and self._connection.is_usable()
        if self._api is None or not is_negotiated:
            answer = self._connection.exchange("GET", "/version", deadline=deadline)
            version = self._chosen(answer.status, answer.body, deadline)
            if self._api is None or version != self._version:
                self._api, self._version = self._make_api(version), version
            self._negotiated_on = self._connection.serial
        return self._api

    def _chosen(self, status: int, body: bytes, deadline: Deadline) -> str:
        if status != 200:
            raise refusal(status, body, "GET /version", deadline.elapsed_ms())
        try:
            return choose_version(parse_json(body))
        except EngineError as error:
            error.request, error.duration_ms = "GET /version", deadline.elapsed_ms()
            raise

    def _make_api(self, version: str) -> docker.APIClient:
        """Return docker-py's low-level client with our adapter as its only way out; nothing is sent."""
        api = docker.APIClient(base_url="http://localhost:1", version=version)
        api.trust_env = False
        api.max_redirects = 0
        api.adapters.clear()
        api.mount("http+docker://", self._adapter)
        api.base_url = _BASE_URL
        api.headers = requests.structures.CaseInsensitiveDict(_HEADERS)
        return api


def _rest_of(response: Any) -> bytes:
    try:
        return bytes(response.read(65_536))
    except (OSError, ValueError):
        return b""
