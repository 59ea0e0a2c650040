"""A Linux host in memory, for pages, scale and faults: its links, its containers' stacks, and readers of them."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface, ip_interface

from networks.hostnet.errors import HostError, HostNotAllowed, Vanished
from networks.hostnet.facts import (
    Counters,
    HostView,
    InsideFact,
    InsideLink,
    LinkAddress,
    LinkChange,
    LinkFact,
    Obstacle,
    ResolverFact,
    RouteFact,
    SandboxFact,
)

EVERYTHING = HostView(sees_host=True, enters_containers=True)
ORDINARY_USER = HostView(sees_host=True, enters_containers=False, why_not_inside=Obstacle.NOT_ROOT)
UP = ("BROADCAST", "MULTICAST", "UP", "LOWER_UP")
LOOPBACK = LinkFact(
    1,
    "lo",
    "loopback",
    ("LOOPBACK", "UP", "LOWER_UP"),
    65536,
    1000,
    hardware=772,
    addresses=(LinkAddress(ip_interface("127.0.0.1/8"), "host"),),
)
HOST_NETNS = 4026531840  # what Linux gives the first one


@dataclass
class FakeStack:
    """A container's network stack. `nsid` is None until something of it is tied to the host."""

    netns: int
    links: dict[int, LinkFact]
    nsid: int | None = None
    routes: tuple[RouteFact, ...] = ()
    resolver: ResolverFact = field(default_factory=ResolverFact)


class FakeHost:
    """Links and sandboxes, told to readers as a kernel does. Each change is announced to the open streams.

    `view`: what readers may see. Faults: `next_error` is raised once, by whatever is asked next; `drop_events()` has every
    stream say that something was missed. `reads` counts the calls of readers by name.
    """

    def __init__(self, *, view: HostView = EVERYTHING) -> None:
        self.view = view
        self.next_error: HostError | None = None
        self.reads: dict[str, int] = {}
        self.links: dict[int, LinkFact] = {1: LOOPBACK}
        self.routes: tuple[RouteFact, ...] = ()
        self.resolver = ResolverFact()
        self.stacks: dict[str, FakeStack] = {}
        self.pids: dict[str, int] = {}
        self.streams: list[FakeLinkStream] = []
        self.lock = threading.RLock()
        self._indexes, self._nsids, self._pids = itertools.count(2), itertools.count(0), itertools.count(4001)
        self._netns = itertools.count(301)

    def open(self, netns_path: str = "", engine_url: str = "") -> FakeHostReader:
        """Return a reader, as `open_host` does."""
        return FakeHostReader(self)

    def add_link(self, name: str, kind: str = "ethernet", *addresses: str, **members: object) -> int:
        """Have a link and return its index. `addresses`: such as "172.17.0.1/16"; `members`: further ones of LinkFact."""
        with self.lock:
            index = next(self._indexes)
            made = LinkFact(index, name, kind, UP, 1500, 1000, mac=_mac(index), state="up", addresses=_addresses(addresses))
            self.links[index] = replace(made, **members)  # type: ignore[arg-type]
            self._announce(LinkChange(index))
            return index

    def change(self, index: int, **members: object) -> None:
        """Change a link's members: rename it, switch it off, plug it elsewhere."""
        with self.lock:
            self.links[index] = replace(self.links[index], **members)  # type: ignore[arg-type]
            self._announce(LinkChange(index))

    def remove(self, index: int) -> None:
        """Remove a link, and with it the far end of a veth."""
        with self.lock:
            gone = self.links.pop(index)
            for stack in self.stacks.values():
                if gone.peer_nsid is not None and stack.nsid == gone.peer_nsid:
                    stack.links.pop(gone.peer, None)
            self._announce(LinkChange(index, is_gone=True))

    def count(self, index: int, **more: int) -> None:
        """Add to counters of a link, such as rx_bytes=1000; a veth's far end counts the same the other way round. No event."""
        with self.lock:
            link = self.links[index]
            self.links[index] = replace(link, counters=_added(link.counters, more))
            for stack in self.stacks.values():
                if link.peer_nsid is not None and stack.nsid == link.peer_nsid and link.peer in stack.links:
                    inside = stack.links[link.peer]
                    stack.links[link.peer] = replace(inside, counters=_added(inside.counters, _turned(more)))

    def add_container(self, container_id: str, pid: int = 0, *, shares: str = "", is_host: bool = False) -> int:
        """Have a running container and return its pid. `shares`: whose stack it joins; `is_host`: it joins the host's."""
        with self.lock:
            own = FakeStack(HOST_NETNS + next(self._netns), {1: LOOPBACK})
            alone = FakeStack(HOST_NETNS, self.links, routes=self.routes, resolver=self.resolver) if is_host else own
            self.stacks[container_id] = self.stacks[shares] if shares else alone
            self.pids[container_id] = pid or next(self._pids)
            return self.pids[container_id]

    def plug(self, container_id: str, master: int, ifname: str = "eth0", *addresses: str, mac: str = "", name: str = "") -> int:
        """Tie a container to a bridge by a veth pair, and return the index of the host's end."""
        with self.lock:
            stack = self.stacks[container_id]
            inside, outside = next(self._indexes), next(self._indexes)
            stack.nsid = next(self._nsids) if stack.nsid is None else stack.nsid
            made = LinkFact(inside, ifname, "veth", UP, 1500, 1000, mac=mac or _mac(inside), state="up")
            stack.links[inside] = replace(made, peer=outside, peer_nsid=0, addresses=_addresses(addresses))
            far = {"master": master, "peer": inside, "peer_nsid": stack.nsid, "queue_length": 0, "mac": _mac(outside)}
            ours = LinkFact(outside, name or f"veth{outside:07x}", "veth", UP, 1500, 0, state="up")
            self.links[outside] = replace(ours, **far)  # type: ignore[arg-type]
            self._announce(LinkChange(outside))
            return outside

    def kill(self, container_id: str) -> None:
        """End a container; its stack and veths go with its last member."""
        with self.lock:
            stack = self.stacks.pop(container_id)
            del self.pids[container_id]
            if stack.nsid is not None and all(other is not stack for other in self.stacks.values()):
                for index in [link.index for link in self.links.values() if link.peer_nsid == stack.nsid]:
                    self.remove(index)

    def drop_events(self) -> None:
        """Have every open stream say that something was missed."""
        self._announce(LinkChange(0))

    def _announce(self, change: LinkChange) -> None:
        for stream in list(self.streams):
            stream.put(change)


class FakeLinkStream:
    """Changes of a host in memory."""

    def __init__(self, host: FakeHost) -> None:
        self._host = host
        self._queue: queue.SimpleQueue[LinkChange | None] = queue.SimpleQueue()
        self._is_closed = False
        host.streams.append(self)

    def __iter__(self) -> Iterator[LinkChange]:
        while (change := self._queue.get()) is not None:
            yield change

    def put(self, change: LinkChange) -> None:
        self._queue.put(change)

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._queue.put(None)
            with self._host.lock:
                self._host.streams.remove(self)


class FakeHostReader:
    """Reads a host in memory; see HostReader."""

    def __init__(self, host: FakeHost) -> None:
        self._host = host
        self._view = host.view
        self._streams: list[FakeLinkStream] = []

    def view(self) -> HostView:
        return self._view

    def has_appeared(self) -> bool:
        self._note("has_appeared")
        return self._view.why_not_host is Obstacle.NAMESPACE_MISSING and self._host.view.sees_host

    def links(self) -> tuple[LinkFact, ...]:
        self._note("links")
        return tuple(link for _, link in sorted(self._host.links.items())) if self._view.sees_host else ()

    def link(self, index: int) -> LinkFact | None:
        self._note("link")
        return self._host.links.get(index) if self._view.sees_host else None

    def counters(self) -> Mapping[int, Counters]:
        self._note("counters")
        return {index: link.counters for index, link in self._host.links.items()} if self._view.sees_host else {}

    def routes(self) -> tuple[RouteFact, ...]:
        self._note("routes")
        return self._host.routes if self._view.sees_host else ()

    def resolver(self) -> ResolverFact:
        self._note("resolver")
        return self._host.resolver if self._view.sees_host else ResolverFact(is_known=False)

    def sandboxes(self, pids: Mapping[str, int]) -> dict[str, SandboxFact]:
        self._note("sandboxes")
        with self._host.lock:
            alive = [container_id for container_id, pid in pids.items() if pid and self._host.pids.get(container_id) == pid]
            return {container_id: self._sandbox(container_id) for container_id in alive}

    def inside(self, container_id: str, pid: int) -> InsideFact:
        self._note("inside")
        if not self._view.enters_containers:
            raise HostNotAllowed("Operation not permitted")
        with self._host.lock:
            if self._host.pids.get(container_id) != pid:
                raise Vanished("No such process")
            stack = self._host.stacks[container_id]
            return InsideFact(tuple(link for _, link in sorted(stack.links.items())), stack.routes, stack.resolver)

    def changes(self) -> FakeLinkStream:
        self._note("changes")
        stream = FakeLinkStream(self._host)
        self._streams.append(stream)
        return stream

    def close(self) -> None:
        for stream in self._streams:
            stream.close()

    def _sandbox(self, container_id: str) -> SandboxFact:
        stack = self._host.stacks[container_id]
        if stack.netns == HOST_NETNS:
            return SandboxFact(container_id, HOST_NETNS, is_host=True)
        shown = (link for index, link in sorted(stack.links.items()) if index != 1)
        links = tuple(_seen(link, self._view.enters_containers) for link in shown)
        return SandboxFact(container_id, stack.netns, stack.nsid, links=links)

    def _note(self, name: str) -> None:
        with self._host.lock:
            self._host.reads[name] = self._host.reads.get(name, 0) + 1
            error, self._host.next_error = self._host.next_error, None
            if error is not None:
                raise error


def _seen(link: LinkFact, is_entered: bool) -> InsideLink:
    """Return what is seen of a container's interface: from outside neither its MAC nor IPv4."""
    addresses = tuple(one.interface.ip for one in link.addresses if one.scope not in ("link", "host"))
    if is_entered:
        return InsideLink(link.index, link.name, link.mac, addresses)
    return InsideLink(link.index, link.name, "", tuple(one for one in addresses if one.version == 6))


def _mac(index: int) -> str:
    return "02:42:" + index.to_bytes(4, "big").hex(":")


def _addresses(written: tuple[str, ...]) -> tuple[LinkAddress, ...]:
    return tuple(
        LinkAddress(one, broadcast=one.network.broadcast_address if isinstance(one, IPv4Interface) else None)
        for one in map(ip_interface, written)
    )


def _added(counters: Counters, more: Mapping[str, int]) -> Counters:
    return counters._replace(**{name: getattr(counters, name) + value for name, value in more.items()})


def _turned(more: Mapping[str, int]) -> dict[str, int]:
    ways = {"rx": "tx", "tx": "rx"}
    return {ways[name[:2]] + name[2:]: value for name, value in more.items() if name[2:] in ("_bytes", "_packets")}
