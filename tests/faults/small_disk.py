"""A disk of the test's own, small enough to fill; it goes with the test, or with the reaper after a kill."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.leftovers import name_prefix, take_away


class SmallDisk:
    """A tmpfs of so many MiB, mounted below a folder whose name says whose it is; a context manager. Needs root."""

    def __init__(self, size_mib: int = 32) -> None:
        self._size_mib = size_mib
        self._folder = Path()
        self.path = Path()

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix=name_prefix()))
        self.path = self._folder / "disk"
        self.path.mkdir()
        options = f"size={self._size_mib}m,mode=0700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "netadmin-tests", str(self.path)], check=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        take_away(self._folder.name, self._folder)

    def fill(self) -> None:
        """Leave not one byte."""
        with contextlib.suppress(FileExistsError):
            (self.path / "filler").touch(0o600, exist_ok=False)
        with (self.path / "filler").open("ab", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        filler.write(b"\0" * size)
                except OSError as refused:
                    if refused.errno != errno.ENOSPC:
                        raise

    def make_room(self) -> None:
        """Take away what filled it."""
        os.unlink(self.path / "filler")
