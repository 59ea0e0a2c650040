"""Network namespaces: which one a file stands for, and doing something inside one. Source: setns(2), ioctl_ns(2)."""

from __future__ import annotations

import ctypes
import fcntl
import functools
import os
import re
import threading
from collections.abc import Callable
from typing import TypeVar

from networks.hostnet.errors import HostError, Vanished, host_error

OWN_NETNS = "/proc/self/ns/net"
_CLONE_NEWNET = 0x40000000
_NS_GET_NSTYPE = 0xB703  # Linux 4.11
# What is done inside takes milliseconds. A file system of the container's own could keep it for ever.
INSIDE_S = 5.0

# A name as `ip netns add` takes it: no slash, and neither of the two that mean a folder.
_NETNS_PATH = re.compile(r"/(?:var/)?run/netns/(?!\.{1,2}\Z)[^/\x00-\x1f]{1,255}|/proc/[1-9][0-9]{0,9}/ns/net")

_Result = TypeVar("_Result")


def is_netns_path(path: str) -> bool:
    """Whether a path may name another Engine's namespace: /run/netns/NAME, /var/run/netns/NAME or /proc/PID/ns/net."""
    return _NETNS_PATH.fullmatch(path) is not None


def open_netns(path: str) -> int:
    """Open the file of a network namespace and return its descriptor. Raises Vanished (also where it is another file)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise host_error(error) from error
    if is_netns(descriptor):
        return descriptor
    os.close(descriptor)
    raise Vanished("There is no network namespace")


def has_netns(path: str) -> bool:
    """Whether there is a network namespace at a path, or one that we may not look at."""
    try:
        os.close(open_netns(path))
    except HostError as error:
        return not isinstance(error, Vanished)
    return True


def is_netns(descriptor: int) -> bool:
    """Whether an open file is a network namespace: under /run/netns an ordinary one stays where the mount is gone."""
    try:
        return fcntl.ioctl(descriptor, _NS_GET_NSTYPE) == _CLONE_NEWNET
    except OSError:
        return False


def inode_of(descriptor: int) -> int:
    """Return the inode of an open namespace, by which it is told from all others for as long as it is open."""
    return os.fstat(descriptor).st_ino


def own_inode() -> int:
    """Return the inode of our own network namespace."""
    return os.stat(OWN_NETNS).st_ino


def enter(descriptor: int) -> None:
    """Put the calling thread into a namespace, for good. Only for a thread that ends afterwards. Raises HostNotAllowed."""
    if libc().setns(descriptor, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise host_error(OSError(number, os.strerror(number)))


@functools.cache  # opening it takes as long as entering a namespace does
def libc() -> ctypes.CDLL:
    """Return the C library, for what Python has no function for. It keeps errno, in each thread its own."""
    return ctypes.CDLL(None, use_errno=True)  # os.setns came with Python 3.12


def in_a_thread(work: Callable[[], _Result], timeout_s: float = INSIDE_S) -> _Result:
    """Do something in a thread that ends with it, so that it may enter namespaces. Raises what it raises.

    Raises HostError when it takes longer than `timeout_s`; it is then left to itself.
    """
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # raised again in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="inside-a-namespace", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        raise HostError(str(error)) from error
    thread.join(timeout_s)
    if errors:
        raise errors[0]
    if not results:
        raise HostError("The namespace did not answer in time")
    return results[0]


def inside(descriptor: int, work: Callable[[], _Result]) -> _Result:
    """Do something in a namespace; sockets that are opened there stay in it, and may be used from any thread.

    Raises HostNotAllowed when it may not be entered.
    """

    def enter_and_work() -> _Result:
        enter(descriptor)
        return work()

    return in_a_thread(enter_and_work)
