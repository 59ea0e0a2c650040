"""A job written into the database of another process, and read from there: for servers that are killed, or measured."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """One step: the action's name, a network and, where it takes one, a container; each as (id, name). `spec`: as JSON."""

    verb: str
    network: tuple[str, str]
    container: tuple[str, str] = ("", "")
    spec: str = "{}"


@dataclass(frozen=True, slots=True)
class JobRows:
    """The job tables of one data directory."""

    data_dir: Path

    def write(self, wishes: Sequence[Wish], engine_slug: str = "local", *, verb: str = "remove_networks") -> int:
        """Write a job of the console's with these steps, and return its number."""
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        job = {
            "key": now,
            "engine_slug": engine_slug,
            "verb": verb,
            "what": "",
            "who": "console",
            "from_address": "",
        }
        job |= {"permission": "connect", "state": "waiting", "stop": "", "stopped_by": "", "created_at": now}
        with closing(self._open()) as opened, opened:
            number = int(_insert(opened, "networks_job", job))
            for position, wish in enumerate(wishes, start=1):
                step = {"job_id": number, "position": position, "verb": wish.verb, "command": "", "state": "waiting"}
                step |= {
                    "network_id": wish.network[0],
                    "network_name": wish.network[1],
                    "action_id": 0,
                    "sentence": "",
                    "status": 0,
                    "spec": wish.spec,
                }
                _insert(
                    opened, "networks_jobstep", step | dict(zip(("container_id", "container_name"), wish.container, strict=True))
                )
        return number

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read."""
        with closing(self._open()) as opened:
            return opened.execute(statement, values).fetchall()

    def states(self, number: int) -> list[str]:
        """Return the states of a job's steps, in their order."""
        return [row[0] for row in self.query("SELECT state FROM networks_jobstep WHERE job_id = ? ORDER BY position", number)]

    def state(self, number: int) -> str:
        """Return how a job stands."""
        return str(self.query("SELECT state FROM networks_job WHERE id = ?", number)[0][0])

    def has_ended(self, number: int) -> bool:
        """Whether a job is over."""
        return self.state(number) not in ("waiting", "running")

    def took_s(self, number: int) -> float:
        """Return how long a job that has ended took, from its first step's beginning to its last one's end."""
        row = self.query("SELECT min(started_at), max(ended_at) FROM networks_jobstep WHERE job_id = ?", number)[0]
        began, ended = (datetime.fromisoformat(text) for text in row)
        return (ended - began).total_seconds()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.data_dir / "netadmin.sqlite3", timeout=PATIENCE_S)


def _insert(opened: sqlite3.Connection, table: str, row: dict[str, object]) -> int:
    places = ", ".join("?" * len(row))
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608 (our own names)
    return opened.execute(statement, tuple(row.values())).lastrowid or 0
