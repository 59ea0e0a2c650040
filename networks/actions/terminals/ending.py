"""Ending a terminal's process: closing its stream leaves it running, and Docker has no call that ends an exec."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from networks.actions.terminals.opening import Begun
from networks.actions.terminals.sentinel import post_sentinel
from networks.engine.client import EngineClient
from networks.engine.specs import MARK_NAME, ExecSpec
from networks.engine.transport.raw import TerminalStream
from networks.hostnet.ending import prove_process, send_signal, session_of

# A shell ends at the first signal within milliseconds; what ignores it is killed. A sentinel may have to be posted first.
_HANG_UP_S, _KILL_S, _KEYS_S, _SENTINEL_S = 0.4, 0.8, 0.4, 1.6
_LOOK_EVERY_S = 0.01
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
class ProcessEnding:
    """What became of a terminal's process."""

    how: How
    exit_code: int | None = None


def end_process(begun: Begun, proof: Proved, stream: TerminalStream | None = None) -> ProcessEnding:
    """End what a terminal began, by the surest means that works here, and say by which. Within about 5 s. Raises EngineError.

    `proof`: which process it is, where that can be seen from here. `stream`: to it, where there is one still.
    """
    fact = begun.client.inspect_exec(begun.exec_id)
    if not fact.is_running:
        return ProcessEnding(How.ITSELF, fact.exit_code)
    for how, try_to in _means(begun, proof, stream):
        if try_to():
            return ProcessEnding(how, begun.client.inspect_exec(begun.exec_id).exit_code)
    return ProcessEnding(How.LEFT)


def _means(begun: Begun, proof: Proved, stream: TerminalStream | None) -> list[tuple[How, Callable[[], bool]]]:
    means: list[tuple[How, Callable[[], bool]]] = []
    if proof is not None:
        means.append((How.HOST, partial(_from_host, begun, *proof)))
    means.append((How.CONTAINER, lambda: _from_within(begun)))
    if stream is not None:
        means.append((How.KEYS, lambda: _by_keys(begun, stream)))
    return means


def prove(client: EngineClient, exec_id: str, spec: ExecSpec) -> Proved:
    """Return a terminal's process where it can be seen from here. Raises EngineError."""
    pid = client.inspect_exec(exec_id).pid
    started_at = prove_process(pid, spec.container_id, f"{MARK_NAME}={spec.mark}") if pid else 0
    return (pid, started_at) if started_at else None


def _from_host(begun: Begun, pid: int, started_at: int) -> bool:
    session = session_of(pid, begun.spec.container_id, started_at)
    send_signal(session, signal.SIGHUP)
    _has_ended(begun, _HANG_UP_S)
    send_signal(session, signal.SIGKILL)  # what ignored the first, and what the shell left behind
    return _has_ended(begun, _KILL_S)


def _from_within(begun: Begun) -> bool:
    sentinel = begun.sentinel or post_sentinel(begun.client, begun.spec)
    if sentinel is None:
        return False
    sentinel.release()
    return _has_ended(begun, _SENTINEL_S)


def _by_keys(begun: Begun, stream: TerminalStream) -> bool:
    stream.write(_INTERRUPT_AND_END)
    return _has_ended(begun, _KEYS_S, meanwhile=lambda: stream.read(65_536))


def _has_ended(begun: Begun, within_s: float, meanwhile: Callable[[], object] = lambda: None) -> bool:
    deadline = time.monotonic() + within_s
    while begun.client.inspect_exec(begun.exec_id).is_running:
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
        meanwhile()  # what it still writes has to go somewhere, or it waits for ever
    return True
