"""A file that the trail is appended to: private, plain, whole to the last line, and followed when it is rotated."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from networks.audit.entries import BrokenLine, LogLine, is_begun, read_line
from networks.audit.trouble import Unwritable, elsewhere, unwritable
from networks.models.stored_sentences import say as _

BLOCK = 64 * 1024
MOST_OF_LINE = 16 * 1024 * 1024  # an action's details hold whatever was typed; no line of ours is longer
MOST_BEHIND = 10_000  # lines; what a process that was killed had written and not remembered is far less
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class LogFile:
    """The file at `path`, opened when it is first needed. One process at a time has it (flock). Not shared between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._size = 0

    def open(self, sequence: int, sealed: str) -> list[LogLine]:
        """Open what the path names now, where that isn't open yet, and cut off a torn last line of ours.

        `sequence`, `sealed`: number and hash of the last line that is remembered. Returns the lines behind it, which were written
        and not remembered; they follow it and each other. Raises Unwritable, also where the file ends otherwise.
        """
        if self._is_current():
            return []
        self.close()
        try:
            self._descriptor = os.open(self._path, _FLAGS, 0o600)
            self._check_kind(self._descriptor)
            self._size = _whole_size(self._descriptor)
            behind = _lines_after(self._descriptor, self._size, sequence, sealed)
            self._make_ours(self._descriptor)
            return behind
        except OSError as error:
            self.close()
            raise _explain(error) from error
        except Unwritable:
            self.close()
            raise

    def send(self, lines: Sequence[LogLine]) -> None:
        """Append these lines and wait until the disk has them. Raises Unwritable; `open` then cuts off what is torn."""
        assert self._descriptor is not None  # noqa: S101 (open() was called)
        left = memoryview(b"".join(line.text + b"\n" for line in lines))
        try:
            while left:
                written = os.write(self._descriptor, left)
                self._size += written
                left = left[written:]
            os.fsync(self._descriptor)
        except OSError as error:
            self.close()
            raise _explain(error) from error

    def close(self) -> None:
        """Let the file go; harmless when it isn't open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _is_current(self) -> bool:
        """Tell whether the path names the open file still, and nobody else has written to it."""
        if self._descriptor is None:
            return False
        ours = os.fstat(self._descriptor)
        with suppress(OSError):
            named = os.lstat(self._path)
            return (named.st_dev, named.st_ino, named.st_size) == (ours.st_dev, ours.st_ino, self._size)
        return False

    def _check_kind(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Unwritable(_("Its path names a folder, a device or a pipe, not a plain file."))
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unwritable(_("Another program keeps the file locked.")) from error

    def _make_ours(self, descriptor: int) -> None:
        """Make a file private and whole, now that what it holds is known to be the record."""
        found = os.fstat(descriptor)
        if stat.S_IMODE(found.st_mode) != 0o600:
            os.fchmod(descriptor, 0o600)
        if found.st_size > self._size:
            os.ftruncate(descriptor, self._size)
            os.fsync(descriptor)
        if found.st_size == 0:  # its name is to be on the disk before a line of it is remembered
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _whole_size(descriptor: int) -> int:
    """Return the size without what stands behind the last line's end. Raises Unwritable if that isn't ours."""
    size = os.fstat(descriptor).st_size
    offset, torn = next(_pieces_backwards(descriptor, size))
    if not torn:
        return size
    if not is_begun(torn) or (offset and not _is_ours(next(_lines_backwards(descriptor, offset))[1])):
        raise _foreign()
    return offset


def _lines_after(descriptor: int, size: int, sequence: int, sealed: str) -> list[LogLine]:
    """Return the lines behind the one with this number and hash. Raises Unwritable where the file's end doesn't follow it."""
    found: list[LogLine] = []
    for _offset, text in _lines_backwards(descriptor, size):
        try:
            line = read_line(text)
        except BrokenLine as error:
            raise _foreign() from error
        if found:
            follows = (line.sequence, line.hash) == (found[-1].sequence - 1, found[-1].previous)
        else:
            follows = sequence <= line.sequence <= sequence + MOST_BEHIND
        if not follows:
            raise elsewhere()
        if line.sequence == sequence:
            if line.hash != sealed:
                raise elsewhere()
            break
        found.append(line)
        if (line.sequence, line.previous) == (sequence + 1, sealed):
            break
    if found and (found[-1].sequence, found[-1].previous) != (sequence + 1, sealed):
        raise elsewhere()
    return found[::-1]


def _lines_backwards(descriptor: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of each line, the last first, each without its end. `size`: where the last one ends."""
    pieces = _pieces_backwards(descriptor, size)
    next(pieces)  # what stands behind the last end: nothing
    yield from pieces


def _pieces_backwards(descriptor: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of what stands between line ends, the last first; b"" behind an end that ends the file."""
    here, rest = size, b""
    while here:
        step = min(BLOCK, here)
        here -= step
        rest = os.pread(descriptor, step, here) + rest
        while (end := rest.rfind(b"\n")) >= 0:
            yield here + end + 1, rest[end + 1 :]
            rest = rest[:end]
        if len(rest) > MOST_OF_LINE:
            raise _foreign()
    yield 0, rest


def _is_ours(text: bytes) -> bool:
    try:
        read_line(text)
    except BrokenLine:
        return False
    return True


def _foreign() -> Unwritable:
    return Unwritable(_("The file holds something other than the record: name another file, or move this one away."))


def _explain(error: OSError) -> Unwritable:
    if error.errno == errno.ELOOP:
        return Unwritable(_("Its path is a symbolic link: name the file itself."))
    if error.errno == errno.EISDIR:
        return Unwritable(_("Its path names a folder, a device or a pipe, not a plain file."))
    return unwritable(error)
