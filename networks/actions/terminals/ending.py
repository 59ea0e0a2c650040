"""Ending a terminal's process: closing its stream leaves it running, and Docker has no call that ends an exec."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from networks.actions.terminals.opening import Opened
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.terminal.specs import MARK_NAME, ExecSpec
from networks.hostnet.ending import prove_process, send_signal, session_of

SHELLS = ("/bin/sh", "/bin/bash", "/bin/ash")
# A shell ends at the first signal within milliseconds; what ignores it is killed.
_HANG_UP_S, _KILL_S, _KEYS_S = 0.4, 0.8, 0.4
_LOOK_EVERY_S = 0.01
# By the shell's own words alone, so that it runs in images that hold nothing else. Its own environment has no mark.
_SCRIPT = (
    'for p in /proc/[0-9]*; do while read -r e || [ -n "$e" ]; do case "$e" in '
    '*{mark}*) kill -{name} "${{p#/proc/}}";; esac; done <"$p/environ"; done 2>/dev/null; :'
)
Proved = tuple[int, int] | None  # pid, and when it started, in ticks since boot
_INTERRUPT_AND_END = b"\x03\x04"  # Ctrl-C, Ctrl-D


class How(StrEnum):
    """By what a process ended."""

    ITSELF = "by itself"
    HOST = "from the host"
    CONTAINER = "from within the container"
    KEYS = "by keys"
    LEFT = "it goes on"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a terminal's process."""

    how: How
    exit_code: int | None = None


def end_process(opened: Opened, proof: Proved) -> Ending:
    """End what a terminal began, by the surest means that works here, and say by which. Within about 5 s; never raises.

    `proof`: which process it is, where that can be seen from here.
    """
    client = opened.client
    try:
        fact = client.inspect_exec(opened.exec_id)
        if not fact.is_running:
            return Ending(How.ITSELF, fact.exit_code)
        for how, try_to in _means(opened, proof):
            if try_to():
                return Ending(how, client.inspect_exec(opened.exec_id).exit_code)
        return Ending(How.LEFT)
    except EngineError:
        return Ending(How.UNKNOWN)


def _means(opened: Opened, proof: Proved) -> list[tuple[How, Callable[[], bool]]]:
    means: list[tuple[How, Callable[[], bool]]] = []
    if proof is not None:
        means.append((How.HOST, partial(_from_host, opened, *proof)))
    means.append((How.CONTAINER, lambda: _from_within(opened)))
    means.append((How.KEYS, lambda: _by_keys(opened)))
    return means


def prove(client: EngineClient, exec_id: str, spec: ExecSpec) -> Proved:
    """Return a terminal's process where it can be seen from here. Raises EngineError."""
    pid = client.inspect_exec(exec_id).pid
    started_at = prove_process(pid, spec.container_id, f"{MARK_NAME}={spec.mark}") if pid else 0
    return (pid, started_at) if started_at else None


def _from_host(opened: Opened, pid: int, started_at: int) -> bool:
    session = session_of(pid, opened.spec.container_id, started_at)
    send_signal(session, signal.SIGHUP)
    _has_ended(opened, _HANG_UP_S)
    send_signal(session, signal.SIGKILL)  # what ignored the first, and what the shell left behind
    return _has_ended(opened, _KILL_S)


def _from_within(opened: Opened) -> bool:
    shell = opened.spec.command[0] if opened.spec.command[0] in SHELLS else SHELLS[0]
    for name in ("HUP", "KILL"):
        script = _SCRIPT.format(mark=f"{MARK_NAME}={opened.spec.mark}", name=name)
        spec = ExecSpec(opened.spec.container_id, (shell, "-c", script), opened.spec.user)
        try:
            killer = opened.client.create_exec(spec, has_terminal=False)
            opened.client.start_exec(killer)
            _wait(partial(_is_over, opened.client, killer), _KILL_S)
        except EngineError:
            return False  # no shell in this image, or the container is paused
    return _has_ended(opened, _KILL_S)


def _is_over(client: EngineClient, exec_id: str) -> bool:
    return not client.inspect_exec(exec_id).is_running


def _by_keys(opened: Opened) -> bool:
    opened.stream.write(_INTERRUPT_AND_END)
    return _has_ended(opened, _KEYS_S, meanwhile=lambda: opened.stream.read(65_536))


def _has_ended(opened: Opened, within_s: float, meanwhile: Callable[[], object] = lambda: None) -> bool:
    def look() -> bool:
        meanwhile()  # what it still writes has to go somewhere, or it waits for ever
        return _is_over(opened.client, opened.exec_id)

    return _wait(look, within_s)


def _wait(condition: Callable[[], bool], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
