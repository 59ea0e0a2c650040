"""Many sockets to a server, in a process of their own; says when each frame came. Orders come as lines on standard input."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Self

from benchmarks.served import Live
from tests.push.site import ROOT
from tests.push.websocket_client import Client

SOCKETS_PER_ADDRESS = 400  # the server takes at most 500 connections from one
OPENED_AT_ONCE = 10
REVISION = re.compile(r'"revision": ?(\d+)')


@dataclass(frozen=True, slots=True)
class Places:
    """Whose sockets, how many, and where to. `stalled`: how many of them never read after their first frame.

    `says_hello`: not to a bare application, which only passes on.
    """

    port: int
    live: Live
    cookies: Sequence[str]
    count: int
    stalled: int = 0
    says_hello: bool = True
    keeps_texts: bool = False


@dataclass
class Crowd:
    """The other end: starts the process and asks it. A context manager; inside, all sockets are open and up to date."""

    places: Places
    process: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crowd"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._ask(json.dumps(asdict(self.places))) == "ready"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self.process is not None
        if self.process.stdin and self.process.stdout:
            self.process.stdin.close()
            self.process.stdout.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def arrivals(self) -> list[list[tuple[int, int]]]:
        """Return, for each socket that reads, (revision, nanoseconds since the epoch) of all frames that came."""
        return [[(revision, at) for revision, at in one] for one in json.loads(self._ask("arrivals"))]

    def forget(self) -> None:
        """Forget the arrivals so far."""
        assert self._ask("forget") == "forgotten"

    def texts(self) -> list[str]:
        """Return the texts of the first socket's frames so far."""
        return [str(text) for text in json.loads(self._ask("texts"))]

    def _ask(self, line: str) -> str:
        assert self.process is not None
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@dataclass
class Member:
    """One socket of the crowd."""

    client: Client
    says_hello: bool
    keeps_texts: bool = False
    arrivals: list[tuple[int, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    async def listen(self) -> None:
        """Take and acknowledge what comes."""
        while (text := await self.client.hear()) is not None:
            at = time.time_ns()
            found = REVISION.search(text)
            revision = int(found[1]) if found else 0
            self.arrivals.append((revision, at))
            if self.keeps_texts:
                self.texts.append(text)
            # To a bare application, too, which drops it: the crowd's own work must be the same.
            self.client.say(json.dumps({"ack": revision}))


async def join(asked: dict[str, Any], number: int) -> Member:
    """Open one socket, say what the page holds, and take the first frame."""
    cookies, live = asked["cookies"], asked["live"]
    headers = {"Origin": f"http://localhost:{asked['port']}"}
    if cookies:
        headers["Cookie"] = cookies[number % len(cookies)]
    source = f"127.0.0.{1 + number // SOCKETS_PER_ADDRESS}"
    client = await Client.open(asked["port"], live["path"], headers, source=source)
    member = Member(client, asked["says_hello"], asked["keeps_texts"] and number == 0)
    if member.says_hello:
        client.say(json.dumps({"hello": {"epoch": live["epoch"], "revision": live["revision"]}}))
        text = await client.hear()
        if text is None:
            raise RuntimeError(f"socket {number} was closed with {client.code}")
        client.say(json.dumps({"ack": json.loads(text)["revision"]}))
    return member


async def gather(asked: dict[str, Any]) -> None:
    """Open all sockets, then answer questions until there are no more."""
    members: list[Member] = []
    for first in range(0, asked["count"], OPENED_AT_ONCE):
        last = min(first + OPENED_AT_ONCE, asked["count"])
        members += await asyncio.gather(*(join(asked, number) for number in range(first, last)))
    stalled, listening = members[: asked["stalled"]], members[asked["stalled"] :]
    for member in stalled:
        member.client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    tasks = [asyncio.ensure_future(member.listen()) for member in listening]
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "texts":
            print(json.dumps(listening[0].texts), flush=True)
        elif line.strip() == "arrivals":
            print(json.dumps([member.arrivals for member in listening]), flush=True)
        else:
            for member in listening:
                member.arrivals = []
            print("forgotten", flush=True)
    for task in tasks:
        task.cancel()
    for member in members:
        with suppress(OSError):
            member.client.writer.close()


if __name__ == "__main__":
    asyncio.run(gather(json.loads(sys.stdin.readline())))
