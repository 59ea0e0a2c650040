"""Starts the fake server in a process of its own, and speaks to it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.private_engine import wait_until
from tests.push.site import free_port, is_listening
from tests.push.websocket_client import Client

DEADLINE_S = 20.0


@dataclass
class FakeServer:
    """The running `fake_server`."""

    process: subprocess.Popen[bytes]
    port: int

    async def post(self, path: str) -> dict[str, int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return dict(json.loads(re.findall(rb"\{.*?\}", answer)[-1]))

    async def greeted(self) -> Client:
        """Return a client whose page is the newest and which has acknowledged its first frame."""
        client = await Client.open(self.port, "/ws/live/")
        client.say(json.dumps({"hello": {"epoch": "", "revision": 0}}))
        client.say(json.dumps({"ack": json.loads(await client.hear() or "{}")["revision"]}))
        return client

    def act(self, path: str, **query: str) -> dict[str, int]:
        """Post from a test that isn't asynchronous."""
        url = f"http://127.0.0.1:{self.port}{path}?{urlencode(query)}"
        with urllib.request.urlopen(url, data=b"", timeout=DEADLINE_S) as answer:
            return dict(json.load(answer))

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


@contextmanager
def running_fake_server(folder: Path, port: int = 0) -> Iterator[FakeServer]:
    """Run a fake server with its data in this folder, until the end of the block."""
    port = port or free_port()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "netadmin.settings", "NETADMIN_DATA_DIR": str(folder)}
    process = subprocess.Popen([sys.executable, "-m", "tests.push.fake_server", str(port)], env=environment)
    try:
        wait_until(lambda: is_listening(port) or process.poll() is not None, "the fake server", deadline_s=DEADLINE_S)
        yield FakeServer(process, port)
    finally:
        process.terminate()
        process.wait(DEADLINE_S)
