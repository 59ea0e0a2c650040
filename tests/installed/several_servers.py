"""Several servers as Compose or a swarm started them: their containers, their pages, by the proxy and by each server itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.installed import visitor
from tests.installed.composed import ADDRESS, NAME, PASSWORD, composed
from tests.installed.image_builder import ROOT
from tests.installed.several_images import write_secrets
from tests.private_engine import PrivateEngine, wait_until
from tests.swarm_pair import SwarmPair

STACK = "netadmin"
SERVICES = {"netadmin": 1, "web": 2, "proxy": 1, "database": 1}


@dataclass(frozen=True)
class Container:
    """A running container, and the Engine that has it."""

    engine: PrivateEngine
    docker_id: str

    def run(self, *words: str) -> str:
        """Return what a command in it prints."""
        return self.engine.cli("exec", self.docker_id, *words, timeout_s=120)

    def kill(self) -> None:
        """Kill its process, as the kernel does when memory runs out: nobody asked Docker for it."""
        pid = self.engine.cli("inspect", "--format", "{{.State.Pid}}", self.docker_id)
        os.kill(int(pid), signal.SIGKILL)


@dataclass(frozen=True)
class Several:
    """The servers. The first of `engines` is the one that is followed, and where the proxy is. `label`: what names a service."""

    engines: tuple[PrivateEngine, ...]
    label: str

    @property
    def followed(self) -> PrivateEngine:
        return self.engines[0]

    def containers(self, service: str) -> list[Container]:
        """Return those of a service that run and are well."""
        found = ("ps", "--no-trunc", "--quiet", "--filter", f"label={self.label.format(service)}", "--filter", "health=healthy")
        return [Container(engine, docker_id) for engine in self.engines for docker_id in engine.cli(*found).split()]

    def wait_until_well(self) -> None:
        """Wait until all containers are there and well."""

        def are_all_there() -> bool:
            return all(len(self.containers(service)) == count for service, count in SERVICES.items())

        wait_until(are_all_there, "all servers", deadline_s=180, interval_s=0.5)

    def make_admin(self) -> None:
        server = self.containers("netadmin")[0]
        made = ("python", "manage.py", "createsuperuser", "--noinput", "--username", NAME, "--email", "root@example.org")
        server.run("env", f"DJANGO_SUPERUSER_PASSWORD={PASSWORD}", *made)

    def pages(self, *wanted: str) -> dict[str, str]:
        """Return what an admin reads by the proxy; `wanted` as the visitor has it."""
        words = ("-m", "tests.installed.visitor", ADDRESS, NAME, PASSWORD, *wanted)
        with self.enter(*words, stdout=subprocess.PIPE) as process:
            out = process.communicate(timeout=180)[0]
        return dict(json.loads(out))

    def pages_of(self, server: Container, *wanted: str) -> dict[str, str]:
        """Return what an admin reads who asks this very server."""
        source = Path(visitor.__file__).read_text()
        return dict(json.loads(server.run("python", "-c", source, ADDRESS, NAME, PASSWORD, *wanted)))

    def enter(self, *words: str, stdout: int | IO[Any]) -> subprocess.Popen[str]:
        """Start Python where the proxy is reached."""
        return self.followed.enter(sys.executable, *words, cwd=ROOT, stdout=stdout, text=True)


@contextmanager
def several_by_compose(archive: Path, folder: Path) -> Iterator[Several]:
    """Start deploy/docker/several.yaml on an Engine of its own."""
    secrets = write_secrets(folder / "secrets")
    with PrivateEngine() as engine:
        engine.cli("load", "--input", str(archive), timeout_s=300)
        with composed(engine, "several", SECRETS_FOLDER=str(secrets)):
            yield Several((engine,), "com.docker.compose.service={}")


@contextmanager
def several_by_swarm(archive: Path, folder: Path) -> Iterator[Several]:
    """Deploy deploy/swarm/stack.yaml on two Engines, one server of pages on each."""
    secrets = write_secrets(folder / "secrets")
    with SwarmPair() as pair:
        manager, worker = pair.engines
        for engine in pair.engines:
            engine.cli("load", "--input", str(archive), timeout_s=300)
        manager.cli("swarm", "init", "--advertise-addr", pair.addresses[0])
        token = manager.cli("swarm", "join-token", "--quiet", "worker")
        worker.cli("swarm", "join", "--advertise-addr", pair.addresses[1], "--token", token, f"{pair.addresses[0]}:2377")
        manager.cli("node", "update", "--label-add", "netadmin=here", manager.cli("info", "--format", "{{.Swarm.NodeID}}"))
        try:
            _deploy(manager, secrets)
            yield Several(pair.engines, f"com.docker.swarm.service.name={STACK}_{{}}")
        finally:
            manager.cli("stack", "rm", STACK, check=False)
            pair.empty()


def _deploy(manager: PrivateEngine, secrets: Path) -> None:
    said = {
        "SOCKET_GID": str(os.stat(manager.socket).st_gid),
        "SOCKET_PATH": manager.socket,
        "SECRETS_FOLDER": str(secrets),
        "NETADMIN_PUBLIC_URL": f"{ADDRESS}/",
        "DOCKER_HOST": manager.url,
        "DOCKER_CONFIG": str(manager.folder / "client"),
    }
    known = {name: text for name, text in os.environ.items() if not name.startswith(("NETADMIN_", "DOCKER_", "SOCKET_"))}
    command = ["docker", "stack", "deploy", "--compose-file", "deploy/swarm/stack.yaml", "--resolve-image", "never", STACK]
    done = subprocess.run(command, cwd=ROOT, env=known | said, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
