"""What an Engine tells of a process that it was asked to begin in a container."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExecFact:
    """One exec. `exit_code`: None while it runs, and where it never began. `pid`: as the Engine's machine counts, 0 before."""

    exec_id: str
    container_id: str
    is_running: bool
    exit_code: int | None
    pid: int
