"""Puts our connection under docker-py: its session prepares a request, this sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import requests
import requests.adapters

from networks.engine.transport.connection import Connection
from networks.engine.transport.deadline import Deadline


class EngineAdapter(requests.adapters.BaseAdapter):
    """A transport adapter of requests over one Connection.

    requests' own time-out is ignored: the deadline is the whole call's, set by the client before it. The answer is
    always read whole; redirects and other schemes never get here, since the session knows no other adapter.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection
        self.deadline = Deadline(0)
        self.hear: Callable[[bytes], None] | None = None

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
        body = request.body or b""
        headers = {name: value for name, value in request.headers.items() if name.lower() in _PASSED_ON}
        answer = self.connection.exchange(
            str(request.method),
            request.path_url,
            deadline=self.deadline,
            headers=headers,
            body=body.encode() if isinstance(body, str) else body,
            hear=self.hear,
        )
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response._content = answer.body
        response._content_consumed = True  # type: ignore[attr-defined]
        response.request = request
        response.url = str(request.url)
        return response

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


# Nothing of a user's Docker configuration (its HttpHeaders) and no cookie goes out; the length is the connection's own.
_PASSED_ON = frozenset({"content-type", "user-agent"})
