"""The made-up world of tests/push behind a real daphne, which also says when it began to act: `… fan_out_server PORT`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from daphne.server import Server
from daphne.server import twisted_loop as loop

from tests.push.fake_server import FakeSite, answer


class TimedSite(FakeSite):
    """The same site; GET `/began` gives the nanoseconds since the epoch when it began what it was told last."""

    def __init__(self) -> None:
        super().__init__()
        self.began_ns = 0

    async def _act(self, path: str, query: dict[str, str]) -> None:
        self.began_ns = time.time_ns()
        await super()._act(path, query)

    async def _http(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/began":
            await receive()
            await answer(send, json.dumps({"began_ns": self.began_ns}).encode(), "application/json")
        else:
            await super()._http(scope, receive, send)


if __name__ == "__main__":
    asyncio.set_event_loop(loop)
    site = TimedSite()
    site.server = Server(site, endpoints=[f"tcp:port={int(sys.argv[1])}:interface=127.0.0.1"], verbosity=0)
    site.server.run()
