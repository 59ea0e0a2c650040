"""Which process of the Engine's machine listens on a port, where that can be seen from here: by the kernel's own tables."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from networks.addressing.reading import IPAddress

PROC = Path("/proc")
_LISTEN, _UDP_BOUND = "0A", "07"
_CONTAINER_ID = re.compile(r"[0-9a-f]{64}")
_CONNECT_S = 1.0


@dataclass(frozen=True, slots=True)
class PortOwner:
    """A process that holds a port. `container_id`: the container that it runs in, "" for none that can be seen."""

    pid: int
    name: str
    container_id: str = ""


@dataclass(frozen=True, slots=True)
class BoundSocket:
    """A port at an address that waits for others. `inode`: the socket's number."""

    port: int
    address: IPAddress
    inode: str


def find_port_owner(engine_url: str, port: int, protocol: str = "tcp", address: IPAddress | None = None) -> PortOwner | None:
    """Return who has this port where the Engine binds its own; None where that can't be seen (no local socket, no right, gone).
    `address`: at which it is bound, None for any.

    Effects: one connection to the Engine's socket, on which nothing is sent: the kernel tells the Engine's process by it.
    Source: unix(7) SO_PEERCRED; proc(5), /proc/<pid>/net/tcp.
    """
    engine_pid = _pid_behind(engine_url)
    if not engine_pid:
        return None
    bound = (each for table in (protocol, f"{protocol}6") for each in _sockets_of(engine_pid, table))
    sockets = {f"socket:[{each.inode}]" for each in bound if each.port == port and address in (None, each.address)}
    return next((_listener(pid) for pid in _pids() if sockets and _has_one_of(pid, sockets)), None)


def bound_sockets(engine_url: str, protocol: str = "tcp") -> frozenset[BoundSocket]:
    """Return which ports are taken where the Engine binds its own, by whomever; none where that can't be seen.

    Effects and sources: as of `find_listener`.
    """
    engine_pid = _pid_behind(engine_url)
    tables = (f"{protocol}", f"{protocol}6") if engine_pid else ()
    return frozenset(each for table in tables for each in _sockets_of(engine_pid, table))


def _pid_behind(engine_url: str) -> int:
    """Return the process that listens on a Unix socket, as this PID namespace knows it; 0 where it doesn't."""
    parts = urlsplit(engine_url)
    if parts.scheme != "unix" or not hasattr(socket, "SO_PEERCRED"):
        return 0
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_CONNECT_S)
        asking.connect(parts.path)
        return int(struct.unpack("3i", asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
    return 0


def _sockets_of(pid: int, table: str) -> list[BoundSocket]:
    """Return each socket that waits for others."""
    wanted = _UDP_BOUND if table.startswith("udp") else _LISTEN
    found = []
    with contextlib.suppress(OSError, IndexError, ValueError):
        for line in (PROC / str(pid) / "net" / table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == wanted:
                address, _, port = columns[1].rpartition(":")
                found.append(BoundSocket(int(port, 16), _address(address), columns[9]))
    return found


def _address(written: str) -> IPAddress:
    """Return an address as the kernel writes it: numbers of 32 bits, each in the machine's own order of bytes."""
    numbers = [int(written[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(written), 8)]
    return ip_address(b"".join(numbers))


def _pids() -> list[int]:
    with contextlib.suppress(OSError):
        return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return []


def _has_one_of(pid: int, sockets: set[str]) -> bool:
    with contextlib.suppress(OSError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                if os.readlink(entry) in sockets:
                    return True
    return False


def _listener(pid: int) -> PortOwner:
    name = cgroup = ""
    with contextlib.suppress(OSError):
        name = (PROC / str(pid) / "comm").read_text(errors="replace").strip()
        cgroup = (PROC / str(pid) / "cgroup").read_text(errors="replace")
    found = _CONTAINER_ID.search(cgroup)
    return PortOwner(pid, name, found[0] if found else "")
