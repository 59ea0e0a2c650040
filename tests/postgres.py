"""A PostgreSQL of the tests' own, the distribution's, on a socket in its own folder, gone without a trace afterwards."""

from __future__ import annotations

import atexit
import os
import pwd
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.leftovers import name_prefix, take_away

PROGRAMS = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"  # the package's: the server refuses to run as root
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "max_connections=200")


def why_no_postgres() -> str:
    """Return why none can be started here, "" where it can."""
    if os.geteuid() != 0:
        return "a PostgreSQL of the tests' own needs root"
    return "" if _programs() else "PostgreSQL isn't installed (package postgresql)"


def _programs() -> Path | None:
    return max((path.parent for path in PROGRAMS.glob("*/bin/postgres")), default=None, key=lambda path: int(path.parent.name))


class PrivatePostgres:
    """One server with a database `netadmin`, in a network namespace of its own; a context manager.

    `settings`: further ones of the server, such as "max_connections=5".
    """

    def __init__(self, *settings: str) -> None:
        self._settings = (*QUICK, *settings)
        self.folder = Path()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=name_prefix()))
        atexit.register(self.close)
        account = pwd.getpwnam(ACCOUNT)
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        subprocess.run(["ip", "netns", "add", self.folder.name], check=True)
        made = [*self._as_account("initdb"), "-D", str(self.data), "-U", "netadmin", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*made, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=self.folder)
        self.start()
        self.sql("CREATE DATABASE netadmin", database="postgres")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self.folder / "data"

    def url(self, database: str = "netadmin") -> str:
        """Return its address, as DATABASE_URL wants it."""
        return f"postgresql://netadmin@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [word for setting in self._settings for word in ("-c", setting)]
        command = [*self._as_account("postgres"), "-D", str(self.data), "-k", str(self.folder), "-c", "listen_addresses="]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen([*self._inside, *command, *options], stdout=log, stderr=log, cwd=self.folder)
        deadline = time.monotonic() + 60
        while not self.is_ready():
            is_late = time.monotonic() > deadline or self.process.poll() is not None
            assert not is_late, (self.folder / "server.log").read_text()
            time.sleep(0.02)

    def is_ready(self) -> bool:
        """Tell whether it takes connections."""
        asked = [str(self._program("pg_isready")), "-q", "-h", str(self.folder), "-U", "netadmin", "-d", "postgres"]
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0

    def sql(self, statement: str, *, database: str = "netadmin") -> str:
        """Return what a statement answers, rows by lines, columns by |. Raises CalledProcessError."""
        asked = [str(self._program("psql")), "-h", str(self.folder), "-U", "netadmin", "-d", database, "-qAtX", "-c", statement]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()

    def signal(self, number: int) -> None:
        """Send the server a signal, and wait for its end where it ends by it."""
        assert self.process is not None
        self.process.send_signal(number)
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self.process.wait(30)

    def kill9(self) -> None:
        """Kill it and all that it started, as a crash does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def close(self) -> None:
        """End it and remove all that it made. May be called twice."""
        if self.folder != Path():
            take_away(self.folder.name, self.folder)
            if self.process is not None:
                self.process.wait(10)
            self.folder = Path()
            atexit.unregister(self.close)

    @property
    def _inside(self) -> tuple[str, ...]:
        return ("nsenter", f"--net=/run/netns/{self.folder.name}", "--")

    def _as_account(self, program: str) -> list[str]:
        return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups", str(self._program(program))]

    @staticmethod
    def _program(name: str) -> Path:
        folder = _programs()
        assert folder is not None, why_no_postgres()
        return folder / name
