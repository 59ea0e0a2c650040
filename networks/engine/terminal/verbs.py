"""DockerClient's part for terminals."""

from __future__ import annotations

from functools import partial

from networks.engine.errors import NotAllowed
from networks.engine.guard import full_id
from networks.engine.parsing.values import parse_done
from networks.engine.terminal.bodies import exec_body, input_body, terminal_body
from networks.engine.terminal.facts import ExecFact
from networks.engine.terminal.parsing import parse_exec
from networks.engine.terminal.specs import MOST_CELLS, ExecSpec, ScreenSize
from networks.engine.transport.raw import RawStream
from networks.engine.transport.verbs import Verbs, created_id


class TerminalVerbs(Verbs):
    """See TerminalClient."""

    def create_exec(self, spec: ExecSpec, *, has_terminal: bool = True) -> str:
        """Prepare a process and return its id."""
        wanted, body = full_id("container", spec.container_id), exec_body(spec, has_terminal=has_terminal)
        parse, path = partial(created_id, "exec"), "/containers/{0}/exec"
        return self._session.post(parse, path, wanted, deadline=self._changing(), body=body)

    def open_terminal(self, exec_id: str, size: ScreenSize) -> RawStream:
        """Begin a prepared process and speak with it, on a connection of its own."""
        wanted, body = full_id("exec", exec_id), terminal_body(_allowed(size))
        return self._session.open_raw(f"/exec/{wanted}/start", self._changing(), body)

    def open_input(self, exec_id: str) -> RawStream:
        """Begin a prepared process that has an input alone, on a connection of its own."""
        wanted = full_id("exec", exec_id)
        return self._session.open_raw(f"/exec/{wanted}/start", self._changing(), input_body())

    def resize_exec(self, exec_id: str, size: ScreenSize) -> None:
        """Tell a process how much its terminal shows."""
        wanted, params = full_id("exec", exec_id), {"h": str(_allowed(size).rows), "w": str(size.columns)}
        self._session.post(parse_done, "/exec/{0}/resize", wanted, deadline=self._changing(), params=params)

    def inspect_exec(self, exec_id: str) -> ExecFact:
        """Read whether a process runs, and how it ended."""
        return self._session.read(parse_exec, "/exec/{0}/json", full_id("exec", exec_id), deadline=self._reading())


def _allowed(size: ScreenSize) -> ScreenSize:
    if not (1 <= size.columns <= MOST_CELLS and 1 <= size.rows <= MOST_CELLS):
        raise NotAllowed(f"A terminal has between 1 and {MOST_CELLS} columns and rows, not {size.columns} × {size.rows}.")
    return size
