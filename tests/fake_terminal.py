"""What the double knows of processes in containers: each speaks with nobody but a socket pair that echoes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from networks.engine.guard import full_id
from networks.engine.specs import ExecSpec, ScreenSize
from networks.engine.swarm_facts import ExecFact
from networks.engine.transport.raw import RawStream
from tests.fake_addresses import refuse

if TYPE_CHECKING:
    from tests.fake_engine import FakeEngine

_Result = TypeVar("_Result")


Execs = dict[str, ExecFact]


class _Pair:
    """The owner of one end of a socket pair; what is written there comes back when somebody reads it."""

    def __init__(self, when_closed: Callable[[], None] = lambda: None) -> None:
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self._when_closed = when_closed

    def shutdown(self) -> None:
        self.far.close()

    def close(self) -> None:
        self.near.close()
        self.far.close()
        self._when_closed()


class FakeTerminalClient:
    """FakeClient's part for terminals."""

    _engine: FakeEngine

    def create_exec(self, spec: ExecSpec, *, has_terminal: bool = True) -> str:
        wanted = full_id("container", spec.container_id)
        return self._ask("POST", f"/containers/{wanted}/exec", lambda: self._create(wanted))

    def open_terminal(self, exec_id: str, size: ScreenSize) -> RawStream:
        return self._open(exec_id, _Pair())

    def open_input(self, exec_id: str) -> RawStream:
        return self._open(exec_id, _Pair(lambda: self._end(exec_id)))

    def _open(self, exec_id: str, pair: _Pair) -> RawStream:
        wanted = full_id("exec", exec_id)
        self._ask("POST", f"/exec/{wanted}/start", lambda: self._start(wanted))
        return RawStream(pair, pair.near, b"")

    def resize_exec(self, exec_id: str, size: ScreenSize) -> None:
        wanted = full_id("exec", exec_id)
        self._ask("POST", f"/exec/{wanted}/resize?h={size.rows}&w={size.columns}", lambda: self._resize(wanted))

    def inspect_exec(self, exec_id: str) -> ExecFact:
        wanted = full_id("exec", exec_id)
        return self._ask("GET", f"/exec/{wanted}/json", lambda: self._exec(wanted))

    def _ask(self, method: str, target: str, act: Callable[[], _Result]) -> _Result:
        raise NotImplementedError

    def _create(self, container_id: str) -> str:
        container = self._engine.container(container_id)
        if container.state == "paused":
            refuse(409, f"Container {container_id} is paused, unpause the container before exec")
        if container.state != "running":
            refuse(409, f"container {container_id} is not running")
        exec_id = f"{len(self._engine.execs) + 1:064x}"
        self._engine.execs[exec_id] = ExecFact(exec_id, container_id, False, None, 0)
        return exec_id

    def _start(self, exec_id: str) -> None:
        self._engine.execs[exec_id] = replace(self._exec(exec_id), is_running=True, pid=4242)

    def _end(self, exec_id: str) -> None:
        self._engine.execs[exec_id] = replace(self._exec(exec_id), is_running=False, exit_code=0)

    def _resize(self, exec_id: str) -> None:
        self._exec(exec_id)

    def _exec(self, exec_id: str) -> ExecFact:
        if exec_id not in self._engine.execs:
            refuse(404, f"No such exec instance: {exec_id}")
        return self._engine.execs[exec_id]
