"""The seam: everything that the rest of Netadmin may ask of the Linux host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from networks.hostnet.facts import (
    Counters,
    HostView,
    InsideFact,
    LinkChange,
    LinkFact,
    ResolverFact,
    RouteFact,
    SandboxFact,
)

# A name as `ip netns add` takes it: no slash, and neither of the two that mean a folder.
_NETNS_PATH = re.compile(r"/(?:var/)?run/netns/(?!\.{1,2}\Z)[^/\x00-\x1f]{1,255}|/proc/[1-9][0-9]{0,9}/ns/net")


def is_netns_path(path: str) -> bool:
    """Whether a path may name another Engine's namespace: /run/netns/NAME, /var/run/netns/NAME or /proc/PID/ns/net."""
    return _NETNS_PATH.fullmatch(path) is not None


class LinkStream(Protocol):
    """Changes of links and addresses. Iterating ends, without an error, when it is closed or breaks."""

    def __iter__(self) -> Iterator[LinkChange]: ...

    def close(self) -> None:
        """End the stream; safe from another thread, also twice."""


class HostReader(Protocol):
    """One thread's way to the network namespace of one Engine. Calls raise only HostError, and only read.

    Blocking, so never on an event loop. What vanishes while it is read is left out, never guessed at.
    """

    def view(self) -> HostView:
        """Say what may be seen: asked of the kernel once, when the reader is opened."""

    def has_appeared(self) -> bool:
        """Whether a namespace that was missing when the reader was opened is there by now. One open(2), if that."""

    def links(self) -> tuple[LinkFact, ...]:
        """Read all links with addresses and counters, by index. Three dumps."""

    def link(self, index: int) -> LinkFact | None:
        """Read one link, None when it is gone."""

    def counters(self) -> Mapping[int, Counters]:
        """Read the counters of all links by index. One RTM_GETSTATS dump: cheap enough for every two seconds."""

    def routes(self) -> tuple[RouteFact, ...]:
        """Read the main table's routes of both families, in the kernel's order."""

    def resolver(self) -> ResolverFact:
        """Read the host's name servers; where its file names only systemd-resolved's stub, those behind it."""

    def sandboxes(self, pids: Mapping[str, int]) -> dict[str, SandboxFact]:
        """Read the sandboxes of running containers, by container id. `pids`: container id to the pid of its first process.

        A pid that is gone, or is another process by now, is left out.
        """

    def inside(self, container_id: str, pid: int) -> InsideFact:
        """Read a container's own links, routes and resolver. Raises HostNotAllowed, Vanished."""

    def changes(self) -> LinkStream:
        """Open the stream of changes; what changed before is not in it."""

    def close(self) -> None:
        """Close its sockets; safe from another thread."""
