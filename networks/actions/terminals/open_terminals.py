"""Which terminals this process has open, in a file that outlives it: the kernel frees its lock when the process dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import structlog

from networks.actions.terminals.opening import Opened

_FOLDER, _SUFFIX = "terminals", ".open"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Noted:
    """What it takes to end a terminal's process without having begun it. `action_id`: of its intent, which knows the rest."""

    action_id: int
    exec_id: str
    mark: str
    program: str
    user: str


def note_of(opened: Opened) -> Noted:
    """Return what to note of an open terminal; of its words the program alone, as in the intent."""
    spec = opened.spec
    return Noted(opened.action_id, opened.exec_id, spec.mark, spec.command[0], spec.user)


class OpenTerminals:
    """The file of one process; any thread may call. It exists while a terminal is open.

    What can't be written is logged: a terminal needs its ledger only when Netadmin is killed, and its sentinel is there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[int, Noted] = {}
        self._path: Path | None = None
        self._descriptor = -1

    def note(self, noted: Noted, data_dir: Path) -> None:
        """Write down that it is open."""
        with self._lock:
            self._open[noted.action_id] = noted
            self._write(data_dir)

    def strike(self, action_id: int) -> None:
        """Strike it out: it is over, and the record says so."""
        with self._lock:
            self._open.pop(action_id, None)
            if self._path is not None:
                self._write(self._path.parents[1])

    def _write(self, data_dir: Path) -> None:
        try:
            if not self._open:
                self._remove()
                return
            if self._path is None:
                self._make(data_dir / _FOLDER)
            content = orjson.dumps([asdict(noted) for noted in self._open.values()])
            os.pwrite(self._descriptor, content, 0)
            os.ftruncate(self._descriptor, len(content))
        except OSError as error:
            log.warning("terminals_not_noted", error=error.strerror or str(error))

    def _make(self, folder: Path) -> None:
        """Make the file locked: under its own name it is never seen without."""
        folder.mkdir(mode=0o700, exist_ok=True)
        word = secrets.token_hex(8)
        young, path = folder / f"{word}.new", folder / f"{word}{_SUFFIX}"
        descriptor = os.open(young, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        young.rename(path)
        self._path, self._descriptor = path, descriptor

    def _remove(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._path, self._descriptor = None, -1


@contextlib.contextmanager
def take_left(data_dir: Path) -> Iterator[list[Noted]]:
    """Give what processes that are dead had open, to one taker at a time; forgets it when the block ends without an error."""
    taken: list[tuple[Path, int]] = []
    try:
        for path in sorted((data_dir / _FOLDER).glob(f"*{_SUFFIX}")):
            with contextlib.suppress(FileNotFoundError):
                descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
                taken.append((path, descriptor))
        mine = [(path, descriptor) for path, descriptor in taken if _is_free(descriptor)]
        yield [noted for path, _descriptor in mine for noted in _read(path)]
        for path, _descriptor in mine:
            path.unlink(missing_ok=True)
    finally:
        for _path, descriptor in taken:
            os.close(descriptor)


def _is_free(descriptor: int) -> bool:
    """Take its lock, and tell whether it was free."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _read(path: Path) -> list[Noted]:
    """Return what a file says; nothing where its process was killed while it wrote."""
    with contextlib.suppress(OSError, orjson.JSONDecodeError, TypeError):
        return [Noted(**one) for one in orjson.loads(path.read_bytes())]
    log.warning("terminals_not_read", file=path.name)
    return []
