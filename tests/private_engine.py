"""A real Docker Engine of the tests' own, in a network namespace of its own, gone without a trace afterwards."""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from networks.actions.sample_lab.image import find_static_busybox
from tests.lab_image import IMAGE, build_test_rootfs
from tests.leftovers import links_in, name_prefix, reap_leftovers, start_ticks, take_away
from tests.unwinding import unwind_on_sigterm

__all__ = ["IMAGE", "PrivateEngine", "reap_leftovers", "unavailable_reason", "wait_until"]

OWN_NETWORKS = "/networks?filters=" + quote('{"type":["custom"]}')
# 1,024 networks of 62 addresses: the largest world of the benchmarks has 200 networks
ADDRESS_POOL = "base=10.201.0.0/16,size=26"


def unavailable_reason() -> str | None:
    """Return why no private Engine can be started here, or None when it can."""
    if not sys.platform.startswith("linux"):
        return "a private Engine needs Linux"
    if os.geteuid() != 0:
        return "a private Engine needs root"
    missing = [tool for tool in ("dockerd", "docker", "ip", "nsenter", "iptables") if shutil.which(tool) is None]
    if find_static_busybox() is None:
        missing.append("a static busybox (package busybox-static)")
    return f"a private Engine needs {', '.join(missing)}" if missing else None


def wait_until(condition: Callable[[], Any], what: str, *, deadline_s: float = 60, interval_s: float = 0.01) -> Any:
    """Return the condition's first true answer; a busy machine has a minute. Raises TimeoutError: what was waited for."""
    deadline = time.monotonic() + deadline_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {deadline_s} s in vain for {what}")
        time.sleep(interval_s)


class PrivateEngine:
    """One dockerd with its own network namespace, folders, cgroup and address pool; a context manager.

    It never touches the machine's own Engine nor its iptables. `socket` and `url` say where it answers, `netns`
    where its bridges, published ports and host-mode containers live: enter there to reach them.
    """

    def __init__(self, *, options: Sequence[str] = ()) -> None:
        """Prepare an Engine; `options` are further arguments of dockerd. Nothing is made before `start()`."""
        self.options = tuple(options)
        self.folder = Path()
        self.netns = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._owner_pid = os.getpid()
        self._links_kept = {"docker0", "docker_gwbridge"}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def socket(self) -> str:
        """The path of the Engine's socket."""
        return str(self.folder / "docker.sock")

    @property
    def url(self) -> str:
        """The Engine's address, as DOCKER_HOST wants it."""
        return f"unix://{self.socket}"

    @property
    def log(self) -> str:
        """What dockerd has logged until now."""
        return (self.folder / "dockerd.log").read_text(errors="replace")

    def start(self) -> None:
        """Make namespace and folder, start dockerd, wait until it answers. Raises RuntimeError with dockerd's log."""
        if reason := unavailable_reason():
            raise RuntimeError(reason)
        unwind_on_sigterm()
        atexit.register(self.close)
        self.folder = Path(tempfile.mkdtemp(prefix=name_prefix()))
        try:
            self.netns = self.folder.name
            (self.folder / "daemon.json").write_text("{}")  # not the machine's own /etc/docker/daemon.json
            (self.folder / "client").mkdir()
            subprocess.run(["ip", "netns", "add", self.netns], check=True)
            self.check_inside("ip", "link", "set", "lo", "up")
            self.keep_links()
            self._launch()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the Engine and everything in its namespace, and remove all that it made. May be called twice."""
        if not self.netns or self._owner_pid != os.getpid():
            return
        # A second Ctrl-C would otherwise leave half of it behind; this takes well under a second.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            take_away(self.netns, self.folder)
            if self.process is not None:
                self.process.wait(10)
            self.netns = ""
            atexit.unregister(self.close)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def answers(self, timeout_s: float = 1) -> bool:
        """Tell whether GET /_ping is answered with 200 in time."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self._get("/_ping", timeout_s)[0] == 200
        return False

    def _get(self, path: str, timeout_s: float) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", timeout=timeout_s)
        with contextlib.closing(connection):
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(timeout_s)
            connection.sock.connect(self.socket)
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def cli(self, *args: str, check: bool = True, stdin: bytes | None = None, timeout_s: float = 60) -> str:
        """Run the docker command against this Engine; its output, stripped (stdout and stderr with check=False).

        Raises RuntimeError with the command's own words when it fails and `check` is true.
        """
        environment = os.environ | {"DOCKER_HOST": self.url, "DOCKER_CONFIG": str(self.folder / "client")}
        for name in ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"):
            environment.pop(name, None)
        done = subprocess.run(
            ["docker", *args], input=stdin or b"", env=environment, capture_output=True, timeout=timeout_s, check=False
        )
        out, err = done.stdout.decode(errors="replace").strip(), done.stderr.decode(errors="replace").strip()
        if check and done.returncode:
            raise RuntimeError(f"docker {' '.join(args)}: status {done.returncode}: {err or out}")
        return out if check else f"{out}\n{err}".strip()

    def enter(self, *argv: str, **popen: Any) -> subprocess.Popen[Any]:
        """Start a process inside the Engine's network namespace (a server, Chromium); close() ends it at the latest."""
        return subprocess.Popen([*self.entering, *argv], **popen)

    def check_inside(self, *argv: str, timeout_s: float = 30) -> str:
        """Run a command inside the Engine's network namespace and return its output. Raises RuntimeError on failure."""
        done = subprocess.run([*self.entering, *argv], capture_output=True, text=True, timeout=timeout_s, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(argv)}: status {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    @property
    def entering(self) -> list[str]:
        """The words before a command that put it into the Engine's network namespace."""
        return ["nsenter", f"--net=/run/netns/{self.netns}", "--"]

    def launcher(self, program: str) -> str:
        """Return the path of a script that starts a program inside the namespace, for those who take only a path."""
        path = self.folder / f"inside-{Path(program).name}"
        path.write_text(f'#!/bin/sh\nexec {" ".join(self.entering)} {program} "$@"\n')
        path.chmod(0o755)
        return str(path)

    def import_image(self) -> str:
        """Import the busybox image unless it is there, and return its name."""
        if not self.cli("image", "ls", "-q", IMAGE):
            changes = ("--change", 'CMD ["sleep", "1000000"]', "--change", "STOPSIGNAL SIGKILL")
            self.cli("import", *changes, "-", IMAGE, stdin=build_test_rootfs())
        return IMAGE

    def run(self, name: str, *args: str, command: Sequence[str] = ("sleep", "1000000")) -> str:
        """Run a container in the background (`args` are options of docker run) and return its full id."""
        # Without the signal a `sleep` takes 10 s to stop, and a killed dockerd 13 s to come back.
        return self.cli("run", "-d", "--name", name, "--stop-signal", "KILL", *args, IMAGE, *command)

    def empty(self) -> None:
        """Remove every container, every network that is not predefined, every link and image of a test; our image stays.

        It is asked without the command, for most tests leave nothing: 2 ms instead of 90. After thousands of operations
        dockerd may hold endpoints of containers that are gone: their networks go when it started anew.
        """
        if containers := self._ids("/containers/json?all=1"):
            self.cli("rm", "-f", "-v", *containers)
        if not self._removes_networks():
            self.restart()
            wait_until(self._removes_networks, "an Engine without networks of its tests", interval_s=0.1)
        if images := {name for row in self._rows("/images/json") for name in row["RepoTags"] or [row["Id"]]} - {IMAGE}:
            self.cli("image", "rm", "-f", *images)
        for link in self._links_of_tests():
            # The other end of a pair goes with it, and so do links that were made on it.
            subprocess.run([*self.entering, "ip", "link", "delete", link], capture_output=True, check=False)

    def _removes_networks(self) -> bool:
        """Remove every network that is not predefined; true when none is left. Those of a left swarm go by themselves too."""
        if networks := self._ids(OWN_NETWORKS):
            self.cli("network", "rm", *networks, check=False)
        return not networks or not self._ids(OWN_NETWORKS)

    def keep_links(self) -> None:
        """Count the links that are there now to what an empty Engine has."""
        self._links_kept |= links_in(self.check_inside("cat", "/proc/self/net/dev"))

    def _links_of_tests(self) -> list[str]:
        """Return the links of its namespace that neither the kernel nor dockerd made: an empty Engine has none else."""
        if self.process is None or self.process.poll() is not None:
            return []
        return sorted(links_in(Path(f"/proc/{self.process.pid}/net/dev").read_text()) - self._links_kept)

    def _ids(self, path: str) -> list[str]:
        return [row["Id"] for row in self._rows(path)]

    def _rows(self, path: str) -> list[dict[str, Any]]:
        status, body = self._get(path, timeout_s=30)
        assert status == 200, f"GET {path}: status {status}: {body.decode(errors='replace')}"
        return list(json.loads(body))

    def kill9(self) -> None:
        """Kill dockerd alone and wait until it is gone; containerd and containers live on, as after a crash."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        """Suspend dockerd, and wait until all of it is: its socket accepts, and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)

    def cont(self) -> None:
        """Let a suspended dockerd go on."""
        self._process.send_signal(signal.SIGCONT)

    def terminate(self, *, wait_s: float = 30) -> None:
        """Ask dockerd to end and wait until it has: containers are stopped, the socket is gone."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(wait_s)

    def restart(self, *, ends_containerd: bool = True) -> None:
        """Start dockerd again on the same socket and data, ending it first if it still runs; 11 s without `ends_containerd`."""
        if self._process.poll() is None:
            self.cont()
            self.terminate()
        if ends_containerd:
            self._end_containerd()
        (self.folder / "pid").unlink(missing_ok=True)
        self._launch()

    @property
    def _process(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise RuntimeError("This Engine was never started")
        return self.process

    def _launch(self) -> None:
        folder = self.folder
        command = ["dockerd", "--config-file", f"{folder}/daemon.json", "--pidfile", f"{folder}/pid", "-H", self.url]
        command += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
        # cgroupfs: where systemd drives cgroups, a parent would have to be a slice of the machine's own systemd
        command += ["--cgroup-parent", f"/{self.netns}", "--exec-opt", "native.cgroupdriver=cgroupfs"]
        command += ["--default-address-pool", ADDRESS_POOL, *self.options]
        with (folder / "dockerd.log").open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must not reach it, close() ends it.
            self.process = self.enter(*command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until(lambda: self.answers() or self._process.poll() is not None, "dockerd's answer", deadline_s=60)
        except TimeoutError as error:
            raise RuntimeError(f"dockerd did not answer in time:\n{self.log}") from error
        if self._process.poll() is not None:
            raise RuntimeError(f"dockerd ended with status {self._process.returncode}:\n{self.log}")

    def _end_containerd(self) -> None:
        """End what a killed dockerd left of its containerd; dockerd would else wait 11 s for it (1.5 s like this)."""
        path = self.folder / "exec" / "containerd" / "containerd.pid"
        if path.exists():
            pid = int(path.read_text())
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: start_ticks(pid) is None, "the end of containerd")
            path.unlink()
