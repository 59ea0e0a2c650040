"""Starts `manage.py serve` as a person would, for tests that talk to it over the network."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.private_engine import wait_until

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Serving:
    """One `manage.py serve` on a data directory of its own. `launch`: what goes before python, such as `nsenter …`."""

    data_dir: Path
    docker_host: str
    port: int
    launch: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start it without waiting."""
        ours = ("NETADMIN_", "DJANGO_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment |= {
            "NETADMIN_DATA_DIR": str(self.data_dir),
            "NETADMIN_PORT": str(self.port),
            "DOCKER_HOST": self.docker_host,
            **dict(self.extra),
        }
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("a") as log:
            self.process = subprocess.Popen(
                [*self.launch, sys.executable, str(ROOT / "manage.py"), "serve"],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=ROOT,
            )
        return self

    def __enter__(self) -> Self:
        self.start()
        wait_until(lambda: "Ctrl-C ends it" in self.log() or self.has_ended(), "the server to serve", deadline_s=60)
        assert not self.has_ended(), self.log()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.end()

    @property
    def log_path(self) -> Path:
        """Where its output goes."""
        return self.data_dir.parent / f"{self.data_dir.name}.log"

    def log(self) -> str:
        """Return what it has printed so far."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def token(self) -> str:
        """Return the one-time set-up token that it printed."""
        found = re.search(r"within an hour: (\S+)", self.log())
        assert found, self.log()
        return found.group(1)

    def get(self, path: str) -> int:
        """Return the status of a GET; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def signal(self, number: int) -> int:
        """Send a signal, and return the status with which it ends."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(15)

    def end(self) -> None:
        """End it, whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(12)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
