"""Reading a file below another process's root, whatever lies in wait there. Source: openat2(2), proc(5)."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct

from networks.hostnet.errors import Garbled, host_error
from networks.hostnet.linux.namespaces import libc
from networks.hostnet.linux.processes import read_up_to

_SYS_OPENAT2 = 437  # on every architecture, Linux 5.6
_OPEN_HOW = struct.Struct("=QQQ")  # flags, mode, resolve
_RESOLVE_NO_MAGICLINKS, _RESOLVE_IN_ROOT = 0x02, 0x10
# Not there, or forbidden by a filter that doesn't know it.
_NO_OPENAT2 = {errno.ENOSYS, errno.EPERM}


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
