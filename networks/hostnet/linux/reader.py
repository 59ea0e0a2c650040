"""The seam: everything that the rest of Netadmin may ask of the Linux host."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Mapping

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
from networks.hostnet.linux.sandboxes import OpenHost, read_sandbox, read_sandboxes

# The pids that the Engine tells are not those of this machine, or not those that we see.
_OTHER_PIDS = {Obstacle.NOT_LINUX, Obstacle.REMOTE, Obstacle.PIDS_HIDDEN}


class HostReader:
    """One thread's way to the network namespace of one Engine. Calls raise only HostError, and only read.

    Blocking, so never on an event loop. What vanishes while it is read is left out, never guessed at.
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
        """Say what may be seen: asked of the kernel once, when the reader is opened."""
        return self._view

    def has_appeared(self) -> bool:
        """Whether a namespace that was missing when the reader was opened is there by now. One open(2), if that."""
        return bool(self._missing) and has_netns(self._missing)

    def links(self) -> tuple[LinkFact, ...]:
        """Read all links with addresses and counters, by index. Three dumps."""
        host = self._open_host()
        if host is None:
            return ()
        with self._links_lock:
            links = links_of(host.asked, self._known_links)
        return describe_hardware(links) if host.is_own else links

    def link(self, index: int) -> LinkFact | None:
        """Read one link, None when it is gone."""
        host = self._open_host()
        found = link_of(host.asked, index) if host is not None and 0 < index < 1 << 31 else None
        return describe_hardware((found,))[0] if found is not None and host is not None and host.is_own else found

    def counters(self) -> Mapping[int, Counters]:
        """Read the counters of all links by index. One RTM_GETSTATS dump: cheap enough for every two seconds."""
        host = self._open_host()
        return counters_of(host.asked) if host is not None else {}

    def routes(self) -> tuple[RouteFact, ...]:
        """Read the main table's routes of both families, in the kernel's order."""
        host = self._open_host()
        return routes_of(host.asked) if host is not None else ()

    def resolver(self) -> ResolverFact:
        """Read the host's name servers; where its file names only systemd-resolved's stub, those behind it."""
        with self._lock:
            host = self._open_host()
            return host_resolver_below(host.root, host.netns_name) if host is not None else UNKNOWN

    def sandboxes(self, pids: Mapping[str, int]) -> dict[str, SandboxFact]:
        """Read the sandboxes of running containers, by container id. `pids`: container id to the pid of its first process.

        A pid that is gone, or is another process by now, is left out.
        """
        host = self._open_host()
        if self._view.why_not_inside in _OTHER_PIDS:
            return {}
        return read_sandboxes(pids, host, enters=self._view.enters_containers)

    def inside(self, container_id: str, pid: int) -> InsideFact:
        """Read a container's own links, routes and resolver. Raises HostNotAllowed, Vanished."""
        self._open_host()
        if not self._view.enters_containers:
            raise HostNotAllowed(os.strerror(errno.EPERM))
        return read_sandbox(container_id, pid)

    def changes(self) -> ChangeStream:
        """Open the stream of changes; what changed before is not in it."""
        with self._lock:
            host = self._open_host()
            if host is None:
                raise HostNotAllowed(os.strerror(errno.EPERM))
            stream = ChangeStream() if host.is_own else inside(host.netns, ChangeStream)
            self._streams.append(stream)
            return stream

    def close(self) -> None:
        """Close its sockets; safe from another thread."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            for stream in self._streams:
                stream.close()
            if self._host is not None:
                self._host.asked.close()
                os.close(self._host.netns)
                os.close(self._host.root)

    def _open_host(self) -> OpenHost | None:
        if self._is_closed:
            raise HostError("The reader is closed")
        return self._host
