"""The seam's part for terminals."""

from __future__ import annotations

from typing import Protocol

from networks.engine.terminal.facts import ExecFact
from networks.engine.terminal.specs import ExecSpec, ScreenSize


class TerminalStream(Protocol):
    """The two-way stream of one terminal. One thread uses it and waits on `fileno`; any thread may `shutdown`.

    It has no time-out: a person may think for as long as they like.
    """

    @property
    def has_pending(self) -> bool:
        """Tell whether bytes can be read that no wait on the descriptor would tell of."""

    def fileno(self) -> int:
        """Return the descriptor to wait on."""

    def read(self, most_bytes: int) -> bytes | None:
        """Return what has come, at most so much; None where nothing has, b"" at the end. Never waits, never raises."""

    def write(self, content: bytes | memoryview) -> int | None:
        """Send as much as goes out at once and return how much; 0 where nothing does, None at the end. Never waits."""

    def shutdown(self) -> None:
        """End both directions; whoever waits wakes up. Safe from any thread, also twice."""

    def close(self) -> None:
        """Close it, by the thread that uses it. The process behind it goes on: it has to be ended by itself."""


class TerminalClient(Protocol):
    """What may be asked about processes in containers; see EngineClient. Profile terminal."""

    def create_exec(self, spec: ExecSpec, *, has_terminal: bool = True) -> str:
        """Prepare a process and return its id. POST /containers/{id}/exec. `has_terminal`: somebody will speak with it; else it
        has an input alone.

        Raises Conflict where the container doesn't run, or is paused, and NotFound where there is none.
        """

    def open_terminal(self, exec_id: str, size: ScreenSize) -> TerminalStream:
        """Begin a prepared process and speak with it, on a connection of its own. POST /exec/{id}/start, hijacked.

        A program that isn't there is no error here: the Engine says so in the stream, which ends.
        """

    def open_input(self, exec_id: str) -> TerminalStream:
        """Begin a prepared process that has an input alone, on a connection of its own. POST /exec/{id}/start, hijacked.

        Its input ends with the connection, however that ends: the kernel closes it for who is killed (measured with 26.1;
        with a terminal the process hears nothing). A program that isn't there is no error here.
        """

    def resize_exec(self, exec_id: str, size: ScreenSize) -> None:
        """Tell a process how much its terminal shows. POST /exec/{id}/resize?h=…&w=…"""

    def inspect_exec(self, exec_id: str) -> ExecFact:
        """Read whether a process runs, and how it ended. GET /exec/{id}/json. Raises NotFound some minutes after its end."""
