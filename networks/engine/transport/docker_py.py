"""docker-py's client with our connection as its only way out: it gives the orders that it knows by name.

It is imported with the first order: a process that only reads needs neither its 30 ms nor its 10 MiB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from networks.engine.parsing.refusals import refusal
from networks.engine.parsing.values import parse_done
from networks.engine.transport.connection import Connection
from networks.engine.transport.deadline import Deadline

if TYPE_CHECKING:
    import docker
    import requests

Order = Callable[["docker.APIClient"], object]

_BASE_URL = "http://localhost:1"  # never resolved: the connection's own socket is all there is
# Nothing of a user's Docker configuration (its HttpHeaders) and no cookie goes out; the length is the connection's own.
_PASSED_ON = frozenset({"content-type"})


class EngineAdapter:
    """A transport adapter, as requests has them, over one Connection.

    requests' own time-out is ignored: the deadline is the whole call's. The answer is always read whole; redirects and other
    schemes never get here, since the client knows no other adapter.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.deadline = Deadline(0)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send it and return the answer. Raises EngineError."""
        import requests

        body = request.body or b""
        answer = self.connection.exchange(
            str(request.method),
            request.path_url,
            deadline=self.deadline,
            headers={name: value for name, value in request.headers.items() if name.lower() in _PASSED_ON},
            body=body.encode() if isinstance(body, str) else body,
        )
        if answer.status < 400:
            parse_done(answer.body)  # docker-py looks at the status alone
        response = requests.Response()
        response.status_code, response.raw = answer.status, BytesIO(answer.body)
        response.headers.update(answer.headers)
        response.request, response.url = request, str(request.url)
        return response

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class DockerPy:
    """docker-py's client of one API version over one connection."""

    def __init__(self, version: str, connection: Connection) -> None:
        """Prepare it; nothing is sent. `version`: such as "1.45"."""
        import docker

        self.version = version
        self._refusal = docker.errors.APIError
        self._adapter = EngineAdapter(connection)
        self._api = docker.APIClient(base_url=_BASE_URL, version=version)
        self._api.trust_env = False
        self._api.max_redirects = 0
        self._api.adapters.clear()
        self._api.mount(_BASE_URL, self._adapter)  # any object that can send and close

    def give(self, order: Order, request: str, deadline: Deadline) -> None:
        """Have it call one of its methods. `request`: as errors name it. Raises EngineError."""
        self._adapter.deadline = deadline
        try:
            order(self._api)
        except self._refusal as error:
            answer = error.response
            raise refusal(answer.status_code, answer.content, request, deadline.elapsed_ms()) from None
