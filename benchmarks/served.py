"""Netadmin as people run it, with logged-in visitors, and what its process costs."""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.private_engine import wait_until
from tests.push.site import ROOT, Site

NANOS = 1e9


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it came. `first_byte_ms`: from the request to the answer's first line, `whole_ms`: to its last byte."""

    status: int
    body: bytes
    first_byte_ms: float
    whole_ms: float


class Visitor:
    """Somebody logged in, with one kept connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.cookie = cookie
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> Answer:
        """Get a page."""
        return self._ask("GET", path)

    def token_of(self, path: str) -> str:
        """Return the token that the forms of a page send along; its other half, a cookie, is kept."""
        page = self.page(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found, page[:2000]
        return found[1]

    def post(self, path: str, typed: Mapping[str, str]) -> Answer:
        """Send a form. Redirects aren't followed."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{self.port}"}
        return self._ask("POST", path, urlencode(typed), headers)

    def _ask(self, method: str, path: str, body: str | None = None, more: Mapping[str, str] | None = None) -> Answer:
        if self._http.sock is None:
            self._http.connect()
        headers = {"Host": f"localhost:{self.port}", "Cookie": self.cookie, **(more or {})}
        began_ns = time.perf_counter_ns()
        self._http.request(method, path, body, headers)
        answer = self._http.getresponse()
        first_ns = time.perf_counter_ns()
        content = answer.read()
        whole_ns = time.perf_counter_ns()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            if cookie.startswith("netadmin_csrf"):
                self.cookie = f"{self.cookie.partition('; ')[0]}; {cookie.partition(';')[0]}"
        return Answer(answer.status, content, (first_ns - began_ns) / 1e6, (whole_ns - began_ns) / 1e6)

    def page(self, path: str) -> str:
        """Get a page that has to be there, and return its text."""
        answer = self.get(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer.body.decode()

    def close(self) -> None:
        """End the connection; a later page opens another."""
        self._http.close()


class Served(Site):
    """`manage.py serve` with a data directory of its own; `program`: what else is started instead of it."""

    def __init__(
        self,
        folder: Path,
        docker_host: str,
        *,
        program: Sequence[str] = ("manage.py", "serve"),
        more: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, docker_host, more=more)
        self._program = program

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.launch()
        try:
            wait_until(self._answers, "the server", deadline_s=60, interval_s=0.005)
        except TimeoutError:
            self.stop()
            raise

    def launch(self) -> None:
        """Start it without waiting."""
        with (self.folder / "serve.log").open("ab") as log:
            command = [sys.executable, *self._program]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def cookies(self, count: int = 1) -> list[str]:
        """Return the Cookie headers of so many sessions: the first admin's, and one each of further superusers."""
        command = [sys.executable, "-m", "benchmarks.sessions", str(count)]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True, timeout=60)
        return [f"netadmin_session_{self.port}={key}" for key in done.stdout.split()]

    def visitor(self, cookie: str = "") -> Visitor:
        """Return somebody logged in."""
        return Visitor(self.port, cookie or self.cookies()[0])

    def wait_until_settled(self, containers: int) -> None:
        """Wait until the Engine is live, every container's detail is known, and nothing is being written any more."""

        def is_settled() -> bool:
            counts = self.query(
                "SELECT count(*), sum(has_detail), (SELECT state FROM networks_enginestatus) FROM networks_container"
            )
            return counts == [(containers, containers, "live")]

        wait_until(is_settled, f"the detail of {containers} containers; {self.log()[-500:]}", deadline_s=90, interval_s=0.1)
        revision = -1

        def is_quiet() -> bool:
            nonlocal revision
            before, revision = revision, self.revision()
            return before == revision

        wait_until(is_quiet, "a quiet database", deadline_s=30, interval_s=0.5)

    def revision(self) -> int:
        """Return the snapshot's revision."""
        return int(self.query("SELECT revision FROM networks_enginestatus")[0][0])

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from its database; [] while there is none."""
        path = self.folder / "data" / "netadmin.sqlite3"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as opened:
            try:
                return opened.execute(statement, values).fetchall()
            except sqlite3.OperationalError:  # before the first migration
                return []

    def snapshot(self) -> dict[str, Any]:
        """Return what the database remembers, as `manage.py snapshot --json` prints it."""
        return dict(json.loads(self.manage("snapshot", "--json")))

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process is not None
        return self.process.pid


@dataclass(frozen=True, slots=True)
class Live:
    """Where a page's socket is, and what the page holds."""

    path: str
    epoch: str
    revision: int


def live_of(page: str) -> Live:
    """Read from a page's text how it is kept live."""
    element = re.search(r'<[a-z]+ id="live"[^>]*>', page)
    assert element, page[:2000]

    def attribute(name: str) -> str:
        found = re.search(rf'{name}="([^"]*)"', element[0])
        assert found, element[0]
        return found[1].replace("&amp;", "&")

    return Live(attribute("hx-ws:connect"), attribute("data-epoch"), int(attribute("data-revision")))


def processor_s(pid: int) -> float:
    """Return the processor seconds that all threads of a process have taken so far."""
    total_ns = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total_ns += int(path.read_text().split()[0])
        except OSError:
            continue  # a thread that has ended
    return total_ns / NANOS


def memory_mb(pid: int) -> float:
    """Return a process's resident memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found
    return int(found[1]) / 1024
