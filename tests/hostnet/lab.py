"""A host of the kernel's own for tests: network namespaces, links and processes in containers' cgroups, without any Engine."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from networks.hostnet.linux.namespaces import inside, open_netns
from networks.hostnet.linux.opening import open_host
from networks.hostnet.linux.reader import HostReader
from tests.leftovers import CGROUP_FOLDER, NETNS_FOLDER, name_prefix, take_away
from tests.private_engine import wait_until

T = TypeVar("T")
# One that both kinds of hierarchy may have; where none is there, all is of version 2.
CGROUPS = next((CGROUP_FOLDER / name for name in ("pids", "freezer") if (CGROUP_FOLDER / name).is_dir()), CGROUP_FOLDER)


class LabHost:
    """A namespace that plays the host and one for each stack of a container; the same verbs as FakeHost. A context manager.

    Container ids are any text to tests and 64 hexadecimal digits to the kernel: see `full_id`.
    """

    def __init__(self) -> None:
        self.name = f"{name_prefix()}host{secrets.token_hex(3)}"
        self.netns_path = f"{NETNS_FOLDER}/{self.name}"
        self._names = [self.name]
        self._numbers = itertools.count(1)
        self._stacks: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.ip("link", "set", "lo", "up")
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait(10)
        for name in reversed(self._names):
            take_away(name, Path("/nonexistent"))

    def open(self) -> HostReader:
        """Return a reader of the namespace that plays the host."""
        return open_host(self.netns_path)

    def ip(self, *words: str | bytes, netns: str = "") -> bytes:
        """Run `ip` in the host's namespace, or in another, and return what it says."""
        command = ["ip", "-n", netns or self.name, *words]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def run_in(self, netns: str, *command: str) -> None:
        """Run a command in a namespace and wait for it."""
        subprocess.run(["nsenter", f"--net={NETNS_FOLDER / netns}", "--", *command], check=True, capture_output=True, timeout=30)

    def batch(self, lines: str) -> None:
        """Run many commands of `ip` in the host's namespace at once."""
        command = ["ip", "-n", self.name, "-batch", "-"]
        subprocess.run(command, input=lines.encode(), check=True, capture_output=True, timeout=60)

    def standing_in(self, work: Callable[[], T]) -> T:
        """Do something in a thread whose namespace is the host's."""
        opened = open_netns(self.netns_path)
        try:
            return inside(opened, work)
        finally:
            os.close(opened)

    def socket_in(self, netns: str, *kind: int) -> socket.socket:
        """Open a socket in a namespace."""
        opened = open_netns(f"{NETNS_FOLDER}/{netns}")
        try:
            return inside(opened, lambda: socket.socket(*kind))
        finally:
            os.close(opened)

    def told(self, *words: str, netns: str = "") -> list[dict[str, Any]]:
        """Return what `ip -json` says."""
        return json.loads(self.ip("-j", *words, netns=netns).decode(errors="backslashreplace") or "[]")

    def index_of(self, name: str | bytes, netns: str = "") -> int:
        """Return a link's index."""
        return int(self.ip("-o", "link", "show", "dev", name, netns=netns).partition(b":")[0])

    def add_link(self, name: str, kind: str = "bridge", *addresses: str) -> int:
        """Make a link that is up, and return its index."""
        self.ip("link", "add", name, "type", kind)
        for address in addresses:
            self.ip("address", "add", address, "brd", "+", "dev", name) if ":" not in address else self.ip(
                "address", "add", address, "dev", name, "nodad"
            )
        self.ip("link", "set", name, "up")
        return self.index_of(name)

    def remove(self, index: int) -> None:
        """Remove a link."""
        self.ip("link", "delete", "dev", self._name_of(index))

    def add_container(self, container_id: str, *, shares: str = "", is_host: bool = False) -> int:
        """Have a running container and return its pid. `shares`: whose stack it joins; `is_host`: it joins the host's."""
        if shares or is_host:
            stack = self._stacks[shares] if shares else self.name
        else:
            stack = f"{self.name}_{next(self._numbers)}"
            self._names.append(stack)
            subprocess.run(["ip", "netns", "add", stack], check=True)
            self.ip("link", "set", "lo", "up", netns=stack)
        self._stacks[container_id] = stack
        process = self.start_in(stack)
        self._processes[container_id] = process
        put_into_cgroup(process.pid, self.name, self.full_id(container_id))
        return process.pid

    def start_in(self, netns: str) -> subprocess.Popen[bytes]:
        """Start a process that sleeps in a namespace."""
        path = NETNS_FOLDER / netns
        process = subprocess.Popen(["nsenter", f"--net={path}", "--", "sleep", "1000"])
        inode = path.stat().st_ino
        wait_until(lambda: os.stat(f"/proc/{process.pid}/ns/net").st_ino == inode, "the process to be inside")
        return process

    def full_id(self, container_id: str) -> str:
        """Return the id as the cgroup has it."""
        return container_id.encode().hex().rjust(64, "0")

    def plug(self, container_id: str, master: int, ifname: str = "eth0", *addresses: str) -> int:
        """Tie a container to a bridge by a veth pair, and return the index of the host's end."""
        stack, outside = self._stacks[container_id], f"v{next(self._numbers)}"
        self.ip("link", "add", outside, "type", "veth", "peer", "name", ifname, "netns", stack)
        self.ip("link", "set", outside, "master", self._name_of(master), "up")
        for address in addresses:
            self.ip("address", "add", address, "dev", ifname, netns=stack)
        self.ip("link", "set", ifname, "up", netns=stack)
        return self.index_of(outside)

    def stack_of(self, container_id: str) -> str:
        """Return the name of a container's namespace."""
        return self._stacks[container_id]

    def kill(self, container_id: str) -> None:
        """End a container; its stack goes with it, unless it is the host's or somebody shares it."""
        process = self._processes.pop(container_id)
        process.kill()
        process.wait(10)
        stack = self._stacks.pop(container_id)
        if stack != self.name and stack not in self._stacks.values():
            subprocess.run(["ip", "netns", "delete", stack], check=True)
            self._names.remove(stack)

    def _name_of(self, index: int) -> str:
        return next(str(link["ifname"]) for link in self.told("link") if link["ifindex"] == index)


def put_into_cgroup(pid: int, name: str, *inner: str) -> None:
    """Move a process into a cgroup, which `take_away(name, …)` removes."""
    folder = CGROUPS.joinpath(name, *inner)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.procs").write_text(str(pid))
