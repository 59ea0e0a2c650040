"""A network namespace with nothing but loopback, for the server and the browsers that look at it."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.leftovers import name_prefix, take_away


class QuietPlace:
    """A namespace that ends with all that runs in it; a context manager. What a killed run left, the reaper clears.

    Not the private Engine's own: Chromium drops what it is loading whenever an address appears beside it
    (ERR_NETWORK_CHANGED), and there one does at each network and container. The Engine is reached by its socket's path.
    """

    def __init__(self) -> None:
        self._folder = Path()

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix=name_prefix()))
        subprocess.run(["ip", "netns", "add", self._folder.name], check=True)
        subprocess.run([*self.entering, "ip", "link", "set", "lo", "up"], check=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        take_away(self._folder.name, self._folder)

    @property
    def entering(self) -> tuple[str, ...]:
        """The words before a command that put it into the namespace."""
        return ("nsenter", f"--net=/run/netns/{self._folder.name}", "--")

    def launcher(self, program: str) -> str:
        """Return the path of a script that starts a program inside, for those who take only a path."""
        path = self._folder / f"inside-{Path(program).name}"
        path.write_text(f'#!/bin/sh\nexec {" ".join(self.entering)} {program} "$@"\n')
        path.chmod(0o755)
        return str(path)
