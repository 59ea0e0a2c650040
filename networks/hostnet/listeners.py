"""Which process of the Engine's machine listens on a port, where that can be seen from here: by the kernel's own tables."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from networks.addressing.reading import IPAddress
from networks.hostnet.errors import HostError
from networks.hostnet.linux.listening import find_listener
from networks.hostnet.linux.processes import CONTAINER_ID, Process, process_ids

_LISTEN, _UDP_BOUND = "0A", "07"
_MOST_BYTES = 64 << 20  # of a table: 150 for each socket


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

    Effects and sources: as of `bound_sockets`.
    """
    bound = bound_sockets(engine_url, protocol)
    sockets = {f"socket:[{each.inode}]" for each in bound if each.port == port and address in (None, each.address)}
    return next((owner for pid in process_ids() if sockets and (owner := _owner_of(pid, sockets))), None)


def bound_sockets(engine_url: str, protocol: str = "tcp") -> frozenset[BoundSocket]:
    """Return which ports are taken where the Engine binds its own, by whomever; none where that can't be seen.

    Effects: connections to the Engine's socket, on which nothing is sent: the kernel tells the Engine's process by them.
    Source: unix(7) SO_PEERCRED; proc(5), /proc/<pid>/net/tcp.
    """
    with find_listener(engine_url, is_wanted=False) as listener:
        if listener.process is None:
            return frozenset()
        return frozenset(each for table in (protocol, f"{protocol}6") for each in _sockets_of(listener.process, table))


def _sockets_of(process: Process, table: str) -> Iterator[BoundSocket]:
    """Yield each socket that waits for others."""
    wanted = _UDP_BOUND if table.startswith("udp") else _LISTEN
    with contextlib.suppress(HostError, IndexError, ValueError):
        for line in process.read(f"net/{table}", _MOST_BYTES).splitlines()[1:]:
            columns = line.split()
            if columns[3] == wanted:
                address, _, port = columns[1].rpartition(":")
                yield BoundSocket(int(port, 16), _address(address), columns[9])


def _address(written: str) -> IPAddress:
    """Return an address as the kernel writes it: numbers of 32 bits, each in the machine's own order of bytes."""
    numbers = [int(written[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(written), 8)]
    return ip_address(b"".join(numbers))


def _owner_of(pid: int, sockets: set[str]) -> PortOwner | None:
    """Return a process where it has one of these sockets open."""
    with contextlib.suppress(HostError, OSError), Process(pid) as process:
        if not sockets.isdisjoint(process.open_files()):
            found = CONTAINER_ID.search(process.read("cgroup"))
            return PortOwner(pid, process.read("comm").strip(), found[0] if found else "")
    return None
