"""Which namespace is the Engine's own, what may be seen of it, and a reader of that."""

from __future__ import annotations

import contextlib
import os
import sys

from networks.hostnet.errors import HostError, HostNotAllowed, Vanished
from networks.hostnet.facts import HostView, Obstacle
from networks.hostnet.linux.listening import ListeningSocket, find_listener, is_on_this_machine
from networks.hostnet.linux.namespaces import OWN_NETNS, in_a_thread, inode_of, inside, open_netns, own_inode
from networks.hostnet.linux.netlink.conversation import NetlinkSocket
from networks.hostnet.linux.processes import Process, may_enter_others, open_root
from networks.hostnet.linux.reader import HostReader
from networks.hostnet.linux.sandboxes import SEEN_FROM_OUTSIDE, OpenHost

_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # its inode, on every machine; linux/proc_ns.h
_NAMED = ("/run/netns/", "/var/run/netns/")


def open_host(netns_path: str = "", engine_url: str = "") -> HostReader:
    """Open a reader of the machine that an Engine runs on. Raises HostError where its socket doesn't answer.

    The Engine's namespace: the one at `netns_path`; else, when we are root, that of the process at the far end of its unix
    socket; else ours. Whether the links there are those of the Engine's networks is for the caller to prove.
    """
    if sys.platform != "linux":
        return HostReader(_blind(Obstacle.NOT_LINUX), None)
    if not netns_path and not is_on_this_machine(engine_url):
        return HostReader(_blind(Obstacle.REMOTE), None)
    try:
        with find_listener(engine_url, is_wanted=not netns_path) as listener:
            why_not_inside = _why_not_inside(listener)
            found = _open_named(netns_path, listener) if netns_path else _open_found(listener)
    except OSError as error:  # of our own /proc, or too many open files
        raise HostError(error.strerror or str(error)) from error
    host, why_not_host = (found, Obstacle.NOTHING) if isinstance(found, OpenHost) else (None, found)
    view = HostView(host is not None, why_not_inside is Obstacle.NOTHING, why_not_host, why_not_inside)
    return HostReader(view, host, missing=netns_path if why_not_host is Obstacle.NAMESPACE_MISSING else "")


def _blind(obstacle: Obstacle) -> HostView:
    return HostView(why_not_host=obstacle, why_not_inside=obstacle)


def _why_not_inside(listener: ListeningSocket) -> Obstacle:
    """Return what keeps us out of containers. Tried on the Engine's own process, which is as far out of reach as they are."""
    if listener.is_hidden:
        return Obstacle.PIDS_HIDDEN
    own_pids = os.stat("/proc/self/ns/pid").st_ino
    if listener.process is None:
        if own_pids != _FIRST_PID_NAMESPACE:
            return Obstacle.PIDS_HIDDEN
        return Obstacle.NOTHING if may_enter_others() and _may_enter(OWN_NETNS) else Obstacle.NOT_ROOT
    try:
        if listener.process.inode("ns/pid") != own_pids:
            return Obstacle.PIDS_HIDDEN
        with listener.process.netns() as netns:
            inside(netns, lambda: None)
    except HostError:
        return Obstacle.NOT_ROOT
    return Obstacle.NOTHING if may_enter_others() else Obstacle.NOT_ROOT


def _may_enter(path: str) -> bool:
    try:
        netns = open_netns(path)
        try:
            inside(netns, lambda: None)
        finally:
            os.close(netns)
    except HostError:
        return False
    return True


def _open_named(path: str, listener: ListeningSocket) -> OpenHost | Obstacle:
    try:
        netns = open_netns(path)
    except HostNotAllowed:
        return Obstacle.NOT_ROOT
    except Vanished:
        return Obstacle.NAMESPACE_MISSING
    prefix = next((one for one in _NAMED if path.startswith(one)), "")
    found = _open_place(netns, listener.process, path.removeprefix(prefix) if prefix else "")
    return Obstacle.NOT_ROOT if found is None else found


def _open_found(listener: ListeningSocket) -> OpenHost | Obstacle:
    netns = -1
    if listener.process is not None:
        with contextlib.suppress(HostNotAllowed, Vanished):
            netns = listener.process.open("ns/net")
    found = _open_place(open_netns(OWN_NETNS) if netns < 0 else netns, listener.process)
    return Obstacle.OTHER_NAMESPACE if found is None else found


def _open_place(netns: int, process: Process | None, name: str = "") -> OpenHost | None:
    """Open sockets in a namespace, and keep its descriptor; None, and it is closed, where it may not be entered."""
    try:
        is_own = inode_of(netns) == own_inode()

        def ask() -> tuple[NetlinkSocket, int]:
            return NetlinkSocket(), os.stat(f"/proc/thread-self/{SEEN_FROM_OUTSIDE}").st_ino

        asked, outside = in_a_thread(ask) if is_own else inside(netns, ask)
        try:
            root = open_root(process)[0]
        except OSError:
            asked.close()
            raise
    except HostNotAllowed:
        os.close(netns)
        return None
    except (HostError, OSError):
        os.close(netns)
        raise
    return OpenHost(asked, inode_of(netns), outside, netns, root, is_own, name)
