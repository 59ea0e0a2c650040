"""Keeps a page live by its socket and prints each frame: `python -m tests.installed.hearing ADDRESS NAME PASSWORD PATH`.

A process of its own, so that it can be started in the network namespace where the server is.
"""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import urlsplit

from benchmarks.served import live_of
from tests.installed.visitor import Visitor
from tests.push.websocket_client import Client


async def hear(address: str, name: str, password: str, path: str) -> None:
    """Print what comes, until the server ends it."""
    visitor = Visitor(address)
    visitor.log_in(name, password)
    live = live_of(visitor.ask(path))
    client = await Client.open(urlsplit(address).port or 80, live.path, {"Origin": address, "Cookie": visitor.cookie})
    client.say(json.dumps({"hello": {"epoch": live.epoch, "revision": live.revision}}))
    while (text := await client.hear()) is not None:
        print(text, flush=True)
        client.say(json.dumps({"ack": json.loads(text).get("revision", 0)}))


if __name__ == "__main__":
    asyncio.run(hear(*sys.argv[1:5]))
