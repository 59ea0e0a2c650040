"""A terminal as we ask for it: frozen, typed, free of Docker's JSON."""

from __future__ import annotations

from dataclasses import dataclass

MOST_CELLS = 1000  # columns or rows; beyond it xterm itself gets slow
MARK_NAME = "TERMINAL_MARK"


@dataclass(frozen=True, slots=True)
class ScreenSize:
    """How many characters a terminal shows."""

    columns: int = 80
    rows: int = 24


@dataclass(frozen=True, slots=True)
class ExecSpec:
    """A process to begin in a running container. Twin of `docker exec -it`.

    `command`: its words, the first a program. `user`: as `--user` takes it, "" for the container's own. `mark`: a word that
    the process and all that it begins carry in their environment as TERMINAL_MARK, so that they can be found again.
    """

    container_id: str
    command: tuple[str, ...]
    user: str = ""
    mark: str = ""
    size: ScreenSize = ScreenSize()
