"""A systemd of the test's own: the first process of its namespaces, on a tree with this machine's /usr, beside an Engine."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bin.conftest import child_of
from tests.leftovers import CGROUP_FOLDER
from tests.private_engine import PrivateEngine, wait_until

SYSTEMD = Path("/usr/lib/systemd/systemd")
# What else of this machine's /etc programs of /usr need; users, units and everything else are the tree's own.
ETC = ("ssl", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "nsswitch.conf", "localtime")

# /usr is this machine's and read-only, all else is empty; the Engine's socket lies where it does everywhere. No udev (/sys is
# read-only), no first boot (there is a machine-id), hence no preset that would enable what is installed here.
BOOT = """
set -eu
mount -t tmpfs -o mode=755 tmpfs "$TREE"
cd "$TREE"
mkdir -p usr etc var/lib var/log opt srv/checkout srv/venv proc sys dev tmp root run old
mount --bind /usr usr && mount -o remount,bind,ro usr
for name in bin sbin lib lib64; do [ ! -L "/$name" ] || cp -P "/$name" .; done
for name in $ETC; do [ ! -e "/etc/$name" ] || cp -a "/etc/$name" etc/; done
printf '%s\\n' 0123456789abcdef0123456789abcdef >etc/machine-id
printf 'root:x:0:0:root:/root:/bin/sh\\n' >etc/passwd
printf 'root:x:0:\\n' >etc/group
chmod 1777 tmp
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do : >"dev/$name" && mount --bind "/dev/$name" "dev/$name"; done
mkdir dev/pts dev/shm && mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts && ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=755 tmpfs run
: >run/docker.sock && mount --bind "$SOCKET" run/docker.sock
ln -s ../run var/run
mount --bind "$OPT" opt && mount --bind "$CHECKOUT" srv/checkout && mount --bind "$VENV" srv/venv
pivot_root . old
umount -l old
exec env -i container=test PATH=/usr/sbin:/usr/bin /usr/lib/systemd/systemd --unit=multi-user.target --log-target=console
"""


def unbootable_reason() -> str | None:
    """Return why no systemd can be started here, None when it can."""
    if not SYSTEMD.exists():
        return "needs systemd (package systemd)"
    if _unified() is None:
        return "needs cgroups of version 2"
    missing = [tool for tool in ("unshare", "nsenter", "pivot_root", "systemctl", "dbus-daemon") if shutil.which(tool) is None]
    return f"needs {', '.join(missing)}" if missing else None


def _unified() -> Path | None:
    """Return where cgroups of version 2 are mounted."""
    for path in (CGROUP_FOLDER, CGROUP_FOLDER / "unified"):
        if (path / "cgroup.procs").exists() and (path / "cgroup.controllers").exists():
            return path
    return None


class BootedSystemd:
    """One systemd, until the end of the block. In its tree: `checkout` at /srv/checkout, the .venv of the tests at /srv/venv."""

    def __init__(self, engine: PrivateEngine, checkout: Path, folder: Path) -> None:
        self._engine, self._checkout, self._folder = engine, checkout, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def __enter__(self) -> Self:
        unified = _unified()
        assert unified is not None
        # Named like the Engine: whatever ends and clears that ends and clears this.
        cgroup = unified / self._engine.netns / "systemd"
        cgroup.mkdir(parents=True, exist_ok=True)
        for name in ("tree", "opt"):
            (self._folder / name).mkdir()
        environment = os.environ | {
            "TREE": str(self._folder / "tree"),
            "SOCKET": self._engine.socket,
            "OPT": str(self._folder / "opt"),  # on the disk: two .venv are too much for memory
            "CHECKOUT": str(self._checkout),
            "VENV": str(Path(sys.prefix).resolve()),
            "ETC": " ".join(ETC),
        }
        # The shell joins the cgroup before unshare, which makes that the root of the new namespace.
        script = (
            f'echo $$ >"{cgroup}/cgroup.procs" && exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child sh -c "$0"'
        )
        with self.console.open("wb") as console:
            self._process = self._engine.enter(
                "sh", "-c", script, BOOT, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console
            )
        self._pid = child_of_unshare(self._process)
        wait_until(self._is_up, "systemd's start", deadline_s=60, interval_s=0.2)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
        shutil.rmtree(self._folder / "opt", ignore_errors=True)  # half a gigabyte

    @property
    def console(self) -> Path:
        """What systemd itself says."""
        return self._folder / "console"

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.console.read_text(errors="replace")
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *argv: str, check: bool = False, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command beside systemd as root, with little in its environment."""
        entering = ["nsenter", f"--target={self._pid}", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--net", "--wdns=/"]
        clean = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8"]
        done = subprocess.run([*entering, "--", *clean, *argv], capture_output=True, text=True, check=False, timeout=timeout_s)
        assert not check or done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
        return done

    def show(self, unit: str, member: str) -> str:
        """Return one property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={member}", unit, check=True).stdout.strip()

    def journal(self, unit: str) -> str:
        """Return what a unit has said."""
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}").stdout


def child_of_unshare(process: subprocess.Popen[bytes]) -> int:
    """Return the id of the first process inside: unshare waits outside for it."""
    return child_of(process)  # type: ignore[arg-type]


@contextlib.contextmanager
def booted(engine: PrivateEngine, checkout: Path, folder: Path) -> Iterator[BootedSystemd]:
    """Boot one, and show what it said where a test fails."""
    with BootedSystemd(engine, checkout, folder) as running:
        try:
            yield running
        except BaseException:
            print(running.console.read_text(errors="replace")[-3000:], running.journal("netadmin"))
            raise
