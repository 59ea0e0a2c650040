"""Starting and ending the lab's own dockerd. Nothing of the machine's own Engine is touched."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing

from networks.engine.calls import Profile
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.hostnet.errors import HostError
from networks.hostnet.linux.processes import Process
from networks.management.lab_place import (
    OWN_NAME,
    LabEngineTrouble,
    LabFolder,
    make_namespace,
    refuse_where_impossible,
    take_away,
)

# Not the default pools of the machine's own Engine: two that use the same addresses would teach the wrong thing.
ADDRESS_POOL = "base=10.211.0.0/16,size=24"
ANSWER_WITHIN_S, END_WITHIN_S = 60.0, 60.0
_LAST_OF_LOG = 600

Tell = Callable[[str], None]

# What this process has started and leaves running; who ends it here, waits for it here.
_left_running: list[subprocess.Popen[bytes]] = []


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
