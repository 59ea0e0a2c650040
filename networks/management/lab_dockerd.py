"""The lab's own dockerd: where it lives, how it begins, ends and is taken away. The machine's own Engine is left alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.hostnet.errors import HostError
from networks.hostnet.linux.processes import Process

PROGRAMS = ("dockerd", "containerd", "ip", "nsenter", "iptables", "umount")
MOST_OF_A_SOCKET_PATH = 107  # bytes; unix(7)
OWN_NAME = "name"  # a file that says that the name is this folder's own
_NETNS_FOLDER, _CGROUP_FOLDER = Path("/run/netns"), Path("/sys/fs/cgroup")


# Before each data directory had its own, all of them were called so.
NAME = "netadmin-lab"


# Not the default pools of the machine's own Engine: two that use the same addresses would teach the wrong thing.
ADDRESS_POOL = "base=10.211.0.0/16,size=24"
ANSWER_WITHIN_S, END_WITHIN_S = 60.0, 60.0
_LAST_OF_LOG = 600

Tell = Callable[[str], None]

# What this process has started and leaves running; who ends it here, waits for it here.
_left_running: list[subprocess.Popen[bytes]] = []


class LabEngineTrouble(Exception):
    """It can't be started, or not be ended; the text says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class LabFolder:
    """The folder that holds all of it. `name`: of its network namespace and its cgroup, which the machine has one of each."""

    folder: Path
    name: str = NAME

    @property
    def socket(self) -> Path:
        return self.folder / "docker.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def netns(self) -> str:
        """The path of its network namespace."""
        return str(_NETNS_FOLDER / self.name)

    @property
    def pid_file(self) -> Path:
        """Where dockerd writes its process id."""
        return self.folder / "pid"

    def pid(self) -> int:
        """Return the id of its dockerd, 0 when it doesn't run: whoever has the number of one that ended is another."""
        with contextlib.suppress(OSError, ValueError, HostError):
            pid = int(self.pid_file.read_text())
            with Process(pid) as process:
                return pid if str(self.pid_file) in process.read("cmdline").split("\0") else 0
        return 0

    def is_there(self) -> bool:
        """Tell whether anything of it is left, running or not."""
        return self.folder.exists() or Path(self.netns).exists()


def place_in(data_dir: Path, name: str = NAME) -> LabFolder:
    """Return the place of a data directory: what it calls its own on the machine no other data directory does."""
    folder = data_dir.resolve() / "lab-engine"
    if folder.exists() and not (folder / OWN_NAME).exists():
        return LabFolder(folder, name)
    return LabFolder(folder, f"{name}-{sha256(os.fsencode(folder)).hexdigest()[:8]}")


def refuse_where_impossible(place: LabFolder) -> None:
    """Raise LabEngineTrouble where this machine or this person can't have a private Engine."""
    if not sys.platform.startswith("linux"):
        raise LabEngineTrouble("A private Engine needs Linux: it runs in a network namespace of its own.")
    if os.geteuid() != 0:
        raise LabEngineTrouble("A private Engine needs root: it makes a network namespace. Run this command with sudo.")
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        programs = ", ".join(missing)
        raise LabEngineTrouble(f"These programs are missing: {programs}.")
    if len(os.fsencode(place.socket)) > MOST_OF_A_SOCKET_PATH:
        most = MOST_OF_A_SOCKET_PATH
        raise LabEngineTrouble(
            f"{place.socket} is too long for a socket's path ({most} bytes). Choose another NETADMIN_DATA_DIR."
        )


def start(place: LabFolder, tell: Tell) -> None:
    """Start it, and wait until it answers; one that runs stays as it is. Raises LabEngineTrouble, and leaves nothing then."""
    refuse_where_impossible(place)
    if place.pid() and _answers(place):
        tell(f"It runs already (process {place.pid()}).")
        return
    if place.is_there():
        tell("Taking away what an earlier one left")
        take_away(place)
    try:
        tell(f"Making its network namespace {place.name}")
        place.folder.mkdir(mode=0o700, parents=True)
        (place.folder / OWN_NAME).write_text(place.name)
        (place.folder / "daemon.json").write_text("{}")  # not the machine's own
        make_namespace(place)
        tell("Starting dockerd")
        _launch(place)
    except BaseException:
        end(place, tell)
        raise


def end(place: LabFolder, tell: Tell) -> None:
    """End it with its containers, and remove everything that it made. Raises LabEngineTrouble."""
    if pid := place.pid():
        tell("Ending dockerd with its containers")
        with Process(pid) as process:  # dockerd removes its pid file some time before it has ended
            os.kill(pid, signal.SIGTERM)
            _wait(lambda: _has_ended(process), END_WITHIN_S, lambda: f"It did not end within {int(END_WITHIN_S)} s.")
        _left_running[:] = [process for process in _left_running if process.poll() is None]
    tell("Removing its folder, its network namespace and its cgroups")
    take_away(place)


def _launch(place: LabFolder) -> None:
    folder = place.folder
    command = ["nsenter", f"--net={place.netns}", "dockerd", "--config-file", f"{folder}/daemon.json"]
    command += ["--pidfile", str(place.pid_file), "-H", place.url]
    command += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--default-address-pool", ADDRESS_POOL]
    # cgroupfs: where systemd drives cgroups, a parent would have to be a slice of the machine's own systemd.
    command += ["--cgroup-parent", f"/{place.name}", "--exec-opt", "native.cgroupdriver=cgroupfs"]
    with (folder / "dockerd.log").open("ab") as log:
        # A session of its own: it lives on when this command and its terminal have ended.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
    _wait(lambda: process.poll() is not None or _answers(place), ANSWER_WITHIN_S, lambda: _last_words(place))
    if process.poll() is not None:
        raise LabEngineTrouble(_last_words(place))
    _left_running.append(process)


def _has_ended(process: Process) -> bool:
    try:
        process.started_at()
    except HostError:
        return True
    return False


def _answers(place: LabFolder) -> bool:
    if not place.socket.exists():
        return False
    with contextlib.suppress(EngineError), closing(EngineClient(place.url, Profile.READ)) as client:
        client.ping()
        return True
    return False


def _last_words(place: LabFolder) -> str:
    with contextlib.suppress(OSError):
        words = (place.folder / "dockerd.log").read_text(errors="replace")[-_LAST_OF_LOG:].strip()
        return f"dockerd did not come up. Its last words: {words}"
    return "dockerd did not come up, and wrote nothing."


def _wait(is_so: Callable[[], bool], within_s: float, words: Callable[[], str]) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > until:
            raise LabEngineTrouble(words())
        time.sleep(0.05)


def make_namespace(place: LabFolder) -> None:
    """Make its network namespace, with the loopback link up."""
    if not Path(place.netns).exists():
        run("ip", "netns", "add", place.name)
    run("nsenter", f"--net={place.netns}", "ip", "link", "set", "lo", "up")


def take_away(place: LabFolder) -> None:
    """Remove what an ended dockerd left: mounts, namespace, cgroups, folder. Raises LabEngineTrouble while it runs."""
    if place.pid():
        raise LabEngineTrouble(f"Its dockerd still runs (process {place.pid()}).")
    for point in reversed(_mounts_below(place.folder)):  # the last mounted goes first
        run("umount", "--lazy", point)
    if Path(place.netns).exists():
        run("ip", "netns", "delete", place.name)
    _remove_cgroups(place.name)
    if place.folder.exists():
        shutil.rmtree(place.folder)


def run(*command: str) -> None:
    """Run a program with fixed arguments. Raises LabEngineTrouble with what it says."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)  # noqa: S603 no shell, and no word of it from a page
    if done.returncode:
        words = " ".join(command)
        raise LabEngineTrouble(f"“{words}” says: {done.stderr.strip()}")


def _mounts_below(folder: Path) -> Sequence[str]:
    """Return the mount points in a folder. Source: proc(5), mountinfo: the fifth member, with blanks written as \\040."""
    points = [line.split()[4].replace("\\040", " ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [point for point in points if Path(point).is_relative_to(folder)]


def _remove_cgroups(name: str, within_s: float = 5) -> None:
    """Remove its cgroups in every hierarchy; one is busy for a moment while its last process is on its way out."""
    until = time.monotonic() + within_s
    while tops := [path for pattern in (name, f"*/{name}") for path in _CGROUP_FOLDER.glob(pattern) if path.is_dir()]:
        for top in tops:
            for path, _folders, _files in os.walk(top, topdown=False):
                with contextlib.suppress(OSError):
                    Path(path).rmdir()
        if time.monotonic() > until:
            raise LabEngineTrouble(f"Its cgroup can't be removed: {tops[0]}.")
        time.sleep(0.02)
