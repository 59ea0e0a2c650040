"""Netadmin itself, run as people run it (`manage.py serve`), against a private Engine, for journeys and measurements."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.prepared import prepare
from tests.private_engine import wait_until

ROOT = Path(__file__).parents[2]
NAME, PASSWORD = "admin", "a long enough pass phrase"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Site:
    """A running server with a data directory of its own; a context manager. Its first admin is NAME with PASSWORD."""

    def __init__(self, folder: Path, docker_host: str, *, port: int = 0, more: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        prepare(folder / "data")
        (folder / "password").write_text(PASSWORD)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("NETADMIN_", "DJANGO_"))},
            "NETADMIN_DATA_DIR": str(folder / "data"),
            "NETADMIN_PORT": str(self.port),
            "NETADMIN_ADMIN_USERNAME": NAME,
            "NETADMIN_ADMIN_PASSWORD_FILE": str(folder / "password"),
            "DOCKER_HOST": docker_host,
            **(more or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with (self.folder / "serve.log").open("ab") as log:
            command = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            wait_until(self._answers, f"the server, which said: {self.log()[-2000:]}", deadline_s=60, interval_s=0.05)
        except TimeoutError:
            self.stop()
            raise

    def stop(self) -> int | None:
        """End the server as Ctrl-C does; return its status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(5)
        finally:
            self.process = None

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py beside the server; return what it says."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    def log(self) -> str:
        """Return what the server has written until now."""
        return (self.folder / "serve.log").read_text(errors="replace")

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise TimeoutError(f"the server ended: {self.log()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
