"""The project as `docker compose` starts it on a private Engine: its tiers, its words, its pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.installed.image_builder import ROOT
from tests.private_engine import PrivateEngine, wait_until

ADDRESS, NAME, PASSWORD = "http://localhost:8000", "root", "correct-horse-battery"
# For `python -c` in a container that has the socket proxy's socket: calls and what they are answered, and a terminal's echo.
ASKED = """
import http.client, json, socket, sys
for method, target in json.loads(sys.argv[1]):
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect("/run/socket-proxy/docker.sock")
    connection.request(method, target, body="{}", headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    print(answer.status, answer.read().decode()[:100].replace(chr(10), " "))
"""
SPOKEN = """
import select, sys
from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.specs import ExecSpec, ScreenSize
client = EngineClient("unix:///run/socket-proxy/docker.sock", Profile.TERMINAL)
stream = client.open_terminal(client.create_exec(ExecSpec(sys.argv[1], ("cat",))), ScreenSize())
stream.write(b"it is heard\\n")
heard = b""
while heard.count(b"it is heard") < 2:
    select.select([stream], [], [], 10)
    heard += stream.read(1000) or b""
print(heard.decode())
"""


class Composed:
    """What `docker compose` started: its words, its log, its pages."""

    def __init__(self, engine: PrivateEngine, files: Sequence[str], given: dict[str, str]) -> None:
        self.engine = engine
        self._files = [word for name in ("compose.yaml", *files) for word in ("-f", name)]
        known = {name: text for name, text in os.environ.items() if not name.startswith(("NETADMIN_", "DOCKER_", "SOCKET_"))}
        own = {"DOCKER_HOST": engine.url, "DOCKER_CONFIG": str(engine.folder / "client"), "SOCKET_PATH": engine.socket}
        self._environment = known | own | {"SOCKET_GID": str(os.stat(engine.socket).st_gid)} | given

    def compose(self, *words: str) -> str:
        """Return what a command prints. Raises AssertionError with its words."""
        command = ["docker", "compose", "--env-file", "/dev/null", *self._files, *words]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def log(self) -> str:
        return self.compose("logs", "--no-log-prefix", "netadmin")

    def wait_until_healthy(self) -> None:
        """Wait until Docker's own look at the container says that it is well; it looks every 5 s at first."""
        health = ("inspect", "--format", "{{.State.Health.Status}}", "netadmin-netadmin-1")
        wait_until(lambda: self.engine.cli(*health) == "healthy", "health", deadline_s=90, interval_s=0.5)

    def make_admin(self) -> None:
        password = ("--env", f"DJANGO_SUPERUSER_PASSWORD={PASSWORD}")
        made = ("python", "manage.py", "createsuperuser", "--noinput", "--username", NAME, "--email", "root@example.org")
        self.compose("exec", "--no-TTY", "--user", "10001", *password, "netadmin", *made)

    def pages(self, *wanted: str) -> dict[str, str]:
        """Return what an admin reads. `wanted`: paths, each with `=TEXT` where that has to come first."""
        visitor = (sys.executable, "-m", "tests.installed.visitor", ADDRESS, NAME, PASSWORD)
        process = self.engine.enter(*visitor, *wanted, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
        return dict(json.loads(out))

    def inside(self, container: str) -> str:
        return f"/containers/local/{self.id_of(container)}/inside/"

    def id_of(self, container: str) -> str:
        return self.engine.cli("inspect", "--format", "{{.Id}}", container)


@contextmanager
def composed(engine: PrivateEngine, *files: str, **given: str) -> Iterator[Composed]:
    """Start a tier with nothing in its volumes, and take all of it away."""
    tier = Composed(engine, [f"deploy/docker/{name}.yaml" for name in files], given)
    try:
        tier.compose("up", "--detach", "--no-build")
        wait_until(lambda: "Ctrl-C ends it" in tier.log(), "the server to serve", deadline_s=60, interval_s=0.2)
        yield tier
    finally:
        tier.compose("down", "--volumes", "--timeout", "10")


def status_of(engine: PrivateEngine, field: str, container: str = "netadmin-netadmin-1") -> str:
    """Return what /proc/PID/status says of a container's first process."""
    pid = engine.cli("inspect", "--format", "{{.State.Pid}}", container)
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{field}:"))
