"""The reader of a Linux host: what the seam promises, asked of the kernel."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from networks.hostnet.errors import HostError, HostNotAllowed
from networks.hostnet.facts import (
    Counters,
    HostView,
    InsideFact,
    LinkFact,
    Obstacle,
    ResolverFact,
    RouteFact,
    SandboxFact,
)
from networks.hostnet.linux.asking import counters_of, describe_hardware, link_of, links_of, routes_of
from networks.hostnet.linux.namespaces import has_netns, inside
from networks.hostnet.linux.netlink.changes import ChangeStream
from networks.hostnet.linux.netlink.known import KnownLinks
from networks.hostnet.linux.resolving import UNKNOWN, host_resolver_below
from networks.hostnet.linux.sandboxes import HostPlace, read_sandbox, read_sandboxes

# The pids that the Engine tells are not those of this machine, or not those that we see.
_OTHER_PIDS = {Obstacle.NOT_LINUX, Obstacle.REMOTE, Obstacle.PIDS_HIDDEN}


@dataclass(frozen=True, slots=True)
class OpenHost:
    """The Engine's own namespace, opened. `netns` and `root`: descriptors of it and of the folder that its files are below.

    `is_own`: it is ours as well. `netns_name`: where it was named by a path under /run/netns.
    """

    place: HostPlace
    netns: int
    root: int
    is_own: bool
    netns_name: str = ""


class LinuxReader:
    """Reads one Engine's machine; see HostReader.

    `host` None where its links can't be seen. `missing`: the path of their namespace, where none was there.
    """

    def __init__(self, view: HostView, host: OpenHost | None, *, missing: str = "") -> None:
        self._view = view
        self._host = host
        self._missing = missing
        self._lock = threading.Lock()  # of the descriptors, which a closed reader's number may not be used for
        self._is_closed = False
        self._known_links, self._links_lock = KnownLinks(), threading.Lock()
        self._streams: list[ChangeStream] = []

    def view(self) -> HostView:
        return self._view

    def has_appeared(self) -> bool:
        return bool(self._missing) and has_netns(self._missing)

    def links(self) -> tuple[LinkFact, ...]:
        host = self._open_host()
        if host is None:
            return ()
        with self._links_lock:
            links = links_of(host.place.asked, self._known_links)
        return describe_hardware(links) if host.is_own else links

    def link(self, index: int) -> LinkFact | None:
        host = self._open_host()
        found = link_of(host.place.asked, index) if host is not None and 0 < index < 1 << 31 else None
        return describe_hardware((found,))[0] if found is not None and host is not None and host.is_own else found

    def counters(self) -> Mapping[int, Counters]:
        host = self._open_host()
        return counters_of(host.place.asked) if host is not None else {}

    def routes(self) -> tuple[RouteFact, ...]:
        host = self._open_host()
        return routes_of(host.place.asked) if host is not None else ()

    def resolver(self) -> ResolverFact:
        with self._lock:
            host = self._open_host()
            return host_resolver_below(host.root, host.netns_name) if host is not None else UNKNOWN

    def sandboxes(self, pids: Mapping[str, int]) -> dict[str, SandboxFact]:
        host = self._open_host()
        if self._view.why_not_inside in _OTHER_PIDS:
            return {}
        return read_sandboxes(pids, host.place if host is not None else None, enters=self._view.enters_containers)

    def inside(self, container_id: str, pid: int) -> InsideFact:
        self._open_host()
        if not self._view.enters_containers:
            raise HostNotAllowed(os.strerror(errno.EPERM))
        return read_sandbox(container_id, pid)

    def changes(self) -> ChangeStream:
        with self._lock:
            host = self._open_host()
            if host is None:
                raise HostNotAllowed(os.strerror(errno.EPERM))
            stream = ChangeStream() if host.is_own else inside(host.netns, ChangeStream)
            self._streams.append(stream)
            return stream

    def close(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            for stream in self._streams:
                stream.close()
            if self._host is not None:
                self._host.place.asked.close()
                os.close(self._host.netns)
                os.close(self._host.root)

    def _open_host(self) -> OpenHost | None:
        if self._is_closed:
            raise HostError("The reader is closed")
        return self._host
