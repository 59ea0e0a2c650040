"""A real sshd of the tests' own: on loopback, with its own keys and files, for whoever runs the tests."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.private_engine import wait_until

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
_SEPARATION = Path("/run/sshd")  # its folder for privilege separation, which Debian's service makes


def unavailable_reason() -> str | None:
    """Return why no sshd can be started here, or None when it can."""
    if os.geteuid() != 0:
        return "an sshd of the tests' own needs root"
    missing = [tool for tool in (SSHD, "ssh", "ssh-keygen", "ssh-keyscan") if shutil.which(tool) is None]
    return f"an sshd of the tests' own needs {', '.join(missing)} (package openssh-server)" if missing else None


class SshServer:
    """An sshd that takes one key. `key`: that key, private; `host_key`: its own, public; `url`: to a socket behind it."""

    def __init__(self, folder: Path, *, options: Sequence[str] = (), netns: str = "") -> None:
        self.folder = folder
        self.user = getpass.getuser()
        self._options, self._netns = options, netns
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        for name in ("host", "user"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)]
            subprocess.run(command, check=True)
        self.key = (folder / "user").read_text()
        self.host_key = (folder / "host.pub").read_text().strip()
        (folder / "authorized").write_text((folder / "user.pub").read_text())

    def url(self, path: str) -> str:
        """Return the URL of an Engine whose socket is at `path`."""
        return f"ssh://{self.user}@127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        _SEPARATION.mkdir(mode=0o755, exist_ok=True)
        lines = [
            f"ListenAddress 127.0.0.1:{self.port}",
            f"HostKey {self.folder / 'host'}",
            f"AuthorizedKeysFile {self.folder / 'authorized'}",
            f"PidFile {self.folder / 'pid'}",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "PermitRootLogin prohibit-password",
            *self._options,
        ]
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        before = ["nsenter", f"--net=/run/netns/{self._netns}"] if self._netns else []
        command = [*before, SSHD, "-D", "-e", "-f", str(self.folder / "config")]
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(command, stderr=log, stdin=subprocess.DEVNULL)
        wait_until(self._listens, f"sshd: {(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        """End it, and every session of it."""
        if self._process is not None:
            for child in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGTERM)
            self._process.terminate()
            self._process.wait(5)
            self._process = None

    def _listens(self) -> bool:
        return (self.folder / "pid").exists()
