"""The network stacks of containers, each read of a process that is proved to be the container's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address

from networks.addressing.reading import IPAddress
from networks.hostnet.errors import Garbled, HostError, HostNotAllowed, Vanished
from networks.hostnet.facts import InsideFact, InsideLink, SandboxFact
from networks.hostnet.linux.asking import describe_hardware, inside_links_of, links_of, nsid_of, routes_of
from networks.hostnet.linux.namespaces import enter, in_a_thread, inode_of, own_inode
from networks.hostnet.linux.netlink.conversation import NetlinkSocket
from networks.hostnet.linux.processes import Process
from networks.hostnet.linux.resolving import resolver_of

# An entry of /proc/PID/net has an inode of its own in each namespace, and anybody may look at it.
SEEN_FROM_OUTSIDE = "net/dev"
_LOOPBACK_INDEX = 1  # in every namespace; linux/netdevice.h
_MOST_LISTED_BYTES = 1 << 18
_AT_LEAST_S, _EACH_S = 10.0, 0.05


@dataclass(frozen=True, slots=True)
class OpenHost:
    """The Engine's own namespace, opened. `asked`: a socket in it; `inode`: of the namespace, `outside`: of its entry in /proc.

    `netns` and `root`: descriptors of it and of the folder that its files are below. `is_own`: it is ours as well. `netns_name`:
    where it was named by a path under /run/netns.
    """

    asked: NetlinkSocket
    inode: int
    outside: int
    netns: int
    root: int
    is_own: bool
    netns_name: str = ""


def read_sandboxes(pids: Mapping[str, int], host: OpenHost | None, *, enters: bool) -> dict[str, SandboxFact]:
    """Return the sandboxes of those containers whose process is theirs before and after it was read. Raises HostError.

    `enters`: whether namespaces may be entered. `host` None: no sandbox has a number, and none is known to be the host's.
    """

    def read_each() -> dict[str, SandboxFact]:
        found: dict[str, SandboxFact] = {}
        for container_id, pid in pids.items():
            fact = _sandbox_of(container_id, pid, host, enters)
            if fact is not None:
                found[container_id] = fact
        return found

    return in_a_thread(read_each, _AT_LEAST_S + _EACH_S * len(pids)) if enters and pids else read_each()


def _sandbox_of(container_id: str, pid: int, host: OpenHost | None, enters: bool) -> SandboxFact | None:
    """Return one sandbox, None where it can't be told. The thread may be in another namespace afterwards."""
    try:
        with Process(pid) as process:
            started_at = process.prove(container_id)
            try:
                fact = _entered(container_id, process, host) if enters else _from_outside(container_id, process, pid, host)
            except HostNotAllowed:
                fact = _from_outside(container_id, process, pid, host)
            return fact if process.started_at() == started_at else None
    except (Vanished, HostNotAllowed, Garbled):
        return None


def _entered(container_id: str, process: Process, host: OpenHost | None) -> SandboxFact:
    with process.netns() as netns:
        inode = inode_of(netns)
        if host is not None and inode == host.inode:
            return SandboxFact(container_id, inode, is_host=True)
        nsid = nsid_of(host.asked, netns=netns) if host is not None else None
        enter(netns)
    asked = NetlinkSocket()
    try:
        return SandboxFact(container_id, inode, nsid, links=inside_links_of(asked))
    finally:
        asked.close()


def _from_outside(container_id: str, process: Process, pid: int, host: OpenHost | None) -> SandboxFact:
    """Read what anybody may: the pid stays its own for as long as the process lives, which is asked afterwards."""
    inode = process.inode(SEEN_FROM_OUTSIDE)
    if host is not None and inode == host.outside:
        return SandboxFact(container_id, inode, is_host=True)
    nsid = nsid_of(host.asked, pid=pid) if host is not None else None
    held: dict[int, tuple[str, tuple[IPAddress, ...]]] = {}
    for index, name, addresses in _told_outside(process):
        held[index] = (name, (*held.get(index, (name, ()))[1], *addresses))
    links = tuple(InsideLink(index, name, "", more) for index, (name, more) in sorted(held.items()) if index != _LOOPBACK_INDEX)
    return SandboxFact(container_id, inode, nsid, links=links)


def _told_outside(process: Process) -> Iterator[tuple[int, str, tuple[IPAddress, ...]]]:
    """Yield index, name and addresses of the interfaces that are up: each then hears some multicast, or has an IPv6 address.

    The addresses are of IPv6: those of IPv4 are told nowhere by interface.
    """
    for line in _lines(process, "net/dev_mcast"):  # "2    eth0            1     0     01005e000001"
        if len(line) >= 2 and line[0].isdecimal():
            yield int(line[0]), line[1], ()
    for line in _lines(process, "net/igmp"):  # "2	eth0      :     1      V3"
        if len(line) >= 4 and line[0].isdecimal():
            yield int(line[0]), line[1].removesuffix(":"), ()
    for line in _lines(process, "net/if_inet6"):  # "fe80000000000000… 02 40 20 80     eth0"
        if len(line) == 6:
            yield int(line[1], 16), line[5], _address_in(line)


def _address_in(line: list[str]) -> tuple[IPAddress, ...]:
    """Return the address of a line of if_inet6, nothing for a link-local one. Source: linux/net/ipv6/addrconf.c."""
    try:
        return () if int(line[3], 16) else (IPv6Address(bytes.fromhex(line[0])),)
    except ValueError:
        return ()


def _lines(process: Process, name: str) -> Iterator[list[str]]:
    try:
        told = process.read(name, _MOST_LISTED_BYTES)
    except Vanished:
        return  # a kernel without IPv6, or without multicast
    for line in told.split("\n"):
        yield line.split()


def read_sandbox(container_id: str, pid: int) -> InsideFact:
    """Read a container's links, routes and resolver. Raises HostNotAllowed, Vanished and other HostErrors."""

    def read() -> InsideFact:
        with Process(pid) as process:
            started_at = process.prove(container_id)
            with process.netns() as netns:
                is_own = inode_of(netns) == own_inode()
                enter(netns)
            asked = NetlinkSocket()
            try:
                links, routes = links_of(asked), routes_of(asked)
            finally:
                asked.close()
            resolver = resolver_of(process)
            if process.started_at() != started_at:
                raise Vanished("The container has ended")
        return InsideFact(describe_hardware(links) if is_own else links, routes, resolver)

    try:
        return in_a_thread(read)
    except OSError as error:
        raise HostError(os.strerror(error.errno or 0)) from error
