"""Who listens at an Engine's address: the process at the far end of its unix socket. Source: unix(7)."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from networks.hostnet.errors import HostError, host_error
from networks.hostnet.linux.processes import Process

_UNIX = "unix://"
_ANSWER_S = 2.0
_UCRED = struct.Struct("=iII")  # pid, user, group
_SO_PEERCRED = getattr(socket, "SO_PEERCRED", 17)  # other systems than Linux have no such option, and say so
_SO_PEERPIDFD = 77  # Linux 6.5


@dataclass(frozen=True, slots=True)
class ListeningSocket:
    """`process`: who listens, None where that isn't known. `is_hidden`: it has no number in our own pid namespace."""

    process: Process | None = None
    is_hidden: bool = False


def is_on_this_machine(url: str) -> bool:
    """Whether an Engine's address leads to this machine: a unix socket, or a loopback address."""
    if not url or url.startswith(_UNIX):
        return True
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("tcp", "http", "https"):
        return False
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def find_listener(url: str, *, is_wanted: bool) -> Iterator[ListeningSocket]:
    """Find who listens at an address; nobody is found at one of TCP. Raises HostError where a socket doesn't answer.

    `is_wanted` false: it is then as if nobody were known.
    """
    if not url.startswith(_UNIX):
        yield ListeningSocket()
        return
    path = url.removeprefix(_UNIX)
    try:
        pid, lives = _who_listens(path)
    except OSError as error:
        if is_wanted:
            raise host_error(error) from error
        pid, lives = -1, False
    with contextlib.ExitStack() as held:
        yield ListeningSocket(_proved(path, pid, held) if lives else None, is_hidden=pid == 0)


def _proved(path: str, pid: int, held: contextlib.ExitStack) -> Process | None:
    """Hold the process that has this number, if it still is the one that listens."""
    try:
        process = held.enter_context(Process(pid))
        return process if _who_listens(path) == (pid, True) else None
    except (HostError, OSError):
        return None


def _who_listens(path: str) -> tuple[int, bool]:
    """Return the pid of who began to listen, 0 where it is hidden, and whether it lives: it may have left that to others.

    Raises OSError.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_ANSWER_S)
        connection.connect(path)
        told = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERCRED, _UCRED.size)
        pid = int(_UCRED.unpack(told)[0])
        return pid, pid > 0 and _lives(connection)


def _lives(connection: socket.socket) -> bool:
    """Whether who listens still lives; kernels before 6.5 don't tell, and it is taken for granted."""
    try:
        descriptor = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
    except OSError as error:
        return error.errno == errno.ENOPROTOOPT
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return not poll.poll(0)
    finally:
        os.close(descriptor)
