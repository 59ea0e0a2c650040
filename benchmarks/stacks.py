"""Five hundred network stacks on a real kernel: processes in namespaces of their own, each tied to a bridge by a veth pair.

Five hundred containers would need as many shims, and more memory than a small machine has. To the kernel a stack is the same.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.commands import CLONE_NEWNET
from networks.models import Container, Endpoint, Engine, EngineStatus, Network, Pool
from networks.sync.host.board import HostPicture
from tests.builders import MORNING, make_id

FIRST_SUBNET = int(IPv4Address("10.128.0.0"))
PER_BRIDGE = 50


class Stacks:
    """So many stacks, in the namespace that this process is in, and the snapshot of an Engine that has them as containers."""

    def __init__(self, engine: Engine, count: int, cgroups: Path) -> None:
        self.engine = engine
        self.count = count
        self.pids: list[int] = []
        self._cgroups = cgroups

    def __enter__(self) -> Self:
        try:
            for index in range(self.count):
                self._start(index)
            self._tie()
            self._write()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def are_named_in(self, picture: HostPicture) -> bool:
        """Whether every stack's link is there, with its own name and network at the far end, and nothing else is."""
        expected = {
            f"veth{index:07x}": (_container_id(index), "eth0", f"stacks-{index // PER_BRIDGE:02}") for index in range(self.count)
        }
        peers = {link.fact.name: link.peer for link in picture.links if link.peer}
        return expected == {name: (peer.container_id, peer.ifname, peer.network_name) for name, peer in peers.items()}

    def close(self) -> None:
        """End the processes: their namespaces, and all veths, go with them."""
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        for pid in self.pids:
            os.waitpid(pid, 0)
        self.pids.clear()
        for index in range(self.count):
            if (folder := self._cgroup(index)).exists():
                folder.rmdir()
        if self._cgroups.exists():
            self._cgroups.rmdir()
        for index in range(-(-self.count // PER_BRIDGE)):
            subprocess.run(["ip", "link", "delete", _bridge(index)], capture_output=True, check=False)

    def _start(self, index: int) -> None:
        """Start a process as a container's first one: in a namespace of its own, and in a cgroup that bears the id."""
        self._cgroup(index).mkdir(parents=True)
        told, tells = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                (self._cgroup(index) / "cgroup.procs").write_text("0")
                unshared = ctypes.CDLL(None).unshare(CLONE_NEWNET)
                os.write(tells, b"y" if unshared == 0 else b"n")
                signal.pause()
            finally:
                os._exit(1)
        self.pids.append(pid)
        os.close(tells)
        answer = os.read(told, 1)
        os.close(told)
        assert answer == b"y", f"a stack could not be made: {answer!r}"

    def _tie(self) -> None:
        lines = []
        for index in range(-(-self.count // PER_BRIDGE)):
            lines += [
                f"link add {_bridge(index)} type bridge",
                f"address add {_address(index, 1)}/24 dev {_bridge(index)}",
                f"link set {_bridge(index)} up",
            ]
        for index, pid in enumerate(self.pids):
            lines += [
                f"link add veth{index:07x} type veth peer name eth0 netns {pid}",
                f"link set veth{index:07x} master {_bridge(index // PER_BRIDGE)} up",
            ]
        text = "\n".join(lines)
        subprocess.run(["ip", "-batch", "-"], input=text, text=True, check=True, capture_output=True)

    def _write(self) -> None:
        networks = [_network(self.engine, index) for index in range(-(-self.count // PER_BRIDGE))]
        made = Network.objects.bulk_create(networks)
        Pool.objects.bulk_create(
            Pool(network=network, subnet=f"{_address(index, 0)}/24", gateway=_address(index, 1))
            for index, network in enumerate(made)
        )
        containers = Container.objects.bulk_create(
            Container(
                engine=self.engine,
                docker_id=_container_id(index),
                name=f"stack-{index:04}",
                state="running",
                created_at=MORNING,
                pid=pid,
                revision=1,
            )
            for index, pid in enumerate(self.pids)
        )
        Endpoint.objects.bulk_create(
            Endpoint(
                engine=self.engine,
                container=container,
                network=made[index // PER_BRIDGE],
                network_name=made[index // PER_BRIDGE].name,
                network_docker_id=made[index // PER_BRIDGE].docker_id,
                ipv4=_address(index // PER_BRIDGE, 2 + index % PER_BRIDGE),
            )
            for index, container in enumerate(containers)
        )
        EngineStatus.objects.filter(engine=self.engine).update(revision=1, kernel=os.uname().release)

    def _cgroup(self, index: int) -> Path:
        return self._cgroups / _container_id(index)


def _container_id(index: int) -> str:
    return make_id(f"stack {index}")


def _bridge(index: int) -> str:
    return f"br-{make_id(f'network of stacks {index}')[:12]}"


def _network(engine: Engine, index: int) -> Network:
    docker_id = make_id(f"network of stacks {index}")
    return Network(
        engine=engine,
        docker_id=docker_id,
        name=f"stacks-{index:02}",
        driver="bridge",
        scope="local",
        created_at=MORNING,
        revision=1,
    )


def _address(network: int, member: int) -> str:
    return str(IPv4Address(FIRST_SUBNET + network * 256 + member))
