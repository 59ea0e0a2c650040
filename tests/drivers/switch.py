"""An Open vSwitch of the tests' own: its database, its daemons and its bridges live in one namespace, and end with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.private_engine import PrivateEngine, wait_until

PROGRAMS = ("ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovsdb-tool")
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def why_no_switch() -> str:
    """Return why no Open vSwitch can run here, "" where one can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"Open vSwitch is not there ({', '.join(missing)}); bin/test installs it where the distribution has it"
    return "" if os.path.exists("/dev/net/tun") else "Open vSwitch's userspace datapath needs /dev/net/tun"


class Switch:
    """A context manager. Its datapath is in userspace, so no module of the kernel's is needed."""

    def __init__(self, engine: PrivateEngine) -> None:
        self.engine = engine
        self.folder = Path(engine.folder) / "ovs"
        self._running: list[subprocess.Popen[Any]] = []

    def __enter__(self) -> Self:
        self.folder.mkdir()
        database = f"{self.folder}/conf.db"
        subprocess.run(["ovsdb-tool", "create", database, _SCHEMA], check=True, capture_output=True)
        self._start("ovsdb-server", f"--remote=punix:{self.folder}/db.sock", database)
        wait_until(lambda: (self.folder / "db.sock").exists(), "ovsdb-server")
        self.ask("--no-wait", "init")
        self._start("ovs-vswitchd", f"unix:{self.folder}/db.sock", "--disable-system")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for running in reversed(self._running):
            running.terminate()
            running.wait(10)
        # The kernel keeps the link of the userspace datapath, which everything went through.
        subprocess.run([*self.engine.entering, "ip", "link", "delete", "ovs-netdev"], check=False, capture_output=True)
        shutil.rmtree(self.folder)

    def ask(self, *words: str) -> str:
        """Run ovs-vsctl. Raises RuntimeError with its words."""
        return self.engine.check_inside("ovs-vsctl", "--timeout=10", f"--db=unix:{self.folder}/db.sock", *words)

    def _start(self, program: str, *words: str) -> None:
        environment = os.environ | dict.fromkeys(("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR"), str(self.folder))
        control = f"--unixctl={self.folder}/{program}.ctl"
        with (self.folder / f"{program}.log").open("wb") as log:
            argv = (program, *words, control, "--no-chdir")
            self._running.append(self.engine.enter(*argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment))
