"""A process held by its open folder of /proc, the proof that it is a container's, and files below its root, whatever lies in wait
there. Source: proc(5), cgroups(7), openat2(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import stat
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from networks.hostnet.errors import Garbled, HostError, HostNotAllowed, Vanished, host_error
from networks.hostnet.linux.namespaces import is_netns, libc

_MOST_BYTES = 1 << 20
CONTAINER_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
# What Docker mounts into every container, from a folder that bears its id.
_RESOLV_CONF = re.compile(r"^\S+ \S+ \S+ \S*/containers/([0-9a-f]{64})/resolv\.conf /etc/resolv\.conf ", re.MULTILINE)
_CAP_SYS_PTRACE, _CAP_SYS_ADMIN = 19, 21
_SYS_OPENAT2 = 437  # on every architecture, Linux 5.6
_OPEN_HOW = struct.Struct("=QQQ")  # flags, mode, resolve
_RESOLVE_NO_MAGICLINKS, _RESOLVE_IN_ROOT = 0x02, 0x10
# Not there, or forbidden by a filter that doesn't know it.
_NO_OPENAT2 = {errno.ENOSYS, errno.EPERM}


class Process:
    """A process, or what is left of it: once it has ended, reading raises Vanished, whoever has its number by then."""

    def __init__(self, pid: int) -> None:
        """Hold the process that has this number now. Raises Vanished, HostNotAllowed."""
        if pid <= 0:
            raise Vanished("No such process")
        try:
            self._folder = os.open(f"/proc/{pid}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise host_error(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        os.close(self._folder)

    def open(self, name: str, flags: int = os.O_RDONLY) -> int:
        """Open one of its files, such as "ns/net", and return the descriptor. Raises HostError."""
        try:
            return os.open(name, flags | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=self._folder)
        except OSError as error:
            if error.errno == errno.EINVAL:  # the kernel's word for "mountinfo" of one that has left its namespaces already
                raise Vanished("The process has ended") from error
            raise host_error(error) from error

    def read(self, name: str, most_bytes: int = _MOST_BYTES) -> str:
        """Read one of its files, up to `most_bytes`. Raises HostError."""
        descriptor = self.open(name)
        try:
            return read_up_to(descriptor, most_bytes).decode("utf-8", "backslashreplace")
        except OSError as error:
            raise host_error(error) from error
        finally:
            os.close(descriptor)

    def open_files(self) -> Iterator[str]:
        """Yield what its descriptors lead to, such as "socket:[4711]". Raises HostError, OSError where that may not be seen."""
        folder = self.open("fd", os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in os.listdir(folder):
                with contextlib.suppress(OSError):  # closed meanwhile
                    yield os.readlink(name, dir_fd=folder)
        finally:
            os.close(folder)

    def inode(self, name: str) -> int:
        """Return the inode of one of its files. Raises HostError."""
        try:
            return os.stat(name, dir_fd=self._folder).st_ino
        except OSError as error:
            raise host_error(error) from error

    @contextlib.contextmanager
    def netns(self) -> Iterator[int]:
        """Open its network namespace. Raises HostNotAllowed, Vanished."""
        descriptor = self.open("ns/net")
        try:
            if not is_netns(descriptor):
                raise Vanished("The process has no network any more")
            yield descriptor
        finally:
            os.close(descriptor)

    def started_at(self) -> int:
        """Return when it started, in ticks since boot. Raises Vanished when it has ended, also where nobody took note yet."""
        members = self.read("stat").rpartition(")")[2].split()
        if len(members) < 20 or members[0] in "ZX":
            raise Vanished("The process has ended")
        return int(members[19])

    def prove(self, container_id: str) -> int:
        """Return when it started, once it is proved to be of this container. Raises Vanished where it is not."""
        started_at = self.started_at()
        if not self._is_of(container_id):
            raise Vanished("The process is not of this container any more")
        return started_at

    def _is_of(self, container_id: str) -> bool:
        claimed = containers_of(self.read("cgroup"))
        if claimed:
            return claimed == {container_id}
        # No cgroup says it: those of a rootless Engine, or our own container's, that we are inside of ourselves.
        with contextlib.suppress(HostNotAllowed):
            return set(_RESOLV_CONF.findall(self.read("mountinfo"))) == {container_id}
        return False


def process_ids() -> list[int]:
    """Return the processes that there are, as our own PID namespace numbers them; none where that can't be seen."""
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return []


def containers_of(cgroups: str) -> set[str]:
    """Return the ids of the containers that a process is in by its cgroups; of containers within containers the innermost.

    `cgroups`: as /proc/PID/cgroup has them, of either version: "9:pids:/docker/ID", "0::/system.slice/docker-ID.scope".
    """
    paths = (line.split(":", 2)[2] for line in cgroups.splitlines() if line.count(":") >= 2)
    return {found[-1] for path in paths if (found := CONTAINER_ID.findall(path))}


def read_up_to(descriptor: int, most_bytes: int) -> bytes:
    """Read a file to its end, or as much of it. Raises OSError."""
    parts: list[bytes] = []
    left = most_bytes
    while left > 0 and (part := os.read(descriptor, min(left, 65_536))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def may_enter_others() -> bool:
    """Whether we have the two capabilities that looking into other processes' namespaces takes."""
    try:
        with Process(os.getpid()) as own:
            found = re.search(r"^CapEff:\s*([0-9a-f]+)$", own.read("status"), re.MULTILINE)
    except HostError:
        return False
    wanted = 1 << _CAP_SYS_PTRACE | 1 << _CAP_SYS_ADMIN
    return found is not None and int(found[1], 16) & wanted == wanted


def open_root(process: Process | None) -> tuple[int, bool]:
    """Open the folder that a process's own files are below, or ours where that isn't allowed; and tell whether it is its own."""
    if process is not None:
        with contextlib.suppress(HostError):
            return process.open("root", os.O_PATH | os.O_DIRECTORY), True
    return os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC), False


def read_below(root: int, path: str, most_bytes: int) -> bytes:
    """Read a plain file below an open root; links in it lead nowhere else. Raises HostError.

    Nothing but a plain file of at most `most_bytes` is opened for reading: a device or a pipe is only looked at.
    """
    try:
        place = _find_below(root, path)
        try:
            status = os.fstat(place)
            if not stat.S_ISREG(status.st_mode) or status.st_size > most_bytes:
                raise Garbled(f"/{path} is no plain file, or too large")
            descriptor = os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        finally:
            os.close(place)
        try:
            content = read_up_to(descriptor, most_bytes + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise host_error(error) from error
    if len(content) > most_bytes:
        raise Garbled(f"/{path} grows while it is read")
    return content


def _find_below(root: int, path: str) -> int:
    """Return a descriptor that only stands for the file. Raises OSError."""
    how = _OPEN_HOW.pack(os.O_PATH | os.O_CLOEXEC, 0, _RESOLVE_IN_ROOT | _RESOLVE_NO_MAGICLINKS)
    found: int = libc().syscall(
        ctypes.c_long(_SYS_OPENAT2), ctypes.c_int(root), path.encode(), ctypes.c_char_p(how), ctypes.c_size_t(len(how))
    )
    if found >= 0:
        return found
    number = ctypes.get_errno()
    if number in _NO_OPENAT2:
        return walk_below(root, path)
    raise OSError(number, os.strerror(number))


def walk_below(root: int, path: str) -> int:
    """Return the same on kernels before 5.6, where no part of the path may be a link. Raises OSError."""
    *folders, name = path.split("/")
    place = os.dup(root)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place)
            os.close(place)
            place = inner
        return os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place)
    finally:
        os.close(place)
