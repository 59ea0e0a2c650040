"""A network driver of the tests' own, running: a process beside the Engine, with a socket where dockerd looks for plugins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.drivers.switch import Switch
from tests.leftovers import PLUGINS_FOLDER, name_prefix
from tests.private_engine import wait_until


class Plugin:
    """A context manager. `name`: the driver's, which no other run has: all Engines of a machine share the folder."""

    def __init__(self, switch: Switch, *, name: str = "ovs") -> None:
        self.switch = switch
        self.name = f"{name_prefix()}{name}"
        self._running: subprocess.Popen[Any] | None = None

    @property
    def socket(self) -> Path:
        """Where it answers."""
        return PLUGINS_FOLDER / f"{self.name}.sock"

    def __enter__(self) -> Self:
        PLUGINS_FOLDER.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.kill()
        self.socket.unlink(missing_ok=True)

    def start(self) -> None:
        """Start it, also after its end."""
        self.socket.unlink(missing_ok=True)
        module = ("-m", "tests.drivers.remote_driver", str(self.socket), f"unix:{self.switch.folder}/db.sock")
        self._running = self.switch.engine.enter(sys.executable, *module, stdin=subprocess.DEVNULL, cwd=Path(__file__).parents[2])
        wait_until(self.socket.exists, "the plugin's socket")

    def kill(self) -> None:
        """End it; its socket's file stays, as after a crash."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(10)
            self._running = None
