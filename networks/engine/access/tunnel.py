"""A supervised `ssh -L`: one socket of ours that leads to the Engine's on another machine, and the reason when it doesn't.

This process has one for each access by ssh, whoever uses it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import socket
import subprocess
import threading
import time
import weakref
from collections import deque
from pathlib import Path

from networks.engine.access.facts import AccessStep, EngineAccess, Unopened
from networks.engine.access.sockets import open_unix
from networks.engine.access.ssh import own_folder, ssh_command, write_material

READY_S = 10.0  # from the start of ssh to the end of its login
_LOOK_EVERY_S = 0.02
_RETRY_FIRST_S, _RETRY_FACTOR, _RETRY_MOST_S = 0.5, 2.0, 30.0
_STEADY_S = 60.0  # a tunnel that stood so long is built again at once
_IDLE_S = 60.0
_LATE_WORDS_S = 1.0  # ssh says why the far socket didn't open a moment after it has closed ours
_LINE, _LINES = 300, 20


class Tunnel:
    """One ssh process at a time, kept up by a daemon thread while somebody uses it; any thread may call.

    Its folder, 0700, holds the socket and, until the login is over, the key. It ends when nobody has had a socket open
    for a minute, and begins again with the next `open`.
    """

    def __init__(self, access: EngineAccess) -> None:
        self._access = access
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = self._is_resting = self._is_ended = False
        self._failures = 0
        self._reason = ""
        self._path = ""
        self._wanted_at = time.monotonic()
        self._said: deque[tuple[float, str]] = deque(maxlen=_LINES)
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    @property
    def pid(self) -> int:
        """The process of ssh, 0 for none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def open(self, timeout_s: float | None) -> socket.socket:
        """Return a socket that leads to the Engine's, logging in first where needed. Raises Unopened with ssh's words."""
        path = self._ready_path(READY_S if timeout_s is None else timeout_s)
        try:
            opened = open_unix(path, timeout_s)
        except OSError as error:
            raise Unopened(AccessStep.SSH, self.words() or error.strerror or str(error)) from error
        self._sockets.add(opened)
        return opened

    def words(self) -> str:
        """Return what ssh said in the last two seconds, "" for nothing; waits a moment for words that are late."""
        ends_at = time.monotonic() + _LATE_WORDS_S
        while True:
            recent = [line for at, line in self._said if time.monotonic() - at < 2]
            if recent or time.monotonic() > ends_at:
                return "; ".join(recent[-3:])
            time.sleep(_LOOK_EVERY_S)

    def end(self, timeout_s: float = 3.0) -> None:
        """End ssh and its thread, and remove its folder. A later `open` raises Unopened."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()
            thread, process = self._thread, self._process
        if process is not None:
            process.terminate()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)

    def _ready_path(self, timeout_s: float) -> str:
        ends_at = time.monotonic() + timeout_s
        with self._changed:
            self._wanted_at = time.monotonic()
            if self._thread is None and not self._is_ended:
                self._failures, self._is_resting = 0, False
                self._thread = threading.Thread(target=self._run, name=f"ssh-{self._access.address.host}", daemon=True)
                self._thread.start()
            while not self._is_ready:
                if self._is_ended:
                    raise Unopened(AccessStep.SSH, "the tunnel was ended")
                if self._is_resting:
                    raise Unopened(AccessStep.SSH, self._reason)
                left_s = ends_at - time.monotonic()
                if left_s <= 0:
                    raise Unopened(AccessStep.SSH, "ssh had not logged in in time")
                self._changed.wait(left_s)
            return self._path

    def _run(self) -> None:
        """Keep ssh running, with longer and longer rests after failures, until ended or out of use."""
        try:
            while not self._is_ended:
                began_at = time.monotonic()
                reason = self._run_once()
                with self._changed:
                    if self._is_ended or not reason:
                        return
                    self._failures = 1 if time.monotonic() - began_at > _STEADY_S else self._failures + 1
                    self._reason, self._is_resting = reason, True
                    self._changed.notify_all()
                    rest_s = min(_RETRY_MOST_S, _RETRY_FIRST_S * _RETRY_FACTOR ** min(self._failures - 1, 8))
                    self._changed.wait_for(lambda: self._is_ended, rest_s * random.uniform(0.7, 1))  # noqa: S311 jitter
                    self._is_resting = False
                    if self._is_unused():
                        return
        finally:
            with self._changed:
                self._thread = None
                self._changed.notify_all()

    def _run_once(self) -> str:
        """Run ssh until it ends, and return why it did, "" where that was our wish."""
        self._said.clear()
        try:
            with own_folder() as folder:
                return self._attend(folder)
        except OSError as error:
            return f"ssh can't be started: {error.strerror or error}"

    def _attend(self, folder: Path) -> str:
        key = write_material(self._access, folder)
        path = folder / "docker.sock"
        process = subprocess.Popen(  # noqa: S603 a fixed argv; what varies was matched by parse_address
            ssh_command(self._access, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"},
            start_new_session=True,
        )
        listener = threading.Thread(target=self._listen, args=(process,), name="ssh-words", daemon=True)
        listener.start()
        with self._changed:
            self._process = process
        try:
            return self._wait(process, path, key)
        finally:
            with self._changed:
                self._is_ready, self._process = False, None
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(1)
                process.kill()
            process.wait()
            listener.join(1)

    def _wait(self, process: subprocess.Popen[bytes], path: Path, key: Path) -> str:
        ready_by = time.monotonic() + READY_S
        while process.poll() is None:
            if self._is_ended:
                return ""
            if not self._is_ready and path.exists():  # ssh makes it once the login is over
                key.unlink(missing_ok=True)
                with self._changed:
                    self._path, self._is_ready, self._failures = str(path), True, 0
                    self._changed.notify_all()
            if not self._is_ready and time.monotonic() > ready_by:
                return f"ssh had not logged in after {READY_S:g} s"
            with self._changed:
                if self._is_ready and self._is_unused():
                    return ""
            if self._is_ready:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.25)
            else:
                time.sleep(_LOOK_EVERY_S)
        time.sleep(_LOOK_EVERY_S)  # its last words are on their way through the pipe
        return "; ".join(line for _at, line in list(self._said)[-3:]) or f"ssh ended with status {process.returncode}"

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None  # noqa: S101 it was asked for
        with process.stderr as words:
            for line in words:
                text = line.decode(errors="replace").strip()[:_LINE]
                if text:
                    self._said.append((time.monotonic(), text))

    def _is_unused(self) -> bool:
        if any(one.fileno() >= 0 for one in list(self._sockets)):
            self._wanted_at = time.monotonic()
        return time.monotonic() - self._wanted_at > _IDLE_S


_tunnels: dict[EngineAccess, Tunnel] = {}
_lock = threading.Lock()


def tunnel_of(access: EngineAccess) -> Tunnel:
    """Return the tunnel for this access; it starts with its first use."""
    with _lock:
        if access not in _tunnels:
            _tunnels[access] = Tunnel(access)
        return _tunnels[access]


def has_tunnel(access: EngineAccess) -> bool:
    """Tell whether somebody uses a tunnel for this access already."""
    return access in _tunnels


def end_tunnel(access: EngineAccess) -> None:
    """End the tunnel for this access, where there is one; a later use starts another."""
    with _lock:
        tunnel = _tunnels.pop(access, None)
    if tunnel is not None:
        tunnel.end()


@atexit.register
def end_tunnels() -> None:
    for access in list(_tunnels):
        end_tunnel(access)
